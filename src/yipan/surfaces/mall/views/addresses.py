"""The buyer's addresses."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yipan.customers.members import address_book
from yipan.customers.members.address_book import AddressDetails
from yipan.customers.members.queries import own_phone
from yipan.kernel.errors import DomainError
from yipan.surfaces.design.once import sent_once
from yipan.surfaces.mall.entry import ShopRequest, buyer, shop, shop_url
from yipan.surfaces.mall.page import (
    SHOWN_AGAIN,
    go,
    member_of,
    private_page,
)

_FIELDS = ("recipient", "phone", "province", "city", "district", "street")


class AddressForm(forms.Form):
    """An address as it is typed; what is right, the address book says."""

    recipient = forms.CharField(
        label=gettext_lazy("Recipient"), widget=forms.TextInput({"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        widget=forms.TextInput({"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )
    province = forms.CharField(
        label=gettext_lazy("Province"),
        widget=forms.TextInput({"autocomplete": "address-level1"}),
    )
    city = forms.CharField(
        label=gettext_lazy("City"), widget=forms.TextInput({"autocomplete": "address-level2"})
    )
    district = forms.CharField(
        label=gettext_lazy("District"),
        widget=forms.TextInput({"autocomplete": "address-level3"}),
    )
    street = forms.CharField(
        label=gettext_lazy("Street, building, room"),
        widget=forms.Textarea({"rows": 2, "autocomplete": "street-address"}),
    )
    is_default = forms.BooleanField(label=gettext_lazy("Default address"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("Please fill this in")


@shop
@buyer
@require_safe
def addresses(request: ShopRequest) -> HttpResponse:
    """The address book."""
    context = {
        "title": _("My addresses"),
        "tab": "me",
        "addresses": address_book.addresses_of(member_of(request)),
        "next": _back(request),
        "back_url": _back(request) or shop_url(request, "mall-me"),
    }
    return private_page(request, "mall/addresses.html", context)


def _show_again(
    request: ShopRequest, error: DomainError, address_id: int | None = None
) -> HttpResponse:
    """The form with the fault at its field; of another's address there is no form."""
    if error.status == HTTPStatus.NOT_FOUND:
        raise error
    form = AddressForm(request.POST)
    form.is_valid()
    field = str(error.data.get("field", ""))
    if field in _FIELDS:
        form.errors[field] = form.error_class([str(error.data.get("reason") or error)])
        return _form(request, form, address_id, status=SHOWN_AGAIN)
    return _form(request, form, address_id, status=SHOWN_AGAIN, error=error)


@shop
@buyer
@require_http_methods(["GET", "HEAD", "POST"])
@sent_once(refused=_show_again)
def edit(request: ShopRequest, address_id: int | None = None) -> HttpResponse:
    """A new address, or another look of one."""
    member_id = member_of(request)
    if request.method == "POST":
        form = AddressForm(request.POST)
        typed = {field: request.POST.get(field, "").strip() for field in _FIELDS}
        if not form.is_valid():
            return _form(request, form, address_id, status=SHOWN_AGAIN)
        saved = address_book.save_address(
            member_id=member_id,
            details=AddressDetails(**typed),
            address_id=address_id,
            is_default=form.cleaned_data["is_default"],
        )
        return go(request, _after(request, saved.id))
    if address_id is None:
        member = request.shop.member
        own = {"recipient": member.name, "phone": own_phone(member)} if member else {}
        return _form(request, AddressForm(initial=own))
    known = address_book.address_of(address_id, member_id=member_id)
    initial = {field: getattr(known.details, field) for field in _FIELDS}
    form = AddressForm(initial={**initial, "is_default": known.is_default})
    return _form(request, form, address_id)


@shop
@buyer
@require_POST
@sent_once
def make_default(request: ShopRequest, address_id: int) -> HttpResponse:
    """Where things go when nothing else is said."""
    address_book.make_default_address(member_id=member_of(request), address_id=address_id)
    return go(request, shop_url(request, "mall-addresses"))


@shop
@buyer
@require_POST
@sent_once
def remove(request: ShopRequest, address_id: int) -> HttpResponse:
    """Forget an address."""
    address_book.remove_address(member_id=member_of(request), address_id=address_id)
    messages.success(request, _("The address was removed."))
    return go(request, shop_url(request, "mall-addresses"))


def _form(
    request: ShopRequest,
    form: AddressForm,
    address_id: int | None = None,
    *,
    status: int = HTTPStatus.OK,
    error: DomainError | None = None,
) -> HttpResponse:
    title = _("New address") if address_id is None else _("Change the address")
    context: dict[str, Any] = {
        "title": title,
        "tab": "me",
        "form": form,
        "address_id": address_id,
        "error": error,
        "next": _back(request),
        "back_url": _back(request) or shop_url(request, "mall-addresses"),
    }
    return private_page(request, "mall/address.html", context, status=status)


def _back(request: ShopRequest) -> str:
    """Where one came from, if it is a page of ours."""
    given = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = given.startswith("/") and url_has_allowed_host_and_scheme(given, allowed_hosts=None)
    return given if is_ours else ""


def _after(request: ShopRequest, address_id: int) -> str:
    """Back to the checkout with the address chosen, or to the address book."""
    back = _back(request)
    if not back:
        return shop_url(request, "mall-addresses")
    sign = "&" if "?" in back else "?"
    return f"{back}{sign}{urlencode({'address': address_id})}"
