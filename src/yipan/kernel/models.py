"""Tables of the ground floor."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from yipan.kernel.fields import TransactionIdField
from yipan.kernel.ids import next_id
from yipan.kernel.tenant_model import TenantModel


class Tenant(models.Model):
    """One retail group: the root of one organisation tree."""

    id = models.BigIntegerField(primary_key=True, default=next_id, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    """Short name in URLs, API keys and sign-in; never changes."""
    name = models.CharField(max_length=120)
    timezone = models.CharField(max_length=60, default="Asia/Shanghai")
    """Zone of the business day and of commission periods."""
    currency = models.CharField(max_length=3, default="CNY")
    is_active = models.BooleanField(default=True)
    config_epoch = models.BigIntegerField(default=1)
    """Grows with every change of the tree or of a policy; caches are keyed by it."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "kernel_tenant"

    def __str__(self) -> str:
        return self.name


class OutboxEvent(TenantModel):
    """A public event, written in the transaction it tells of."""

    append_only = True

    name = models.CharField(max_length=60)
    organisation_id = models.BigIntegerField(null=True)
    """Whose subscribers may hear it."""
    payload = models.JSONField()
    occurred_at = models.DateTimeField()
    xact = TransactionIdField()

    class Meta:
        indexes: ClassVar = [
            # The dispatcher follows the table in commit order.
            models.Index(fields=["tenant_id", "xact", "id"], name="outbox_follow"),
        ]


class IdempotencyRecord(TenantModel):
    """The first answer to a request, kept in the transaction of its effect."""

    owner = models.CharField(max_length=80)
    """Who sent it, such as `api_client:17`: keys of two callers never meet."""
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    """Keyed hash of method, path and body (`idempotency.fingerprint`)."""
    status = models.PositiveSmallIntegerField()
    body = models.BinaryField()
    content_type = models.CharField(max_length=80, default="application/json")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "owner", "key"], name="idempotency_once"),
        ]
        indexes: ClassVar = [
            # The nightly job removes keys older than their time to live.
            models.Index(fields=["created_at"], name="idempotency_age"),
        ]


class AuditEntry(TenantModel):
    """Who changed what, with the values before and after."""

    append_only = True

    at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    """`kind:id:label` of who acted."""
    action = models.CharField(max_length=80)
    """Such as `organisations.move`."""
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    organisation_id = models.BigIntegerField(null=True)
    """In whose scope it is shown."""
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, default="")
    xact = TransactionIdField()

    class Meta:
        indexes: ClassVar = [
            # Search by subject, newest first.
            models.Index(
                fields=["tenant_id", "subject_type", "subject_id", "-at"], name="audit_subject"
            ),
            # The audit page, newest first.
            models.Index(fields=["tenant_id", "-at", "id"], name="audit_newest"),
        ]


class PolicyVersion(TenantModel):
    """One version of a policy of the tenant or of one organisation; never edited."""

    append_only = True

    kind = models.CharField(max_length=40)
    """Such as `attribution`, `settlement`, `withdrawal`."""
    organisation_id = models.BigIntegerField()
    """The organisation it is set for; counts for its subtree until a nearer one overrides it."""
    version = models.PositiveIntegerField()
    """1, 2, 3 … per kind and organisation."""
    valid_from = models.DateTimeField()
    data = models.JSONField()
    changed_by = models.CharField(max_length=200)
    reason = models.CharField(max_length=500, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "kind", "organisation_id", "version"], name="policy_version"
            ),
        ]


class LongWorkState(models.TextChoices):
    """Where long work stands."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class LongWork(TenantModel):
    """Something that takes longer than a page: who asked for it, how far it is, what came of it."""

    kind = models.CharField(max_length=60)
    """Such as `pool.load_offers`; says who does it."""
    title = models.CharField(max_length=200)
    """In the language of who asked for it, as every text here."""
    owner = models.CharField(max_length=80)
    """`person:17`: who always sees it."""
    asked_by = models.CharField(max_length=200)
    """`kind:id:label` of who asked for it."""
    once = models.CharField(max_length=80, default="", blank=True)
    """A second wish of the owner with the same text is this very work: a double click."""
    language = models.CharField(max_length=10)
    permission = models.CharField(max_length=60, default="", blank=True)
    """Whoever holds it at the organisation sees the work too; empty: only the owner."""
    organisation_id = models.BigIntegerField(null=True)
    """Its subtree holds everything the work is about."""
    arguments = models.JSONField(default=dict)
    state = models.CharField(
        max_length=10, choices=LongWorkState.choices, default=LongWorkState.WAITING
    )
    done = models.BigIntegerField(default=0)
    """Steps done, of whatever kind the work counts."""
    total = models.BigIntegerField(default=0)
    """0: not known yet."""
    position = models.JSONField(default=dict)
    """How far it came, kept with each finished part: a run after a crash goes on from here."""
    summary = models.JSONField(default=dict)
    """Figures of the outcome."""
    link = models.CharField(max_length=400, default="", blank=True)
    """The page that shows what came of it."""
    error = models.CharField(max_length=500, default="", blank=True)
    """What went wrong and what to do about it."""
    file_name = models.CharField(max_length=200, default="", blank=True)
    """Of the result; empty: there is none."""
    file_type = models.CharField(max_length=120, default="", blank=True)
    file_size = models.BigIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    """How often it was begun; more than once only after a crash."""
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField()
    """When it last gave a sign of life."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "owner", "once"],
                condition=~models.Q(once=""),
                name="long_work_once",
            ),
        ]
        indexes: ClassVar = [
            # The list of tasks, newest first: one's own, and everybody's.
            models.Index(fields=["tenant_id", "owner", "-id"], name="long_work_own"),
            models.Index(fields=["tenant_id", "-id"], name="long_work_newest"),
            # Work that is not over, for the bell and for finding what was lost.
            models.Index(
                fields=["tenant_id", "seen_at"],
                name="long_work_open",
                condition=models.Q(state__in=["waiting", "running"]),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class LongWorkPart(TenantModel):
    """A megabyte of a file that long work was given, or made."""

    work = models.ForeignKey(LongWork, models.CASCADE, related_name="parts", db_index=False)
    is_result = models.BooleanField()
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["work", "is_result", "number"], name="long_work_part_once"
            ),
        ]


class OneTimeCode(TenantModel):
    """A code that was sent to a phone to prove whose it is. Only keyed hashes stand here."""

    purpose = models.CharField(max_length=30)
    """What the code is good for, such as `person.sign_in`."""
    phone_index = models.CharField(max_length=64)
    """Keyed blind index of the phone, different for each purpose."""
    address_index = models.CharField(max_length=64)
    """Keyed blind index of the network address that asked."""
    code_hash = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    """Counted before a try is looked at."""
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    """First moment at which it is worth nothing."""
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            # The newest code of a phone, and how many it was sent lately.
            models.Index(
                fields=["tenant_id", "purpose", "phone_index", "-sent_at"], name="code_of_phone"
            ),
            # How many an address asked for lately.
            models.Index(fields=["tenant_id", "address_index", "-sent_at"], name="code_of_address"),
            # The nightly job removes old ones.
            models.Index(fields=["tenant_id", "sent_at"], name="code_age"),
        ]


class TextMessageState(models.TextChoices):
    """Where a text message stands."""

    WAITING = "waiting", _("waiting")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")


class TextMessage(TenantModel):
    """A text message to a phone, encrypted; its words are forgotten once it was handed over."""

    sender = models.CharField(max_length=20)
    """`http` or `inbox`."""
    purpose = models.CharField(max_length=30)
    language = models.CharField(max_length=10)
    phone_sealed = models.TextField()
    """Encrypted at rest, as the two below (kernel.crypto)."""
    code_sealed = models.TextField(default="")
    text_sealed = models.TextField(default="")
    state = models.CharField(
        max_length=10, choices=TextMessageState.choices, default=TextMessageState.WAITING
    )
    error = models.CharField(max_length=200, default="")
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # The development inbox, newest first; and what the nightly job removes.
            models.Index(fields=["tenant_id", "-created_at", "-id"], name="text_message_newest"),
        ]
