"""Bank cards of one's own: masked, added with the holder's name, removed."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yipan.kernel.errors import DomainError
from yipan.payouts.withdrawals.actions.cards import add_own_card, remove_card
from yipan.payouts.withdrawals.errors import (
    CardExists,
    CardNumberInvalid,
    HolderNameDiffers,
    NameInvalid,
)
from yipan.payouts.withdrawals.queries import own_card, own_cards, verified_name
from yipan.surfaces.design.once import sent_once
from yipan.surfaces.design.refusals import sent_to
from yipan.surfaces.workbench.entry import SellerRequest, signed_in
from yipan.surfaces.workbench.forms import BANKS, CardForm
from yipan.surfaces.workbench.views.parts import show
from yipan.surfaces.workbench.words import plainly

_FIELDS = {
    CardNumberInvalid: "number",
    CardExists: "number",
    HolderNameDiffers: "holder",
    NameInvalid: "holder",
}


def _page(request: SellerRequest, form: CardForm) -> HttpResponse:
    distributor = request.seller.distributor
    context: dict[str, object] = {
        "title": _("Bank cards"),
        "back_url": reverse("workbench-withdraw"),
        "seller": request.seller,
        "cards": list(own_cards(distributor)),
        "real_name": verified_name(distributor),
        "form": form,
        "banks": BANKS,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return show(request, "workbench/cards.html", context, tab="home", status=status)


def _refused(request: SellerRequest, error: DomainError, **_more: object) -> HttpResponse:
    form = CardForm(request.POST)
    form.is_valid()
    form.add_error(_FIELDS.get(type(error)), plainly(error))
    return _page(request, form)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@sent_once(refused=_refused)
def cards(request: SellerRequest) -> HttpResponse:
    """The list, and a form for one more. The number is never shown again."""
    if request.method != "POST":
        return _page(request, CardForm())
    form = CardForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    add_own_card(
        distributor=request.seller.distributor,
        holder=form.cleaned_data["holder"],
        number=form.cleaned_data["number"],
        bank=form.cleaned_data["bank"],
        by=request.seller.person.actor,
    )
    return sent_to(request, reverse("workbench-cards"))


@signed_in
@require_POST
@sent_once
def remove(request: SellerRequest, card_id: int) -> HttpResponse:
    """Take a card out of use. Raises NotFound, CardInUse."""
    card = own_card(request.seller.distributor, card_id)
    card.distributor = request.seller.distributor
    remove_card(card=card, by=request.seller.person.actor)
    return sent_to(request, reverse("workbench-cards"))
