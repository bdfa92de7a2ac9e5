"""The ledger over the open API, to read; for clients of headquarters only."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from yipan.group.organisations.queries import tree
from yipan.kernel.caller import caller_of
from yipan.kernel.errors import NotFound
from yipan.kernel.money import CNY
from yipan.kernel.pagination import PageOf, PageQuery, paginate
from yipan.ledger import queries
from yipan.ledger.kinds import all_kinds
from yipan.ledger.models import Journal, Posting

router = Router(tags=["ledger"])


class PostingOut(Schema):
    """One side of a journal."""

    kind: str = Field(description="Kind of the account, such as `commission_pending`.")
    owner_id: int
    amount: int = Field(description="Fen; debit positive, credit negative.")
    currency: str

    @classmethod
    def of(cls, posting: Posting) -> PostingOut:
        """From the row with its account."""
        account = posting.account
        return cls(
            kind=account.kind,
            owner_id=account.owner_id,
            amount=posting.amount,
            currency=posting.currency,
        )


class JournalOut(Schema):
    """A movement of money; its postings add up to zero."""

    id: int
    key: str = Field(description="Names the business fact, such as `accrual:71:seller`.")
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    reverses_id: int | None
    postings: list[PostingOut]

    @classmethod
    def of(cls, journal: Journal) -> JournalOut:
        """From the row with its postings fetched."""
        return cls(
            id=journal.id,
            key=journal.key,
            kind=journal.kind,
            occurred_at=journal.occurred_at,
            recorded_at=journal.recorded_at,
            reverses_id=journal.reverses_id,
            postings=[PostingOut.of(posting) for posting in journal.postings.all()],
        )


class AccountOut(Schema):
    """An account's balance now."""

    kind: str
    owner_id: int
    currency: str
    balance: int = Field(description="Fen, positive on the account's normal side.")


def _of_headquarters(request: HttpRequest) -> None:
    # Accounts belong to owners, not to places in the tree: only who sees all may see them.
    caller = caller_of(request, "ledger.read")
    if tree().node(caller.organisation_id).parent_id is not None:
        raise NotFound(kind="ledger", ref="")


@router.get("/journals", response=PageOf[JournalOut], summary="List journals")
def journals(request: HttpRequest, page: Query[PageQuery], key: str = "", kind: str = "") -> object:
    """Journals with their postings, newest first; `key` for one of them."""
    _of_headquarters(request)
    found = queries.journals(keys=[key] if key else None, kind=kind)
    rows = paginate(found, cursor=page.cursor, limit=page.limit, order=("-recorded_at", "-id"))
    return rows.map(JournalOut.of)


@router.get("/accounts/{kind}/{int:owner_id}", response=AccountOut, summary="Read an account")
def account(request: HttpRequest, kind: str, owner_id: int, currency: str = CNY) -> AccountOut:
    """The balance of one account; 0 where it was never used."""
    _of_headquarters(request)
    if kind not in {known.name for known in all_kinds()}:
        raise NotFound(kind="account", ref=kind)
    balance = queries.balances([owner_id], [kind], currency)[owner_id][kind]
    return AccountOut(kind=kind, owner_id=owner_id, currency=currency, balance=balance)
