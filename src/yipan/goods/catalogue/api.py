"""Categories, products, SKUs and prices over the open API.

Goods belong to the whole group: every caller reads them, and those who act for headquarters change
them. A price of one organisation is set by those who act for it.
"""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest
from ninja import Query, Router, Status

from yipan.goods.catalogue import actions, queries
from yipan.goods.catalogue.actions import CodedPrice, PictureFile
from yipan.goods.catalogue.actions.writing import check_group_wide
from yipan.goods.catalogue.models import Category, Product
from yipan.goods.catalogue.queries import SkuCard
from yipan.goods.catalogue.schemas import (
    CategoryChange,
    CategoryIn,
    CategoryMoveIn,
    CategoryOut,
    LoadOut,
    PicturesIn,
    PriceEndIn,
    PriceEndOut,
    PriceOut,
    PriceRowOut,
    PricesIn,
    PricesSetOut,
    ProductChange,
    ProductIn,
    ProductOut,
    ProductQuery,
    SkuChange,
    SkuIn,
    SkuOut,
    SkuQuery,
    SkuRowsIn,
)
from yipan.group.organisations.queries import tree
from yipan.kernel import clock
from yipan.kernel.caller import ApiCaller, caller_of
from yipan.kernel.errors import NotFound
from yipan.kernel.http import ErrorOut
from yipan.kernel.pagination import Page, PageOf, PageQuery, paginate

router = Router(tags=["catalogue"])

_READ = "catalogue.read"
_WRITE = "catalogue.write"


@router.get("/categories", response=PageOf[CategoryOut], summary="List categories")
def categories(
    request: HttpRequest,
    page: Query[PageQuery],
    parent_id: int | None = None,
    code: str = "",
    text: str = "",
) -> object:
    """Categories, every one after its parent; `text` is part of the name or code."""
    caller_of(request, _READ)
    found = queries.categories(parent_id=parent_id, code=code, text=text)
    return paginate(found, cursor=page.cursor, limit=page.limit, order=("path",))


@router.post("/categories", response={201: CategoryOut}, summary="Add a category")
def create_category(request: HttpRequest, body: CategoryIn) -> Status[Category]:
    """At the top or under another one."""
    caller = _for_the_group(request)
    return Status(HTTPStatus.CREATED, actions.create_category(by=caller.actor, **body.dict()))


@router.get("/categories/{int:category_id}", response=CategoryOut, summary="Read a category")
def category(request: HttpRequest, category_id: int) -> Category:
    """One category."""
    caller_of(request, _READ)
    return queries.category(category_id)


@router.patch("/categories/{int:category_id}", response=CategoryOut, summary="Rename a category")
def rename_category(request: HttpRequest, category_id: int, body: CategoryChange) -> Category:
    """Give a category another name."""
    caller_of(request, _WRITE)
    queries.category(category_id)
    caller = _for_the_group(request)
    return actions.rename_category(category_id=category_id, name=body.name, by=caller.actor)


@router.post("/categories/{int:category_id}/moves", response=CategoryOut, summary="Move a category")
def move_category(request: HttpRequest, category_id: int, body: CategoryMoveIn) -> Category:
    """Hang a category, with all below it, elsewhere; what was sold keeps its former path."""
    caller_of(request, _WRITE)
    queries.category(category_id)
    caller = _for_the_group(request)
    return actions.move_category(
        category_id=category_id, parent_id=body.to_parent_id, by=caller.actor
    )


@router.get("/products", response=PageOf[ProductOut], summary="List products")
def products(
    request: HttpRequest, page: Query[PageQuery], wanted: Query[ProductQuery]
) -> Page[ProductOut]:
    """Products, newest first; those of a category and of all below it."""
    caller_of(request, _READ)
    found = queries.products(**wanted.dict())
    rows = paginate(found, cursor=page.cursor, limit=page.limit, order=("-created_at", "-id"))
    pictures = queries.pictures_of([each.id for each in rows.items])
    return rows.map(lambda each: ProductOut.of(each, pictures[each.id]))


@router.post("/products", response={201: ProductOut}, summary="Add a product")
def create_product(request: HttpRequest, body: ProductIn) -> Status[ProductOut]:
    """What is sold are its SKUs."""
    caller = _for_the_group(request)
    made = actions.create_product(by=caller.actor, **body.dict())
    return Status(HTTPStatus.CREATED, _product(made))


@router.get("/products/{int:product_id}", response=ProductOut, summary="Read a product")
def product(request: HttpRequest, product_id: int) -> ProductOut:
    """One product with its pictures."""
    caller_of(request, _READ)
    return _product(queries.product(product_id))


@router.patch("/products/{int:product_id}", response=ProductOut, summary="Change a product")
def change_product(request: HttpRequest, product_id: int, body: ProductChange) -> ProductOut:
    """Its SKUs follow with their category and search words."""
    caller_of(request, _WRITE)
    queries.product(product_id)
    caller = _for_the_group(request)
    values = body.dict(exclude={"is_active"})
    actions.change_product(product_id=product_id, by=caller.actor, **values)
    if body.is_active is not None:
        switch = actions.activate_product if body.is_active else actions.deactivate_product
        switch(product_id=product_id, by=caller.actor)
    return _product(queries.product(product_id))


@router.put(
    "/products/{int:product_id}/pictures", response=ProductOut, summary="Replace the pictures"
)
def set_pictures(request: HttpRequest, product_id: int, body: PicturesIn) -> ProductOut:
    """The first one is the main one."""
    caller_of(request, _WRITE)
    found = queries.product(product_id)
    caller = _for_the_group(request)
    pictures = [PictureFile(each.file, each.sku_id) for each in body.pictures]
    actions.set_pictures(product_id=product_id, pictures=pictures, by=caller.actor)
    return _product(found)


@router.get("/skus", response=PageOf[SkuOut], summary="Search SKUs")
def skus(request: HttpRequest, page: Query[PageQuery], wanted: Query[SkuQuery]) -> Page[SkuOut]:
    """SKUs on sale that have all the words of `text`; or those with the given codes.

    A word is Chinese text of any length, or the beginning of a Latin word or code. Prices are
    those in force at `organisation`.
    """
    caller = caller_of(request, _READ)
    if wanted.code:
        known = queries.skus_by_code(wanted.code)
        cards = queries.cards([known[code].id for code in wanted.code if code in known])
        return Page(_priced(list(cards.values()), caller, wanted.organisation), None)
    found = queries.search(
        text=wanted.text,
        category_id=wanted.category_id,
        sort=wanted.sort,
        cursor=page.cursor,
        limit=page.limit,
    )
    return Page(_priced(found.items, caller, wanted.organisation), found.next_cursor)


@router.post("/skus", response={201: SkuOut}, summary="Add a SKU")
def create_sku(request: HttpRequest, body: SkuIn) -> Status[SkuOut]:
    """Has no price yet."""
    caller = _for_the_group(request)
    made = actions.create_sku(by=caller.actor, **body.dict())
    return Status(HTTPStatus.CREATED, _sku(made.id, caller))


@router.post("/skus/batch", response=LoadOut, summary="Create or change many SKUs")
def load_skus(request: HttpRequest, body: SkuRowsIn) -> LoadOut:
    """Up to 1,000 SKUs by code, with what is missing of their categories and products.

    Each is taken or has its own error; the same batch again changes nothing.
    """
    caller = _for_the_group(request)
    report = actions.load_skus([each.row() for each in body.skus], by=caller.actor)
    return LoadOut.of([each.code for each in body.skus], report)


@router.get("/skus/{int:sku_id}", response=SkuOut, summary="Read a SKU")
def sku(request: HttpRequest, sku_id: int, organisation: str = "") -> SkuOut:
    """One SKU with its prices in force at an organisation (a code; the caller's without it)."""
    return _sku(sku_id, caller_of(request, _READ), organisation)


@router.patch("/skus/{int:sku_id}", response=SkuOut, summary="Change a SKU")
def change_sku(request: HttpRequest, sku_id: int, body: SkuChange) -> SkuOut:
    """What is left out stays."""
    caller_of(request, _WRITE)
    queries.sku(sku_id)
    caller = _for_the_group(request)
    actions.change_sku(sku_id=sku_id, by=caller.actor, **body.dict(exclude={"is_active"}))
    if body.is_active is not None:
        switch = actions.activate_sku if body.is_active else actions.deactivate_sku
        switch(sku_id=sku_id, by=caller.actor)
    return _sku(sku_id, caller)


@router.get("/skus/{int:sku_id}/prices", response=PageOf[PriceOut], summary="List dated prices")
def prices(request: HttpRequest, sku_id: int, page: Query[PageQuery]) -> object:
    """The SKU's prices that concern the caller, the last to start first; past and coming ones."""
    caller = caller_of(request, _READ)
    found = queries.prices_of(queries.sku(sku_id).id, organisation_id=caller.organisation_id)
    return paginate(found, cursor=page.cursor, limit=page.limit, order=("-valid_from", "-id"))


@router.post("/prices/batch", response=PricesSetOut, summary="Set many prices")
def set_prices(request: HttpRequest, body: PricesIn) -> PricesSetOut:
    """Up to 1,000 dated prices; each is taken or has its own error."""
    caller = caller_of(request, _WRITE)
    rows = [CodedPrice(**each.dict()) for each in body.prices]
    ids, faults = actions.set_coded_prices(rows, by=caller.actor, within=caller.organisation_path)
    errors = {fault.row: ErrorOut.of(fault.error) for fault in faults}
    return PricesSetOut(
        set=len(rows) - len(errors),
        failed=len(errors),
        results=[
            PriceRowOut(id=price_id, error=errors.get(number))
            for number, price_id in enumerate(ids)
        ],
    )


@router.post("/prices/{int:price_id}/end", response=PriceEndOut, summary="End a price")
def end_price(request: HttpRequest, price_id: int, body: PriceEndIn) -> PriceEndOut:
    """Now or at a later moment; a price that has not started by then is removed."""
    caller = caller_of(request, _WRITE)
    ended = actions.end_price(
        price_id=price_id, at=body.at, by=caller.actor, within=caller.organisation_path
    )
    return PriceEndOut(price=PriceOut.from_orm(ended) if ended else None)


def _for_the_group(request: HttpRequest) -> ApiCaller:
    """A caller who acts for headquarters."""
    caller = caller_of(request, _WRITE)
    check_group_wide(caller.organisation_path)
    return caller


def _product(found: Product) -> ProductOut:
    return ProductOut.of(found, queries.pictures_of([found.id])[found.id])


def _sku(sku_id: int, caller: ApiCaller, organisation: str = "") -> SkuOut:
    cards = queries.cards([sku_id])
    if not cards:
        raise NotFound(kind="sku", ref=sku_id)
    (found,) = _priced(list(cards.values()), caller, organisation)
    return found


def _priced(cards: list[SkuCard], caller: ApiCaller, organisation: str) -> list[SkuOut]:
    """With the prices in force now at an organisation of the caller's subtree."""
    node = tree().node(caller.organisation_id)
    if organisation:
        asked = tree().by_code.get(organisation)
        if asked is None or not asked.path.startswith(caller.organisation_path):
            raise NotFound(kind="organisation", ref=organisation)
        node = asked
    in_force = queries.prices_at([card.id for card in cards], node.lineage, clock.now())
    return [SkuOut.of(card, in_force[card.id]) for card in cards]
