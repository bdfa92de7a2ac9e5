"""What is done to goods from their pages, and what is asked before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from yipan.goods.catalogue import actions
from yipan.goods.catalogue.models import Category, PriceKind, Product, Sku
from yipan.goods.catalogue.queries import categories
from yipan.kernel.actor import Actor
from yipan.kernel.errors import NotFound
from yipan.kernel.money import fen_from_yuan
from yipan.kernel.text import whole
from yipan.surfaces.console.asks import Ask
from yipan.surfaces.console.fields import MomentField, places


def category_choices() -> list[tuple[int, str]]:
    """The tree of categories, to choose from."""
    rows: list[Category] = list(categories().order_by("path"))
    return [(row.id, f"{'　' * (row.path.count('/') - 2)}{row.name}") for row in rows]


class Described(forms.Form):
    """What is said of a product."""

    name = forms.CharField(label=_("Name"), max_length=200)
    category = forms.TypedChoiceField(label=_("Category"), coerce=int)
    tags = forms.CharField(
        label=_("Tags"),
        max_length=400,
        required=False,
        help_text=_("Separated by commas, such as 新品, 热卖."),
    )
    description = forms.CharField(
        label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def clean_tags(self) -> list[str]:
        """The tags one by one."""
        typed = self.cleaned_data["tags"].replace("，", ",")
        return [tag.strip() for tag in typed.split(",") if tag.strip()]

    @property
    def described(self) -> dict[str, Any]:
        """The values, as the actions call them."""
        values = dict(self.cleaned_data)
        return {
            "name": values["name"],
            "category_id": values["category"],
            "tags": values["tags"],
            "description": values["description"],
        }


class NewProduct(Ask, Described):
    """A product; its SKUs follow."""

    title = _("New product")
    confirm = _("Make it")
    done = _("The product was made; now add its SKUs.")
    code = forms.CharField(
        label=_("Product code"), max_length=60, help_text=_("Cannot be changed later.")
    )
    field_order = ("code", "name", "category", "tags", "description")

    def arrange(self) -> None:
        self.fields["category"].choices = category_choices()  # type: ignore[attr-defined]

    def act(self, by: Actor) -> object:
        self.made = actions.create_product(code=self.cleaned_data["code"], by=by, **self.described)
        return self.made


class DescribeProduct(Ask, Described):
    """Other words, another category."""

    title = _("Change the product")
    confirm = _("Save")
    done = _("Saved.")
    field_order = ("name", "category", "tags", "description")

    def arrange(self) -> None:
        product: Product = self.subject
        self.fields["category"].choices = category_choices()  # type: ignore[attr-defined]
        self.fields["category"].initial = product.category_id
        self.fields["name"].initial = product.name
        self.fields["tags"].initial = ", ".join(product.tags)
        self.fields["description"].initial = product.description

    def act(self, by: Actor) -> object:
        return actions.change_product(product_id=self.subject.id, by=by, **self.described)


class SwitchProduct(Ask):
    """Sold or not, with all SKUs."""

    done = _("Saved.")

    @property
    def title(self) -> str:  # type: ignore[override]
        return _t("Sell it no more?") if self.subject.is_active else _t("Sell it again?")

    @property
    def confirm(self) -> str:  # type: ignore[override]
        return _t("Take off sale") if self.subject.is_active else _t("Put on sale")

    @property
    def tone(self) -> str:  # type: ignore[override]
        return "danger" if self.subject.is_active else "normal"

    @property
    def text(self) -> str:
        if self.subject.is_active:
            return _t("None of its SKUs can be bought or shared any more. Orders stay.")
        return _t("Those of its SKUs that are active themselves can be bought again.")

    def act(self, by: Actor) -> object:
        turn = actions.deactivate_product if self.subject.is_active else actions.activate_product
        return turn(product_id=self.subject.id, by=by)


class NewSku(Ask):
    """A unit of sale of a product."""

    title = _("New SKU")
    confirm = _("Add it")
    done = _("The SKU was added; it has no price yet.")
    code = forms.CharField(
        label=_("SKU code"), max_length=60, help_text=_("Cannot be changed later.")
    )
    specification = forms.CharField(
        label=_("Specification"),
        required=False,
        max_length=400,
        help_text=_("One per line, such as 颜色: 红."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    oversell = forms.BooleanField(label=_("May be sold below zero stock"), required=False)

    def clean_specification(self) -> dict[str, str]:
        """Name and value of each line."""
        found = {}
        lines = self.cleaned_data["specification"].replace("：", ":").splitlines()
        for line in filter(None, map(str.strip, lines)):
            name, colon, value = line.partition(":")
            if not (colon and name.strip() and value.strip()):
                raise forms.ValidationError(_("Write name and value with a colon between them."))
            found[name.strip()] = value.strip()
        return found

    def act(self, by: Actor) -> object:
        return actions.create_sku(product_id=self.subject.id, by=by, **self.cleaned_data)


class _OfSku(Ask):
    """An act on one SKU of the product; its id comes with the address."""

    sku = forms.IntegerField(widget=forms.HiddenInput)

    def sku_row(self, given: object = None) -> Sku:
        """The SKU. Raises NotFound where it is none of the product's."""
        wanted = whole(str(self.cleaned_data["sku"] if given is None else given)) or 0
        found: Sku | None = Sku.objects.filter(pk=wanted, product=self.subject).first()
        if found is None:
            raise NotFound(kind="sku", ref=str(wanted))
        return found

    @property
    def text(self) -> str:
        found = self.sku_row(self["sku"].value() or 0)
        return f"{found.name} ({found.code})"


class ChangeSku(_OfSku):
    """Its name, whether it may be sold below zero, whether it is sold at all."""

    title = _("Change the SKU")
    confirm = _("Save")
    done = _("Saved.")
    name = forms.CharField(label=_("Name"), max_length=240)
    oversell = forms.BooleanField(label=_("May be sold below zero stock"), required=False)
    is_active = forms.BooleanField(label=_("On sale"), required=False)

    def arrange(self) -> None:
        found = self.sku_row(self["sku"].value() or 0)
        for name in ("name", "oversell", "is_active"):
            self.fields[name].initial = getattr(found, name)

    def act(self, by: Actor) -> object:
        values, found = self.cleaned_data, self.sku_row()
        actions.change_sku(sku_id=found.id, name=values["name"], oversell=values["oversell"], by=by)
        turn = actions.activate_sku if values["is_active"] else actions.deactivate_sku
        return turn(sku_id=found.id, by=by)


class SetPrice(_OfSku):
    """A price from a moment on."""

    title = _("Set a price")
    confirm = _("Set it")
    done = _("The price is set.")
    field_names: ClassVar[Mapping[str, str]] = {"valid_from": "starts", "valid_until": "ends"}
    kind = forms.ChoiceField(label=_("Kind"), choices=PriceKind.choices)
    amount = forms.DecimalField(label=_("Price (yuan)"), min_value=0, decimal_places=2)
    organisation = forms.TypedChoiceField(
        label=_("Holds"), coerce=int, required=False, empty_value=None
    )
    starts = MomentField(label=_("From"), help_text=_("Empty: now."))
    ends = MomentField(
        label=_("Until"), help_text=_("Empty: until another one starts."), is_end=True
    )

    def arrange(self) -> None:
        choices: list[tuple[object, str]] = list(places(self.paths))
        everywhere = any(path.count("/") == 2 for path in self.paths)
        if everywhere:
            choices[:1] = [("", _t("everywhere"))]
        self.fields["organisation"].choices = choices  # type: ignore[attr-defined]
        self.fields["organisation"].required = not everywhere

    def act(self, by: Actor) -> object:
        values = self.cleaned_data
        return actions.set_price(
            sku_id=self.sku_row().id,
            kind=values["kind"],
            amount=fen_from_yuan(values["amount"]),
            valid_from=values["starts"],
            valid_until=values["ends"],
            organisation_id=values["organisation"],
            by=by,
        )


ASKS: Final[dict[str, type[Ask]]] = {
    "describe": DescribeProduct,
    "switch": SwitchProduct,
    "sku": NewSku,
    "change-sku": ChangeSku,
    "price": SetPrice,
}
GROUP_WIDE: Final = frozenset(ASKS) - {"price"}
"""What only whoever writes at headquarters may do: goods belong to the whole group."""
