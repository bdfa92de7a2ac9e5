"""Reads of baskets."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import QuerySet, Sum

from yipan.kernel import clock
from yipan.trade.checkout.models import Basket, BasketLine
from yipan.trade.checkout.queries.places import places_of
from yipan.trade.checkout.queries.quoting import goods_of, units_of
from yipan.trade.checkout.requests import Owner
from yipan.trade.checkout.rules import LineState, QuoteLine, availability_of, line_of


class BasketLineView(NamedTuple):
    """A line of a basket with price and stock of this moment."""

    line: QuoteLine
    chosen: bool


class BasketView(NamedTuple):
    """A basket with prices and stock of this moment."""

    lines: tuple[BasketLineView, ...]
    """Newest first."""
    goods: int
    """Fen of what is chosen and can be bought."""
    units: int
    """Of what is chosen and can be bought."""


def of_owner(owner: Owner) -> QuerySet[Basket]:
    """The baskets of a member or a visitor (indexes: basket_of_member, basket_of_visitor)."""
    if owner.member_id is not None:
        return Basket.objects.filter(member_id=owner.member_id)
    if not owner.visitor:
        return Basket.objects.none()
    return Basket.objects.filter(member_id=None, visitor=owner.visitor)


def basket(owner: Owner, *, shop_id: int) -> BasketView:
    """What somebody gathered in a shop; four statements, one for an empty basket.

    What is not sold any more stays in it and says so; each line counts by itself, however the
    others are sent.
    """
    mine = of_owner(owner).filter(shop_id=shop_id)
    rows = list(BasketLine.objects.filter(basket__in=mine).order_by("-added_at", "-id"))
    if not rows:
        return BasketView((), 0, 0)
    goods = goods_of(
        shop_id=shop_id,
        sku_ids=[row.sku_id for row in rows],
        is_member=owner.member_id is not None,
        at=clock.now(),
    )
    places = places_of(shop_id)
    units = units_of(goods, places)
    lines = []
    for row in rows:
        each = goods.get(row.sku_id)
        if each is None:
            continue
        there = availability_of(each, units, places, quantity=row.quantity)
        line = line_of(each, row.quantity, there.delivery_units, there.state)
        lines.append(BasketLineView(line, row.chosen))
    counted = [
        each.line
        for each in lines
        if each.chosen and each.line.state in {LineState.OK, LineState.PICK_UP_ONLY}
    ]
    return BasketView(
        tuple(lines),
        sum(line.amount for line in counted),
        sum(line.quantity for line in counted),
    )


def basket_count(owner: Owner, *, shop_id: int) -> int:
    """Units in a basket, in one statement."""
    mine = of_owner(owner).filter(shop_id=shop_id)
    counted = BasketLine.objects.filter(basket__in=mine).aggregate(units=Sum("quantity"))
    return counted["units"] or 0
