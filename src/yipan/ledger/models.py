"""Append-only double entry: accounts, journals, postings, balances."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yipan.kernel.fields import TransactionIdField
from yipan.kernel.tenant_model import TenantModel


class Account(TenantModel):
    """What one owner has or owes of one kind, in one currency. Never changes."""

    append_only = True

    kind = models.CharField(max_length=40)
    """Name of a registered `AccountKind`."""
    owner_id = models.BigIntegerField()
    """The distributor, company or paying entity; what it is follows from the kind."""
    currency = models.CharField(max_length=3)
    opened_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "owner_id", "kind", "currency"], name="account_once"
            ),
        ]


class Balance(TenantModel):
    """Running balance of a personal account, on its normal side; the id is the account's."""

    amount = models.BigIntegerField(default=0)
    """Fen; positive on the account's normal side."""
    may_go_below = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(amount__gte=0) | models.Q(may_go_below=True),
                name="balance_not_below_zero",
            ),
        ]


class Journal(TenantModel):
    """One movement of money: two or more postings that add up to zero."""

    append_only = True

    key = models.CharField(max_length=120)
    """Names the business fact; the same fact is never booked twice."""
    kind = models.CharField(max_length=40)
    """Such as `accrual`, `reversal`, `release`."""
    occurred_at = models.DateTimeField()
    """When the fact happened (UTC)."""
    recorded_at = models.DateTimeField()
    """When it was written down (UTC)."""
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="reversals", db_index=False
    )
    """The journal that this one takes back, in part or whole."""
    xact = TransactionIdField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "key"], name="journal_once"),
        ]
        indexes: ClassVar = [
            # Sealing and folding follow the table in commit order.
            models.Index(fields=["tenant_id", "xact", "id"], name="journal_follow"),
            # The list of journals, newest first.
            models.Index(fields=["tenant_id", "-recorded_at", "-id"], name="journal_newest"),
        ]


class Posting(TenantModel):
    """One side of a journal on one account."""

    append_only = True

    journal = models.ForeignKey(Journal, models.PROTECT, related_name="postings", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="postings", db_index=False)
    amount = models.BigIntegerField()
    """Fen; debit positive, credit negative; never zero."""
    currency = models.CharField(max_length=3)
    xact = TransactionIdField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(amount=0), name="posting_not_zero"),
        ]
        indexes: ClassVar = [
            # The postings of a journal.
            models.Index(fields=["journal"], name="posting_of_journal"),
            # A statement of an account, and the fold of its balance.
            models.Index(fields=["account", "xact"], name="posting_of_account"),
        ]


class BalanceFold(TenantModel):
    """Sum of an account's postings up to a transaction; the id is the account's."""

    amount = models.BigIntegerField(default=0)
    """Fen; debit positive."""
    through_xact = models.BigIntegerField(default=0)
    """All postings of transactions below this one are in."""


class Seal(TenantModel):
    """A link of the hash chain over journals: an edit or a gap afterwards is found."""

    append_only = True

    sequence = models.BigIntegerField()
    """1, 2, 3 … without gaps."""
    from_xact = models.BigIntegerField()
    """First transaction in this link, inclusive."""
    until_xact = models.BigIntegerField()
    """First transaction after this link."""
    journals = models.BigIntegerField()
    """How many journals it covers."""
    previous = models.CharField(max_length=64)
    """Hash of the link before; empty for the first."""
    hash = models.CharField(max_length=64)
    """SHA-256 over the previous hash and every journal with its postings, in order."""
    sealed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "sequence"], name="seal_sequence"),
        ]
