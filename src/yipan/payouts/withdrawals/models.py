"""How commission gets to a bank card."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from yipan.distribution.distributors.models import Distributor
from yipan.kernel.tenant_model import TenantModel


class Payee(TenantModel):
    """The verified real name of a distributor; without it nothing is paid out.

    Whatever touches one distributor's cards and requests locks this row first.
    """

    distributor = models.OneToOneField(Distributor, models.PROTECT, related_name="payee")
    name_sealed = models.TextField()
    """The real name, encrypted."""
    name_index = models.CharField(max_length=64)
    """Keyed blind index of the name, by which it is compared with the holder of a card."""
    verified_at = models.DateTimeField()
    verified_by = models.CharField(max_length=200)


class BankCard(TenantModel):
    """A bank card to which a distributor is paid; number and name are encrypted at rest."""

    distributor = models.ForeignKey(Distributor, models.PROTECT, related_name="cards")
    holder_sealed = models.TextField()
    """The name on the card, encrypted."""
    holder_index = models.CharField(max_length=64)
    """Keyed blind index of the name on the card."""
    number_sealed = models.TextField()
    """The card number, encrypted."""
    number_index = models.CharField(max_length=64)
    """Keyed blind index of the number."""
    last_four = models.CharField(max_length=4)
    bank = models.CharField(max_length=80)
    verified_at = models.DateTimeField(null=True)
    """None: name and card were not verified; no money goes there."""
    verified_by = models.CharField(max_length=200, default="")
    removed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "distributor", "number_index"],
                condition=models.Q(removed_at__isnull=True),
                name="bank_card_once",
            ),
        ]


class BankFile(TenantModel):
    """Payouts handed to the bank in one file (providers/bank_file.py)."""

    number = models.CharField(max_length=30)
    """Name of the batch, on the file and on the page."""
    payer_id = models.BigIntegerField()
    """The organisation out of whose bank account all of it is paid."""
    layout = models.CharField(max_length=30)
    """Code of a `Layout` of `rules/bank_layout.py`."""
    count = models.PositiveIntegerField()
    total = models.BigIntegerField()
    """Fen; sum of the net amounts."""
    digest = models.CharField(max_length=64)
    """SHA-256 of the file's bytes; the file is made anew for each download and must give it."""
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "number"], name="bank_file_number"),
        ]
        indexes: ClassVar = [
            # The list, newest first.
            models.Index(fields=["tenant_id", "-made_at", "-id"], name="bank_file_newest"),
        ]

    def __str__(self) -> str:
        return self.number


class WithdrawalState(models.TextChoices):
    """Where a withdrawal stands."""

    REQUESTED = "requested", _("requested")
    APPROVED = "approved", _("approved")
    SUBMITTED = "submitted", _("submitted")
    UNKNOWN = "unknown", _("outcome unknown")
    SUCCEEDED = "succeeded", _("succeeded")
    FAILED = "failed", _("failed")
    REJECTED = "rejected", _("rejected")
    CANCELLED = "cancelled", _("cancelled")


class Withdrawal(TenantModel):
    """A distributor asks for available commission; the money is reserved at once."""

    distributor = models.ForeignKey(Distributor, models.PROTECT, related_name="withdrawals")
    card = models.ForeignKey(BankCard, models.PROTECT, related_name="withdrawals")
    payer_id = models.BigIntegerField()
    """The organisation out of whose bank account it is paid."""
    reference = models.CharField(max_length=32)
    """Our number towards the provider: made once, never changed."""
    provider = models.CharField(max_length=30)
    state = models.CharField(max_length=10, choices=WithdrawalState.choices)
    currency = models.CharField(max_length=3)
    gross = models.BigIntegerField()
    """Fen asked for."""
    tax = models.BigIntegerField()
    """Fen withheld, as shown when it was asked for."""
    net = models.BigIntegerField()
    """Fen that arrives."""
    tax_method = models.CharField(max_length=40)
    """Code and version of what computed the tax, such as `none/1`."""
    tax_details = models.JSONField(default=dict)
    """What the computation used."""
    needs_approval = models.BooleanField()
    requested_at = models.DateTimeField()
    requested_by = models.CharField(max_length=200)
    requesters = ArrayField(models.BigIntegerField(), default=list)
    """People (ids) who may have asked: an account, or who holds the key of a program that did."""
    approved_by = models.CharField(max_length=200, default="")
    submitted_at = models.DateTimeField(null=True)
    next_query_at = models.DateTimeField(null=True)
    """When the provider is asked again, while the outcome is not known."""
    queries = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, default="")
    """Why it was refused or failed, in plain words."""
    bank_file = models.ForeignKey(
        BankFile, models.PROTECT, null=True, related_name="withdrawals", db_index=False
    )
    """The file in which it was handed to the bank, where it was."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reference"], name="withdrawal_reference"),
            models.CheckConstraint(
                condition=models.Q(gross__gt=0)
                & models.Q(tax__gte=0)
                & models.Q(gross=models.F("tax") + models.F("net")),
                name="withdrawal_adds_up",
            ),
        ]
        indexes: ClassVar = [
            # A distributor's withdrawals, newest first.
            models.Index(
                fields=["tenant_id", "distributor", "-requested_at"],
                name="withdrawal_of_distributor",
            ),
            # Withdrawals of the tenant, newest first.
            models.Index(fields=["tenant_id", "-requested_at", "id"], name="withdrawal_newest"),
            # What the submitting and querying jobs pick up.
            models.Index(fields=["tenant_id", "state", "next_query_at"], name="withdrawal_work"),
            # The payouts of a bank file.
            models.Index(
                fields=["bank_file", "id"],
                name="withdrawal_of_file",
                condition=models.Q(bank_file__isnull=False),
            ),
        ]


class WithdrawalStep(TenantModel):
    """One transition of a withdrawal: who, when, why."""

    append_only = True

    withdrawal = models.ForeignKey(Withdrawal, models.PROTECT, related_name="steps")
    from_state = models.CharField(max_length=10, default="")
    to_state = models.CharField(max_length=10)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    reason = models.CharField(max_length=300, default="")


class SandboxTransfer(TenantModel):
    """The bank in a box: what it was asked to pay and what became of it."""

    reference = models.CharField(max_length=32)
    amount = models.BigIntegerField()
    """Fen."""
    outcome = models.CharField(max_length=20)
    """What it is set to do: an `Outcome` of `providers/sandbox.py`."""
    state = models.CharField(max_length=20)
    """`lost` on the way, `accepted`, `paid` or `refused`."""
    reason = models.CharField(max_length=200, default="")
    ready_at = models.DateTimeField()
    """When an accepted transfer gets its outcome."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "reference"], name="sandbox_reference"),
        ]


class ReturnState(models.TextChoices):
    """Where a bank's return file stands."""

    PREVIEW = "preview", _("to be looked at")
    APPLIED = "applied", _("applied")
    DROPPED = "dropped", _("dropped")


class BankReturn(TenantModel):
    """A bank's answer to files of ours; nothing follows from it before it is applied."""

    payer_id = models.BigIntegerField()
    """Whose bank account it tells of."""
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    """SHA-256 of the file: the same file is never read twice."""
    state = models.CharField(max_length=10, choices=ReturnState.choices)
    count = models.PositiveIntegerField()
    uploaded_at = models.DateTimeField()
    uploaded_by = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)
    """When it was applied or dropped."""
    ended_by = models.CharField(max_length=200, default="")

    class Meta:
        constraints: ClassVar = [
            # Of a payer, so that nobody learns what another one has loaded.
            models.UniqueConstraint(
                fields=["tenant_id", "payer_id", "digest"],
                condition=models.Q(state__in=["preview", "applied"]),
                name="bank_return_once",
            ),
        ]
        indexes: ClassVar = [
            # The list, newest first.
            models.Index(fields=["tenant_id", "-uploaded_at", "-id"], name="bank_return_newest"),
        ]

    def __str__(self) -> str:
        return self.file_name


class Finding(models.TextChoices):
    """What a line of a return file means for us."""

    PAYS = "pays", _("paid")
    FAILS = "fails", _("not paid")
    KNOWN = "known", _("known already")
    AMOUNT_DIFFERS = "amount_differs", _("another amount")
    UNKNOWN = "unknown", _("not ours")
    NOT_HANDED_OVER = "not_handed_over", _("was not handed over")
    OTHER_OUTCOME = "other_outcome", _("ended otherwise")
    TWICE = "twice", _("twice in the file")
    UNREADABLE = "unreadable", _("cannot be read")


class BankReturnLine(TenantModel):
    """One line of a return file, without personal data."""

    bank_return = models.ForeignKey(
        BankReturn, models.CASCADE, related_name="lines", db_index=False
    )
    line_no = models.PositiveIntegerField()
    """In the file; the head is line 1."""
    reference = models.CharField(max_length=64, default="")
    amount = models.BigIntegerField(null=True)
    """Fen; None: cannot be read."""
    is_paid = models.BooleanField(null=True)
    """None: cannot be read."""
    reason = models.CharField(max_length=200, default="")
    """The bank's words, or what is wrong with the line."""
    finding = models.CharField(max_length=20, choices=Finding.choices)
    """At the preview; once applied: what was done."""
    withdrawal = models.ForeignKey(
        Withdrawal, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bank_return", "line_no"], name="bank_return_line"),
        ]


class BankBreak(TenantModel):
    """Our books and the bank's do not agree; stays until somebody has seen to it."""

    kind = models.CharField(max_length=20, choices=Finding.choices)
    payer_id = models.BigIntegerField()
    reference = models.CharField(max_length=64)
    line = models.OneToOneField(BankReturnLine, models.PROTECT, related_name="open_break")
    withdrawal = models.ForeignKey(
        Withdrawal, models.PROTECT, null=True, related_name="breaks", db_index=False
    )
    expected = models.BigIntegerField(null=True)
    """Fen by our books; None: we know of none."""
    told = models.BigIntegerField(null=True)
    """Fen by the bank's."""
    owner = models.CharField(max_length=200)
    """Who sees to it: who applied the file, until another one takes it over."""
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=200, default="")
    resolution = models.CharField(max_length=300, default="")

    class Meta:
        indexes: ClassVar = [
            # The open ones, oldest first.
            models.Index(
                fields=["tenant_id", "opened_at", "id"],
                name="bank_break_open",
                condition=models.Q(closed_at__isnull=True),
            ),
        ]
