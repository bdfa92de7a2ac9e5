"""Where the goods of a shop can come from; configuration, and cached like it."""

from __future__ import annotations

from collections.abc import Iterator

from yipan.goods.stock.models import LocationKind
from yipan.goods.stock.queries import LocationFigures, locations_by_code
from yipan.group.organisations.models import Level, Organisation
from yipan.group.organisations.queries import Node, Tree, tree
from yipan.kernel import config_cache
from yipan.trade.checkout.rules import PickUpStore, Places, Source


def places_of(shop_id: int) -> Places:
    """Sources and stores of a shop; a statement of its own at most once per configuration.

    Sent from: its own location, the warehouses of its company and above, then every other one of
    the group, nearest in the tree first: the group has one pool of goods, and what a guide may
    share a buyer can get. In a shop above the stores at last also from stores below it. Picked up:
    at the shop itself, at the other stores of its company; above companies at every store below.
    Raises NotFound.
    """
    return config_cache.cached(f"checkout.places:{shop_id}", lambda: _load(shop_id))


def _load(shop_id: int) -> Places:
    organisations = tree()
    shop = organisations.node(shop_id)
    locations = list(locations_by_code().values())
    sources = tuple(
        _source(location, shop, organisations)
        for location in _ordered(shop, locations, organisations)
    )
    own = next((each.id for each in locations if _is_own(each, shop)), None)
    is_store = shop.level == Level.STORE
    return Places(sources, _stores(shop, locations, organisations), own if is_store else None)


def _is_own(location: LocationFigures, shop: Node) -> bool:
    return location.organisation_id == shop.id and location.is_default


def _ordered(
    shop: Node, locations: list[LocationFigures], organisations: Tree
) -> Iterator[LocationFigures]:
    yield from (each for each in locations if _is_own(each, shop))
    warehouses = [
        each
        for each in locations
        if each.kind == LocationKind.WAREHOUSE and not _is_own(each, shop)
    ]
    # By the nearest organisation that shop and warehouse have in common; those above a shop hold
    # goods for it, so they go before those beside it.
    places = {id_: place for place, id_ in enumerate(shop.lineage)}
    ranked = sorted(
        (
            min(places[id_] for id_ in holder.lineage if id_ in places),
            holder.id not in places,
            each.code,
            each,
        )
        for each in warehouses
        if (holder := organisations.by_id[each.organisation_id]).is_active
    )
    yield from (each for *_, each in ranked)
    if shop.level == Level.STORE:
        return
    yield from (
        each
        for each in locations
        if each.organisation_id != shop.id
        and each.kind != LocationKind.WAREHOUSE
        and each.is_default
        and organisations.within(each.organisation_id, shop.path)
        and organisations.by_id[each.organisation_id].is_active
    )


def _source(location: LocationFigures, shop: Node, organisations: Tree) -> Source:
    holder = organisations.by_id[location.organisation_id]
    # Above the companies nobody sells who could bear an expense, unless the goods are held there.
    seller = shop if shop.company_id is not None else holder
    return Source(
        location.id,
        location.code,
        location.name,
        holder.id,
        seller.code,
        location.kind == LocationKind.WAREHOUSE,
    )


def _stores(
    shop: Node, locations: list[LocationFigures], organisations: Tree
) -> tuple[PickUpStore, ...]:
    around = organisations.by_id[shop.company_id] if shop.company_id else shop
    holding = {
        each.organisation_id: each
        for each in locations
        if each.is_default and organisations.within(each.organisation_id, around.path)
    }
    stores = [
        node
        for node in organisations.subtree(around.id)
        if node.level == Level.STORE and node.is_active and node.id in holding
    ]
    where = {
        id_: (city, address)
        for id_, city, address in Organisation.objects.filter(
            id__in=[node.id for node in stores]
        ).values_list("id", "city", "address")
    }
    stores.sort(key=lambda node: node.id != shop.id)
    return tuple(
        PickUpStore(
            node.id,
            node.code,
            node.name,
            *where[node.id],
            holding[node.id].id,
            holding[node.id].code,
            {},
            whole=False,
        )
        for node in stores
    )
