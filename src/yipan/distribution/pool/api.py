"""Rules, offers, their import and trial calculation over the open API."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Query, Router, Status, UploadedFile

from yipan.distribution.pool import actions, queries
from yipan.distribution.pool.actions import Choice, CodedWish
from yipan.distribution.pool.rules import LineFigures, Progress
from yipan.distribution.pool.schemas import (
    BulkAction,
    BulkIn,
    OfferOut,
    OfferQuery,
    OffersIn,
    OffersWrittenOut,
    ProgressIO,
    RuleIn,
    RuleOut,
    RuleVersionIn,
    RuleVersionOut,
    SheetReportOut,
    TrialIn,
    TrialLineOut,
    TrialOut,
    WhyIn,
    WhyOut,
)
from yipan.distribution.pool.sheets.export import faults_csv
from yipan.distribution.pool.sheets.table import MOST_BYTES
from yipan.kernel import clock
from yipan.kernel.caller import ApiCaller, caller_of
from yipan.kernel.pagination import Page, PageOf, PageQuery, paginate

router = Router(tags=["pool"])

_READ = "pool.read"
_WRITE = "pool.write"


@router.get("/rules", response=PageOf[RuleOut])
def rules(
    request: HttpRequest,
    page: Query[PageQuery],
    code: str = "",
    text: str = "",
    bare: bool | None = None,
) -> Page[RuleOut]:
    """List commission rules, newest first.

    Those kept in the caller's subtree, and those above that it may use. `text` is part of the code
    or name; `bare` tells rules made for bare amounts of files from the others.
    """
    caller = caller_of(request, _READ)
    found = queries.rules_in_reach(_reach(caller), code=code, text=text, bare=bare)
    rows = paginate(found, cursor=page.cursor, limit=page.limit, order=("-created_at", "-id"))
    books = queries.rule_books([rule.id for rule in rows.items])
    return rows.map(lambda rule: RuleOut.of(rule, books[rule.id]))


@router.post("/rules", response={201: RuleOut})
def create_rule(request: HttpRequest, body: RuleIn) -> Status[RuleOut]:
    """Make a commission rule with its first version."""
    caller = caller_of(request, _WRITE)
    made = actions.create_rule(
        organisation_id=queries.organisation_of(body.organisation, caller.organisation_id),
        by=caller.actor,
        within=_reach(caller),
        **body.dict(exclude={"organisation"}),
    )
    return Status(HTTPStatus.CREATED, _rule(made.id, caller))


@router.get("/rules/{int:rule_id}", response=RuleOut)
def rule(request: HttpRequest, rule_id: int) -> RuleOut:
    """Read a commission rule."""
    return _rule(rule_id, caller_of(request, _READ))


@router.get("/rules/{int:rule_id}/versions", response=PageOf[RuleVersionOut])
def rule_versions(request: HttpRequest, rule_id: int) -> Page[RuleVersionOut]:
    """List the versions of a rule, the last one written first; all on one page."""
    caller = caller_of(request, _READ)
    book = queries.book_in_reach(rule_id, _reach(caller))
    return Page([RuleVersionOut.of(version) for version in book.versions], None)


@router.post("/rules/{int:rule_id}/versions", response={201: RuleVersionOut})
def add_rule_version(
    request: HttpRequest, rule_id: int, body: RuleVersionIn
) -> Status[RuleVersionOut]:
    """Give a rule new terms from a moment on.

    What was decided before stays as it was decided.
    """
    caller = caller_of(request, _WRITE)
    made = actions.add_rule_version(
        rule_id=rule_id, by=caller.actor, within=_reach(caller), **body.dict()
    )
    book = queries.book_in_reach(rule_id, _reach(caller))
    version = next(each for each in book.versions if each.id == made.id)
    return Status(HTTPStatus.CREATED, RuleVersionOut.of(version))


@router.get("/offers", response=PageOf[OfferOut])
def offers(
    request: HttpRequest, page: Query[PageQuery], wanted: Query[OfferQuery]
) -> Page[OfferOut]:
    """List offers of the caller's subtree, or what earns when one organisation sells."""
    caller = caller_of(request, _READ)
    if wanted.selling_at:
        found = queries.offers_for_sale(
            organisation_id=queries.organisation_of(
                wanted.selling_at, caller.organisation_id, within=_reach(caller)
            ),
            text=wanted.text,
            category_id=wanted.category_id,
            sort=wanted.sort,
            cursor=page.cursor,
            limit=page.limit,
        )
    else:
        found = queries.offers_of(
            paths=_reach(caller),
            filters=_filters(wanted, caller),
            sort=wanted.sort,
            cursor=page.cursor,
            limit=page.limit,
        )
    return found.map(OfferOut.of)


@router.put("/offers", response=OffersWrittenOut)
def put_offers(request: HttpRequest, body: OffersIn) -> OffersWrittenOut:
    """Have SKUs offered: new offers are made, those there are become as given; all or none.

    The same request again changes nothing.
    """
    caller = caller_of(request, _WRITE)
    written = actions.put_coded_offers(
        wishes=[CodedWish(**each.dict()) for each in body.offers],
        organisation_id=caller.organisation_id,
        by=caller.actor,
        reason=body.reason,
    )
    return OffersWrittenOut(**written._asdict())


@router.get("/offers/{int:offer_id}", response=OfferOut)
def offer(request: HttpRequest, offer_id: int) -> OfferOut:
    """Read an offer."""
    caller = caller_of(request, _READ)
    return OfferOut.of(queries.offer_in_reach(offer_id, _reach(caller)))


@router.post("/offers/bulk", response=OffersWrittenOut)
def change_many_offers(request: HttpRequest, body: BulkIn) -> OffersWrittenOut:
    """Switch, change or take off many offers; all or none.

    Off says that the SKU does not earn there; taken off leaves it to an organisation above.
    """
    caller = caller_of(request, _WRITE)
    common: dict[str, Any] = {
        "offer_ids": body.offer_ids,
        "by": caller.actor,
        "reason": body.reason,
        "within": _reach(caller),
    }
    match body.action:
        case BulkAction.TAKE_OFF:
            written = actions.take_off(**common)
        case BulkAction.CHANGE:
            given = {} if body.change is None else body.change.dict(exclude_unset=True)
            written = actions.change_offers(change=actions.OfferChange(**given), **common)
        case _:
            written = actions.switch_offers(on=body.action is BulkAction.SWITCH_ON, **common)
    return OffersWrittenOut(**written._asdict())


@router.post("/offers/why", response=WhyOut)
def why(request: HttpRequest, body: WhyIn) -> WhyOut:
    """Explain why a sale earns or does not: every offer on the way up, and what it said."""
    caller = caller_of(request, _READ)
    reasons = queries.why_not_in_pool(
        sku_id=queries.sku_of(body.sku),
        organisation_id=queries.organisation_of(
            body.organisation, caller.organisation_id, within=_reach(caller)
        ),
        at=body.at or clock.now(),
    )
    return WhyOut.of(reasons)


@router.post("/offers/import/preview", response=SheetReportOut)
def preview_import(request: HttpRequest, file: File[UploadedFile]) -> SheetReportOut:
    """Look what a csv or xlsx file of offers would do; nothing is changed.

    Columns: SKU编码 (SKU code), 机构编码 (organisation code), 规则编码 (rule code) or 每件佣金(元)
    (amount per unit in yuan) or 佣金比例(%) (rate), 生效日期 (valid from), 失效日期 (valid until),
    状态 (on/off). Dates are of the group's time zone; a day as an end counts as a whole.
    """
    caller = caller_of(request, _WRITE)
    report = actions.preview_offers(content=_content(file), organisation_id=caller.organisation_id)
    return SheetReportOut.of(report)


@router.post("/offers/import/faults", response=None)
def faults_of_import(request: HttpRequest, file: File[UploadedFile]) -> HttpResponse:
    """Get the faults of a file as csv: row, column, value, reason."""
    caller = caller_of(request, _WRITE)
    report = actions.preview_offers(content=_content(file), organisation_id=caller.organisation_id)
    return HttpResponse(
        faults_csv(report.faults),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="faults.csv"'},
    )


@router.post("/offers/import", response=SheetReportOut)
def load_import(
    request: HttpRequest, file: File[UploadedFile], choice: Form[Choice] = Choice.ALL
) -> SheetReportOut:
    """Load a csv or xlsx file of offers; the same file again changes nothing.

    `choice`: `all` loads nothing where one row is faulty, `good_rows` leaves faulty rows out.
    """
    caller = caller_of(request, _WRITE)
    report = actions.load_offers(
        content=_content(file),
        file_name=file.name or "",
        choice=choice,
        organisation_id=caller.organisation_id,
        by=caller.actor,
    )
    return SheetReportOut.of(report)


@router.post("/trial", response=TrialOut)
def trial(request: HttpRequest, body: TrialIn) -> TrialOut:
    """Try a rule on order lines: amounts and explanation, as commission entries have them.

    The rule is hypothetical (`terms`) or saved (`rule_id`); the lines are computed as if they were
    paid one after another by one distributor with the given progress. Nothing is stored.
    """
    caller = caller_of(request, _READ)
    done = queries.trial(
        rule=queries.rule_for_trial(
            **body.dict(include={"terms", "rule_id", "version", "at"}), paths=_reach(caller)
        ),
        lines=[LineFigures(each.quantity, each.net_amount, each.price_kind) for each in body.lines],
        progress=Progress(**body.progress.dict()) if body.progress else None,
        uplines=body.uplines,
    )
    return TrialOut(
        lines=[TrialLineOut.of(result) for result in done.results],
        progress=ProgressIO(**done.progress._asdict()),
    )


def _content(file: UploadedFile) -> bytes:
    """The file, cut where it is too large anyway."""
    content: bytes = file.read(MOST_BYTES + 1)
    return content


def _reach(caller: ApiCaller) -> tuple[str]:
    return (caller.organisation_path,)


def _rule(rule_id: int, caller: ApiCaller) -> RuleOut:
    found = queries.rule_in_reach(rule_id, _reach(caller))
    return RuleOut.of(found, queries.rule_books([rule_id])[rule_id])


def _filters(wanted: OfferQuery, caller: ApiCaller) -> queries.OfferFilters:
    given = wanted.dict(include={"text", "category_id", "rule_id", "is_on", "time", "on_sale"})
    if wanted.organisation:
        given["organisation_id"] = queries.organisation_of(
            wanted.organisation, caller.organisation_id
        )
    return queries.OfferFilters(**given)
