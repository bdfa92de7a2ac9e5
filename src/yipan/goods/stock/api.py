"""Locations and stock over the open API."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest
from ninja import Query, Router, Status

from yipan.goods.catalogue.queries import skus_by_code
from yipan.goods.stock import actions, queries
from yipan.goods.stock.models import Location
from yipan.goods.stock.schemas import (
    LocationChange,
    LocationIn,
    LocationOut,
    MovementOut,
    MovementQuery,
    SpreadOut,
    SpreadQuery,
    StockLevelOut,
    StockQuery,
    StockRowsIn,
    StockWrittenOut,
)
from yipan.group.organisations.queries import tree
from yipan.kernel.caller import ApiCaller, caller_of
from yipan.kernel.errors import NotFound
from yipan.kernel.pagination import Page, PageOf, PageQuery, paginate

router = Router(tags=["stock"])

_READ = "stock.read"
_WRITE = "stock.write"


@router.get("/locations", response=PageOf[LocationOut], summary="List locations")
def locations(request: HttpRequest, page: Query[PageQuery], code: str = "") -> object:
    """Locations of the caller's subtree, by code."""
    caller = caller_of(request, _READ)
    found = queries.locations_within([caller.organisation_path], code=code)
    return paginate(found, cursor=page.cursor, limit=page.limit, order=("code", "id"))


@router.post("/locations", response={201: LocationOut}, summary="Add a location")
def create_location(request: HttpRequest, body: LocationIn) -> Status[Location]:
    """A warehouse, or the stock room of a store."""
    caller = caller_of(request, _WRITE)
    if not tree().within(body.organisation_id, caller.organisation_path):
        raise NotFound(kind="organisation", ref=body.organisation_id)
    return Status(HTTPStatus.CREATED, actions.create_location(by=caller.actor, **body.dict()))


@router.get("/locations/{int:location_id}", response=LocationOut, summary="Read a location")
def location(request: HttpRequest, location_id: int) -> Location:
    """One location."""
    return _location(caller_of(request, _READ), location_id)


@router.patch("/locations/{int:location_id}", response=LocationOut, summary="Change a location")
def change_location(request: HttpRequest, location_id: int, body: LocationChange) -> Location:
    """Give it another name, or make it its organisation's default."""
    caller = caller_of(request, _WRITE)
    found = _location(caller, location_id)
    if body.name is not None:
        found = actions.rename_location(location_id=location_id, name=body.name, by=caller.actor)
    if body.is_default:
        found = actions.make_default_location(location_id=location_id, by=caller.actor)
    return found


@router.get("/stock", response=PageOf[StockLevelOut], summary="List stock")
def stock(
    request: HttpRequest, page: Query[PageQuery], wanted: Query[StockQuery]
) -> Page[StockLevelOut]:
    """Units by location and SKU in the caller's subtree."""
    caller = caller_of(request, _READ)
    found = queries.levels_within(
        [caller.organisation_path], location=wanted.location, sku=wanted.sku
    )
    rows = paginate(found, cursor=page.cursor, limit=page.limit, order=("id",))
    return rows.map(
        lambda level: StockLevelOut(
            location=level.location.code, sku=level.sku.code, quantity=level.quantity
        )
    )


@router.post("/stock/counts", response=StockWrittenOut, summary="Write down counts")
def count_stock(request: HttpRequest, body: StockRowsIn) -> StockWrittenOut:
    """Up to 1,000 counts: the quantity is what is there. Each is taken or has its own error."""
    caller = caller_of(request, _WRITE)
    rows = body.as_taken()
    faults = actions.set_stock(rows=rows, by=caller.actor, within=caller.organisation_path)
    return StockWrittenOut.of(len(rows), faults)


@router.post("/stock/receipts", response=StockWrittenOut, summary="Receive goods")
def receive_stock(request: HttpRequest, body: StockRowsIn) -> StockWrittenOut:
    """Up to 1,000 receipts: the quantity is added. Each is taken or has its own error."""
    caller = caller_of(request, _WRITE)
    rows = body.as_taken()
    faults = actions.receive_stock(rows=rows, by=caller.actor, within=caller.organisation_path)
    return StockWrittenOut.of(len(rows), faults)


@router.get("/stock/spread", response=list[SpreadOut], summary="Store, region and group")
def spread(request: HttpRequest, wanted: Query[SpreadQuery]) -> list[SpreadOut]:
    """Units of up to 200 SKUs in a store, in its industry group and everywhere, side by side.

    Region and group are shown to every store: a guide may say where else there is some.
    """
    caller = caller_of(request, _READ)
    organisation_id = caller.organisation_id
    if wanted.organisation:
        node = tree().by_code.get(wanted.organisation)
        if node is None or not node.path.startswith(caller.organisation_path):
            raise NotFound(kind="organisation", ref=wanted.organisation)
        organisation_id = node.id
    skus = skus_by_code(wanted.sku)
    found = queries.spread_of(
        sku_ids=[each.id for each in skus.values()], organisation_id=organisation_id
    )
    return [
        SpreadOut(
            sku=code,
            store=found[skus[code].id].store,
            region=found[skus[code].id].region,
            group=found[skus[code].id].group,
        )
        for code in wanted.sku
        if code in skus
    ]


@router.get("/stock/movements", response=PageOf[MovementOut], summary="List movements")
def movements(request: HttpRequest, page: Query[PageQuery], wanted: Query[MovementQuery]) -> object:
    """The history of one SKU at one location, newest first; the level is the sum of it."""
    caller = caller_of(request, _READ)
    place = queries.locations_by_code().get(wanted.location)
    if place is None or not tree().within(place.organisation_id, caller.organisation_path):
        raise NotFound(kind="location", ref=wanted.location)
    skus = skus_by_code([wanted.sku])
    if wanted.sku not in skus:
        raise NotFound(kind="sku", ref=wanted.sku)
    found = queries.movements_of(location_id=place.id, sku_id=skus[wanted.sku].id)
    return paginate(found, cursor=page.cursor, limit=page.limit, order=("-moved_at", "-id"))


def _location(caller: ApiCaller, location_id: int) -> Location:
    found = queries.locations_within([caller.organisation_path]).filter(pk=location_id).first()
    if found is None:
        raise NotFound(kind="location", ref=location_id)
    return found
