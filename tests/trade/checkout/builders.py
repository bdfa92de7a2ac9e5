"""A mall to buy in: a store with its guide, a company with a warehouse, buyers with addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.customers.members.builders import make_member
from tests.goods.catalogue.builders import make_price, make_sku
from tests.goods.stock.builders import make_location, make_stock
from tests.trade.fulfilment.builders import HOME
from tests.trade.orders.builders import Shop, open_shop
from yipan.customers.members.address_book import save_address
from yipan.customers.members.models import Member
from yipan.goods.catalogue.models import Sku
from yipan.goods.stock.actions import create_location
from yipan.goods.stock.models import Location
from yipan.kernel.actor import SYSTEM
from yipan.trade.checkout.actions import place_order
from yipan.trade.checkout.queries import quote
from yipan.trade.checkout.requests import Choice, Owner, Placed, Wanted
from yipan.trade.checkout.rules import Quote

VISITOR = "v" * 22


@dataclass(frozen=True)
class Mall:
    """Where one buys: the shop of the store R1-A, of the company R1."""

    shop: Shop
    warehouse: Location
    """Of the company R1, with as much as the store."""
    second: Location
    """Of the store R1-B, of the same company; empty."""
    skus: Sequence[Sku]

    @property
    def shop_id(self) -> int:
        return self.shop.tree["R1-A"].id

    def buyer(self) -> Owner:
        """A member with an address, on the browser of the tests."""
        member = make_member()
        save_address(member_id=member.id, details=HOME)
        return Owner(member.id, VISITOR)

    def quote(self, *wanted: tuple[Sku, int], **more: Any) -> Quote:
        values: dict[str, Any] = {"shop_id": self.shop_id, "is_member": True, **more}
        return quote(wanted=[Wanted(sku.id, units) for sku, units in wanted], **values)

    def place(self, owner: Owner, quoted: Quote, **more: Any) -> Placed:
        """Order what was quoted, to the member's first address."""
        choice = more.pop("choice", quoted.choice)
        if choice.method == "delivery" and choice.address_id is None and owner.member_id:
            choice = choice._replace(address_id=address_of(owner))
        values: dict[str, Any] = {
            "shop_id": self.shop_id,
            "owner": owner,
            "seen": quoted.seen,
            "total": quoted.total,
            "choice": choice,
            "provider": "sandbox",
            **more,
        }
        return place_order(**values)

    def buy(self, owner: Owner, *wanted: tuple[Sku, int], **more: Any) -> Placed:
        """Look and order."""
        choice = more.pop("choice", Choice())
        return self.place(owner, self.quote(*wanted, choice=choice), **more)


def address_of(owner: Owner) -> int:
    member = Member.objects.get(id=owner.member_id)
    return int(member.addresses.order_by("id").values_list("id", flat=True)[0])


def open_mall(*, stock: int = 100, skus: int = 3) -> Mall:
    """Build it; each SKU costs 50 yuan, 45 for members."""
    shop = open_shop()
    warehouse = create_location(
        organisation_id=shop.tree["R1"].id, kind="warehouse", code="WH-R1", name="华东仓", by=SYSTEM
    )
    second = make_location(shop.tree["R1-B"])
    goods = []
    for number in range(skus):
        sku = make_sku(f"MALL-{number}", price=5_000)
        make_price(sku, 4_500, kind="member")
        for location in (shop.location, warehouse):
            make_stock(location, sku, stock)
        goods.append(sku)
    return Mall(shop, warehouse, second, goods)
