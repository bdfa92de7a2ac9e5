"""Gathering goods. One change of a basket after another: its row is locked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from yipan.goods.catalogue.queries import skus_by_id
from yipan.group.organisations.queries import tree
from yipan.kernel import clock, sql
from yipan.kernel.ids import next_id, next_ids
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work
from yipan.trade.checkout.errors import BasketFull, NotForSale, QuantityRefused, SignInNeeded
from yipan.trade.checkout.models import Basket, BasketLine
from yipan.trade.checkout.policy import MOST_UNITS, policy_for
from yipan.trade.checkout.queries.baskets import of_owner
from yipan.trade.checkout.requests import Owner

MOST_LINES: Final = 60
"""Different SKUs in a basket, and in an order."""
_KEPT: Final = timedelta(days=90)
_OF_MEMBER: Final = "(tenant_id, member_id, shop_id) WHERE member_id IS NOT NULL"
_OF_VISITOR: Final = "(tenant_id, visitor, shop_id) WHERE member_id IS NULL"
# Finds or makes the basket, and locks it.
_OPEN: Final = """
INSERT INTO checkout_basket (id, tenant_id, shop_id, member_id, visitor, updated_at)
VALUES (%s, %s, %s, %s::bigint, %s, %s)
    ON CONFLICT {conflict} DO UPDATE SET updated_at = excluded.updated_at
RETURNING id
"""
_MOVE: Final = """
WITH gone AS (
    DELETE FROM checkout_basketline WHERE tenant_id = %s AND basket_id = %s
    RETURNING sku_id, quantity, added_at
)
INSERT INTO checkout_basketline AS kept
       (id, tenant_id, basket_id, sku_id, quantity, chosen, added_at)
SELECT ids.id, %s, %s, gone.sku_id, gone.quantity, true, gone.added_at
  FROM (SELECT *, row_number() OVER (ORDER BY sku_id) AS n FROM gone) gone
  JOIN unnest(%s::bigint[]) WITH ORDINALITY AS ids(id, n) ON ids.n = gone.n
 ORDER BY gone.sku_id
    ON CONFLICT (tenant_id, basket_id, sku_id) DO UPDATE
   SET quantity = least(kept.quantity + excluded.quantity, %s), chosen = true,
       added_at = excluded.added_at
"""


def add_to_basket(*, owner: Owner, shop_id: int, sku_id: int, quantity: int = 1) -> int:
    """Put units of a SKU into the basket; how many are in it now.

    Raises NotForSale, QuantityRefused, BasketFull, NotFound (shop).
    """
    return _put(owner, shop_id, sku_id, quantity, is_more=True)


def set_basket_quantity(*, owner: Owner, shop_id: int, sku_id: int, quantity: int) -> int:
    """Have so many units of a SKU in the basket; 0 takes it out. How many are in it now.

    Raises NotForSale, QuantityRefused, BasketFull, NotFound (shop).
    """
    if quantity == 0:
        take_from_basket(owner=owner, shop_id=shop_id, sku_ids=[sku_id])
        return 0
    return _put(owner, shop_id, sku_id, quantity, is_more=False)


def choose_in_basket(
    *, owner: Owner, shop_id: int, chosen: bool, sku_ids: Sequence[int] | None = None
) -> None:
    """Tick or untick SKUs for the next order; None: all of them."""
    lines = BasketLine.objects.filter(basket__in=of_owner(owner).filter(shop_id=shop_id))
    if sku_ids is not None:
        lines = lines.filter(sku_id__in=sku_ids)
    lines.update(chosen=chosen)


def take_from_basket(*, owner: Owner, shop_id: int, sku_ids: Sequence[int] | None = None) -> None:
    """Take SKUs out of the basket; None: all of them. What is not in it is no matter."""
    lines = BasketLine.objects.filter(basket__in=of_owner(owner).filter(shop_id=shop_id))
    if sku_ids is not None:
        lines = lines.filter(sku_id__in=sku_ids)
    lines.delete()


def merge_baskets(*, visitor: str, member_id: int) -> None:
    """Give a member what the browser gathered before signing in; again changes nothing."""
    tenant_id = current_tenant_id()
    with unit_of_work():
        baskets = of_owner(Owner(None, visitor)).select_for_update().order_by("shop_id")
        for guest in baskets:
            basket_id = _opened(Owner(member_id, ""), guest.shop_id)
            ids = list(next_ids(MOST_LINES))
            params = (tenant_id, guest.id, tenant_id, basket_id, ids, MOST_UNITS)
            sql.execute(_MOVE, params)
            guest.delete()


def forget_baskets() -> int:
    """Remove baskets of visitors who did not come back for 90 days; how many."""
    limit = clock.now() - _KEPT
    with unit_of_work():
        old = Basket.objects.filter(member_id=None, updated_at__lt=limit)
        BasketLine.objects.filter(basket__in=old).delete()
        removed, _ = old.delete()
    return removed


def _put(owner: Owner, shop_id: int, sku_id: int, quantity: int, *, is_more: bool) -> int:
    node = tree().node(shop_id)
    most = policy_for(node.lineage, clock.now()).most_units
    if not 1 <= quantity <= most:
        raise QuantityRefused(most=most)
    sku = skus_by_id([sku_id]).get(sku_id)
    if sku is None or not sku.is_active:
        raise NotForSale(sku_id=sku_id)
    with unit_of_work():
        basket_id = _opened(owner, shop_id)
        lines = {line.sku_id: line for line in BasketLine.objects.filter(basket_id=basket_id)}
        line = lines.get(sku_id)
        if line is None:
            if len(lines) >= MOST_LINES:
                raise BasketFull(most=MOST_LINES)
            line = BasketLine(basket_id=basket_id, sku_id=sku_id, quantity=0)
        line.quantity = line.quantity + quantity if is_more else quantity
        if line.quantity > most:
            raise QuantityRefused(most=most)
        if is_more:  # what was added last stands first
            line.added_at, line.chosen = clock.now(), True
        elif line.added_at is None:
            line.added_at = clock.now()
        line.save(force_insert=sku_id not in lines)
    return line.quantity


def _opened(owner: Owner, shop_id: int) -> int:
    """Id of the basket, made where there is none, and locked."""
    of_member = owner.member_id is not None
    if not of_member and not owner.visitor:
        raise SignInNeeded
    statement = _OPEN.format(conflict=_OF_MEMBER if of_member else _OF_VISITOR)
    visitor = "" if of_member else owner.visitor
    params = (
        next_id(), current_tenant_id(), shop_id, owner.member_id, visitor, clock.now(),
    )  # fmt: skip
    ((basket_id,),) = sql.fetch(statement, params)
    return int(basket_id)
