"""分销商品池: the grid of SKUs and organisations, and one row of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yipan.distribution.pool import summary
from yipan.distribution.pool.actions import OfferWish, put_offers
from yipan.distribution.pool.errors import OffersRefused
from yipan.distribution.pool.queries.grid import (
    COUNTED,
    GridRow,
    count_matching,
    grid_page,
    grid_row,
    pair_of,
)
from yipan.distribution.pool.queries.listing import OfferStanding
from yipan.distribution.pool.sheets.rows import moment_of
from yipan.goods.catalogue.pictures import picture_url
from yipan.group.organisations.queries import tree
from yipan.kernel.errors import InvalidField
from yipan.kernel.text import whole
from yipan.kernel.zones import zone
from yipan.surfaces.console.page import ConsoleRequest, console_page, console_view
from yipan.surfaces.console.views.pool_query import (
    OUTSIDE,
    Choices,
    GridQuery,
    category_choices,
    organisation_choices,
    rule_choices,
    sort_choices,
    state_choices,
)
from yipan.surfaces.design.toasts import toast

READ: Final = "pool.read"
WRITE: Final = "pool.write"
PER_PAGE: Final = 50
PICTURE: Final = 96
_TONES: Final = {
    OfferStanding.ON: "good",
    OfferStanding.SCHEDULED: "info",
    OfferStanding.OFF: "warn",
    OfferStanding.ENDED: "neutral",
}


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of the grid as the template writes it."""

    row: GridRow
    picture: str
    state: str
    tone: str
    rule: str
    """The rule's terms in short."""
    starts: str
    ends: str
    may_write: bool

    @property
    def key(self) -> str:
        return self.row.key


def shown(row: GridRow, write_paths: tuple[str, ...]) -> ShownRow:
    """A row with its words."""
    names = dict(state_choices())
    standing = row.standing
    offer = row.offer
    zone_info = ZoneInfo(zone())
    return ShownRow(
        row=row,
        picture=picture_url(row.sku.picture, width=PICTURE) if row.sku.picture else "",
        state=names[standing.value if standing else OUTSIDE],
        tone=_TONES[standing] if standing else "neutral",
        rule=summary.in_short(row.terms) if row.terms else "",
        starts=day_of(offer.valid_from, zone_info) if offer else "",
        ends=last_day_of(offer.valid_until, zone_info) if offer else "",
        may_write=bool(write_paths) and row.node.path.startswith(write_paths),
    )


def day_of(moment: datetime, zone_info: ZoneInfo) -> str:
    """The day of a start."""
    return moment.astimezone(zone_info).date().isoformat()


def last_day_of(moment: datetime | None, zone_info: ZoneInfo) -> str:
    """The last day before an end; empty for none."""
    if moment is None:
        return ""
    local = moment.astimezone(zone_info)
    whole = local.hour == local.minute == local.second == local.microsecond == 0
    return (local.date() if not whole else _day_before(local)).isoformat()


def _day_before(local: datetime) -> date:
    return local.date() - timedelta(days=1)


@require_GET
@console_view(READ)
def grid(request: ConsoleRequest) -> HttpResponse:
    """The grid, as far as the reader's subtrees go."""
    scope = request.scope
    paths, write_paths = scope.paths(READ), scope.paths(WRITE)
    asked = GridQuery.of(request.GET)
    filters = asked.filters(paths)
    cursor = request.GET.get("cursor", "")
    try:
        page = grid_page(
            paths=paths, filters=filters, sort=asked.order, cursor=cursor or None, limit=PER_PAGE
        )
    except InvalidField:  # an old address: begin at the first page
        cursor = ""
        page = grid_page(paths=paths, filters=filters, sort=asked.order, limit=PER_PAGE)
    count = count_matching(paths, filters)
    context: dict[str, Any] = {
        "asked": asked,
        "rows": [shown(row, write_paths) for row in page.items],
        "next_cursor": page.next_cursor,
        "first_page": not cursor,
        "count": count,
        "counted": f"{COUNTED:,}+" if count > COUNTED else f"{count:,}",
        "outside": asked.state == OUTSIDE,
        "home": tree().by_id.get(filters.home_id),
        "may_write": bool(write_paths),
        **_choices(paths, asked),
    }
    return console_page(request, "console/pool/grid.html", title=_("Distribution pool"), **context)


def _choices(paths: tuple[str, ...], asked: GridQuery) -> dict[str, Choices]:
    return {
        "organisations": organisation_choices(paths),
        "categories": category_choices(),
        "rules": rule_choices(paths, also=asked.rule),
        "states": state_choices(),
        "sorts": sort_choices(),
    }


@require_GET
@console_view(READ)
def one_row(request: ConsoleRequest, key: str) -> HttpResponse:
    """One row again, for giving up an edit."""
    return _row(request, key)


@require_http_methods(["GET", "POST"])
@console_view(WRITE)
def edit_row(request: ConsoleRequest, key: str) -> HttpResponse:
    """The row as a form; sent, it becomes as the form says."""
    write_paths = request.scope.paths(WRITE)
    row = grid_row(pair_of(key), write_paths)
    if request.method != "POST":
        return _form(request, row, {})
    faults = _save(request, row, request.POST)
    if faults:
        answer = _form(request, row, faults)
        answer.status_code = 422
        return answer
    return toast(_row(request, key), _("{sku} is saved.").format(sku=row.sku.code))


def _row(request: ConsoleRequest, key: str) -> HttpResponse:
    scope = request.scope
    row = grid_row(pair_of(key), scope.paths(READ))
    return render(
        request,
        "console/pool/row.html",
        {"each": shown(row, scope.paths(WRITE)), "may_write": True, "fresh": True},
    )


def _form(request: ConsoleRequest, row: GridRow, faults: dict[str, str]) -> HttpResponse:
    offer = row.offer
    given = request.POST
    zone_info = ZoneInfo(zone())
    write_paths = request.scope.paths(WRITE)
    values: dict[str, Any] = {
        "rule": given.get("rule", str(offer.rule_id) if offer else ""),
        "starts": given.get("starts", as_input(offer.valid_from if offer else None, zone_info)),
        "ends": given.get("ends", as_input(offer.valid_until if offer else None, zone_info)),
        "on": ("on" in given) if request.method == "POST" else (offer.is_on if offer else True),
        "reason": given.get("reason", ""),
    }
    return render(
        request,
        "console/pool/row_form.html",
        {
            "each": shown(row, write_paths),
            "values": values,
            "faults": faults,
            "rules": rule_choices((row.node.path,), also=values["rule"]),
        },
    )


def as_input(moment: datetime | None, zone_info: ZoneInfo) -> str:
    """A moment as a field shows it: to the second, where it is not a day's beginning."""
    if moment is None:
        return ""
    return moment.astimezone(zone_info).strftime("%Y-%m-%dT%H:%M:%S")


def moment_given(text: str, *, is_end: bool) -> datetime | None:
    """What a date field says; None where it is empty. Raises InvalidField."""
    if not text.strip():
        return None
    moment = moment_of(text.strip(), ZoneInfo(zone()), is_end=is_end)
    if moment is None:
        field = "ends" if is_end else "starts"
        raise InvalidField(field=field, reason=_("is not a date such as 2026-11-30"))
    return moment


def _save(request: ConsoleRequest, row: GridRow, given: QueryDict) -> dict[str, str]:
    """Write what the form says; the faults by field."""
    rule = given.get("rule", "")
    rule_id = whole(rule)
    if rule_id is None:
        return {"rule": _("Choose a rule.")}
    try:
        wish = OfferWish(
            sku_id=row.sku.id,
            organisation_id=row.node.id,
            rule_id=rule_id,
            is_on="on" in given,
            valid_from=moment_given(given.get("starts", ""), is_end=False),
            valid_until=moment_given(given.get("ends", ""), is_end=True),
        )
        put_offers(
            wishes=[wish],
            by=request.actor,
            reason=given.get("reason", "")[:500],
            within=request.scope.paths(WRITE),
        )
    except OffersRefused as refused:
        return {_FIELDS.get(each.field, each.field): each.reason for each in refused.faults}
    except InvalidField as error:
        return {str(error.data["field"]): str(error.data["reason"])}
    return {}


_FIELDS: Final = {"valid_from": "starts", "valid_until": "ends", "sku": "rule"}
