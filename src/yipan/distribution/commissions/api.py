"""Commission entries and balances over the open API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from yipan.distribution.commissions import queries
from yipan.distribution.commissions.models import Entry, EntryKind
from yipan.distribution.commissions.sentences import entry_sentence
from yipan.group.organisations.queries import tree
from yipan.kernel.caller import caller_of
from yipan.kernel.errors import NotFound
from yipan.kernel.pagination import PageOf, PageQuery, paginate

router = Router(tags=["commissions"])


class EntryOut(Schema):
    """A commission earned, or its reversal. Amounts in fen, moments in UTC."""

    id: int
    kind: str = Field(description="`accrual` or `reversal`.")
    order_id: int
    order_number: str
    line_id: int
    role: str = Field(description="`seller`, `upline_1` or `upline_2`.")
    sequence: int = Field(description="0 for the accrual, then its reversals.")
    distributor: str = Field(description="Code of who earns.")
    organisation_id: int
    amount: int = Field(description="Fen; negative for a reversal.")
    currency: str
    remaining: int | None = Field(description="Fen of an accrual left after its reversals.")
    paid_at: datetime
    due_at: datetime | None
    held: bool | None = Field(description="An open refund request holds it.")
    released_at: datetime | None
    reverses_id: int | None
    rule_version_id: int
    why: str = Field(description="The explanation as a sentence in the reader's language.")
    explanation: dict[str, Any] = Field(description="The explanation as data.")

    @classmethod
    def of(cls, entry: Entry) -> EntryOut:
        """From the annotated row."""
        row: dict[str, Any] = {name: getattr(entry, name, None) for name in cls.model_fields}
        row["distributor"] = row.pop("distributor", None) or getattr(entry, "distributor_code", "")
        row["why"] = entry_sentence(entry, get_language() or "zh-hans")
        return cls(**row)


class BalancesOut(Schema):
    """Where a distributor's commission is. Amounts in fen."""

    distributor: str
    pending: int
    available: int
    in_withdrawal: int
    clawback_owed: int


class EntryFilters(Schema):
    """Which entries; times are a half-open span."""

    distributor: str = Field("", description="Code of who earns.")
    organisation: str = Field("", description="Code of an organisation: it and all below sell.")
    order_id: int | None = None
    kind: EntryKind | None = None
    paid_from: AwareDatetime | None = None
    paid_until: AwareDatetime | None = None


@router.get("/entries", response=PageOf[EntryOut], summary="List commission entries")
def entries(request: HttpRequest, page: Query[PageQuery], filters: Query[EntryFilters]) -> object:
    """Entries on sales of the caller's subtree, newest payment first."""
    caller = caller_of(request, "commissions.read")
    within, path = caller.organisation_path, ""
    if filters.organisation:
        node = tree().by_code.get(filters.organisation)
        if node is None or not node.path.startswith(within):
            raise NotFound(kind="organisation", ref=filters.organisation)
        path = node.path
    ids = None
    if filters.distributor:
        ids = [queries.distributor_in_reach(filters.distributor, within=within).id]
    found = queries.entries(
        within=within,
        distributor_ids=ids,
        organisation_path=path,
        order_id=filters.order_id,
        kind=filters.kind or "",
        paid_from=filters.paid_from,
        paid_until=filters.paid_until,
    )
    rows = paginate(found, cursor=page.cursor, limit=page.limit, order=("-paid_at", "id"))
    return rows.map(EntryOut.of)


@router.get("/entries/{int:entry_id}", response=EntryOut, summary="Read a commission entry")
def entry(request: HttpRequest, entry_id: int) -> EntryOut:
    """One entry with its explanation."""
    caller = caller_of(request, "commissions.read")
    return EntryOut.of(queries.entry(entry_id, within=caller.organisation_path))


@router.get("/balances/{distributor}", response=BalancesOut, summary="Read balances")
def balances(request: HttpRequest, distributor: str) -> BalancesOut:
    """The four places of a distributor's commission, and what is owed back."""
    caller = caller_of(request, "commissions.read")
    found = queries.distributor_in_reach(distributor, within=caller.organisation_path)
    return BalancesOut(distributor=found.code, **queries.balances_of([found.id])[found.id])
