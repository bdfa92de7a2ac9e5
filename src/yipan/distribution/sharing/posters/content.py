"""What stands on a poster, read from the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Final

from yipan.distribution.sharing.errors import LinkGone
from yipan.distribution.sharing.queries import StoredLink, address_of, stored_link, tokens_of
from yipan.distribution.sharing.sealing import is_genuine
from yipan.goods.catalogue.queries import prices_at
from yipan.group.organisations.queries import tree
from yipan.kernel import clock, sql
from yipan.kernel.errors import NotFound
from yipan.kernel.tenancy import current_tenant_id

_MOST_TAGS: Final = 3
_SHARER: Final = """
SELECT d.name, d.portrait, coalesce(to_jsonb(p.tags), '[]'::jsonb)
  FROM distributors_distributor d
  LEFT JOIN catalogue_sku s ON s.tenant_id = d.tenant_id AND s.id = %s
  LEFT JOIN catalogue_product p ON p.id = s.product_id
 WHERE d.tenant_id = %s AND d.id = %s
"""


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that is drawn, so also everything a kept poster depends on."""

    address: str
    """What the code says."""
    group: str
    shop: str
    where: str
    """City and street of the shop."""
    goods: bool
    """Whether it is about goods; otherwise about the shop."""
    name: str
    """Of the goods or the shop."""
    specification: str
    price: int | None
    """Fen; what a passer-by pays."""
    list_price: int | None
    """Fen; only where the price is below it."""
    tags: tuple[str, ...]
    picture: str
    """Path under the media folder, or empty."""
    sharer: str
    portrait: str

    def parts(self) -> tuple[object, ...]:
        """All of it, for a key."""
        return astuple(self)


def content_of(link_id: int, *, distributor_id: int | None = None) -> Content:
    """What the poster of a link shows, in three statements.

    Raises NotFound (no such link, or not of that distributor), LinkGone (revoked, expired or
    tampered with).
    """
    link = stored_link(link_id)
    if link is None or distributor_id not in {None, link.distributor_id}:
        raise NotFound(kind="link", ref=link_id)
    if not (link.is_live(clock.now()) and is_genuine(link.row(), link.mac)):
        raise LinkGone
    (token,) = tokens_of([link_id])
    sharer, portrait, tags = _sharer_and_tags(link)
    price, list_price = _prices(link)
    goods = link.goods
    return Content(
        address=address_of(token),
        group=tree().root.name,
        shop=link.organisation_name,
        where=" ".join(filter(None, _place(link))),
        goods=goods is not None,
        name=goods.name if goods else link.organisation_name,
        specification=_specified(goods.specification) if goods else "",
        price=price,
        list_price=list_price,
        tags=tuple(tags[:_MOST_TAGS]),
        picture=goods.picture if goods else "",
        sharer=sharer,
        portrait=portrait,
    )


def _specified(specification: Mapping[str, str]) -> str:
    """The values; a bare size or number says what it is of."""
    return " · ".join(
        f"{name} {value}" if str(value).isascii() else str(value)
        for name, value in specification.items()
    )


def _sharer_and_tags(link: StoredLink) -> tuple[str, str, list[str]]:
    row = sql.fetch_one(_SHARER, (link.sku_id, current_tenant_id(), link.distributor_id))
    if row is None:
        raise NotFound(kind="link", ref=link.id)
    return row[0], row[1], sql.document(row[2])


def _place(link: StoredLink) -> tuple[str, str]:
    """City and address, the city only once."""
    city, address = link.organisation_city, link.organisation_address
    return ("" if address.startswith(city) else city), address


def _prices(link: StoredLink) -> tuple[int | None, int | None]:
    """The price of a passer-by, and the list price where that is higher."""
    if link.sku_id is None:
        return None, None
    lineage = tree().node(link.organisation_id).lineage
    prices = prices_at([link.sku_id], lineage, clock.now())[link.sku_id]
    price = prices.list_price if prices.promo_price is None else prices.promo_price
    list_price = prices.list_price
    is_lower = price is not None and list_price is not None and price < list_price
    return price, list_price if is_lower else None
