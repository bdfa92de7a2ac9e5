"""Stock: how much of what is where, and counting it."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from yipan.goods.catalogue.queries import terms_of
from yipan.goods.stock.actions import StockRow, receive_stock, set_stock
from yipan.goods.stock.models import StockLevel
from yipan.goods.stock.queries import levels_within, locations_within
from yipan.group.organisations.queries import tree, within
from yipan.group.people.paging import CappedPaginator
from yipan.kernel.actor import Actor
from yipan.kernel.errors import NotFound
from yipan.kernel.text import whole
from yipan.surfaces.console.asks import Ask, ask_and_do
from yipan.surfaces.console.page import (
    ConsoleRequest,
    back,
    console_page,
    console_view,
    given_to,
)

_READ: Final = "stock.read"
_WRITE: Final = "stock.write"
_PER_PAGE: Final = 50
_ORDERS: Final = ("quantity", "sku__code", "location__code")
_LOW: Final = 5


class _OfLevel(Ask):
    """An act on the units of one SKU at one place."""

    quantity = forms.IntegerField(label=_("Units"))

    @property
    def text(self) -> str:
        level: StockLevel = self.subject
        there = _t("There are %s now.") % f"{level.quantity:,}"
        return f"{level.sku.name} ({level.sku.code}) · {level.location.name}. {there}"

    def row(self) -> StockRow:
        """What to write down."""
        level: StockLevel = self.subject
        return StockRow(
            location=level.location.code, sku=level.sku.code, quantity=self.cleaned_data["quantity"]
        )


class CountStock(_OfLevel):
    """What was counted."""

    title = _("Write down a count")
    confirm = _("Write it down")
    done = _("The count was written down.")

    def arrange(self) -> None:
        self.fields["quantity"].initial = max(0, self.subject.quantity)
        self.fields["quantity"].help_text = _t("What is really there, 0 or more.")

    def act(self, by: Actor) -> object:
        for fault in set_stock(rows=[self.row()], by=by):
            raise fault.error
        return None


class ReceiveStock(_OfLevel):
    """Goods that came in."""

    title = _("Take goods in")
    confirm = _("Take them in")
    done = _("The goods were taken in.")

    def arrange(self) -> None:
        self.fields["quantity"].help_text = _t("How many came, on top of what is there.")

    def act(self, by: Actor) -> object:
        for fault in receive_stock(rows=[self.row()], by=by):
            raise fault.error
        return None


ASKS: Final[dict[str, type[Ask]]] = {"count": CountStock, "receive": ReceiveStock}


@console_view(_READ)
def stock(request: ConsoleRequest) -> HttpResponse:
    """Filters of the address: q (words or a code), location, level (low, none), sort, page."""
    asked = request.GET
    paths = request.scope.paths(_READ)
    rows = levels_within(paths, location=asked.get("location", ""))
    rows = _narrowed(rows, asked)
    chosen = tree().by_id.get(whole(asked.get("organisation", "")) or 0)
    if chosen is not None:
        inside = within([chosen.path], "location__organisation__path")
        rows = rows.filter(inside) if chosen.path.startswith(paths) else rows.none()
    sort = asked.get("sort", "sku__code")
    order = sort if sort.removeprefix("-") in _ORDERS else "sku__code"
    found = rows.select_related("sku__product", "location__organisation").order_by(order, "id")
    page = CappedPaginator(found, _PER_PAGE).get_page(asked.get("page", "1"))
    writes = request.scope.paths(_WRITE)
    return console_page(
        request,
        "console/stock.html",
        title=_t("Stock"),
        page=page,
        rows=[
            (row, bool(writes) and row.location.organisation.path.startswith(writes))
            for row in page
        ],
        sort=order,
        asked=asked,
        low=_LOW,
        locations=list(locations_within(paths).order_by("code").values_list("code", "name")),
        levels=[("low", _t("5 or fewer")), ("none", _t("none left"))],
        may_write=bool(writes),
    )


def _narrowed(rows: QuerySet[StockLevel], asked: Any) -> QuerySet[StockLevel]:
    typed = asked.get("q", "").strip()
    terms = terms_of(typed)
    if terms.impossible:
        return rows.none()
    for prefix in terms.prefixes:
        rows = rows.filter(sku__words__contains=f" {prefix}")
    if asked.get("level") == "low":
        rows = rows.filter(quantity__lte=_LOW)
    if asked.get("level") == "none":
        rows = rows.filter(quantity__lte=0)
    return rows


@console_view(_WRITE)
def act(request: ConsoleRequest, level_id: int, name: str) -> HttpResponse:
    """Ask, then do, one of `ASKS`."""
    rows = levels_within(request.scope.paths(_WRITE)).select_related("sku", "location")
    found = rows.filter(pk=level_id).first()
    if found is None or name not in ASKS:
        raise NotFound(kind="stock level", ref=level_id)
    ask = ASKS[name](given_to(request), subject=found)
    return ask_and_do(request, ask, lands=back(request, reverse("console-stock"))["Location"])
