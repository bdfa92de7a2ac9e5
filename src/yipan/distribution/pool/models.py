"""Which SKUs earn, where, when and by which rule."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from yipan.goods.catalogue.models import Sku
from yipan.group.organisations.models import Organisation
from yipan.kernel.tenant_model import TenantModel


class CommissionRule(TenantModel):
    """A named rule; its terms stand in its versions."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """Who keeps it; offers of its subtree may use it."""
    code = models.CharField(max_length=80)
    """Unique in the tenant; the `@` stands only in codes of bare rules."""
    name = models.CharField(max_length=120)
    bare_terms = models.CharField(max_length=40, default="", blank=True)
    """Such as `fixed-350` or `rate-0.05`: made for a bare amount or rate, and never changed."""
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "code"], name="rule_code"),
            # Also the index by which an import finds them again.
            models.UniqueConstraint(
                fields=["tenant_id", "organisation", "bare_terms"],
                condition=~models.Q(bare_terms=""),
                name="rule_bare_terms",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RuleVersion(TenantModel):
    """The terms of a rule from a moment on.

    In force at a moment is the last one written of those that start by then. So no two overlap,
    and one that starts before a scheduled one takes its place.
    """

    append_only = True

    rule = models.ForeignKey(
        CommissionRule, models.PROTECT, related_name="versions", db_index=False
    )
    version = models.PositiveIntegerField()
    """1, 2, 3 … in the order they were written."""
    valid_from = models.DateTimeField()
    terms = models.JSONField()
    """`RuleTerms.to_data()`."""
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    reason = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        constraints: ClassVar = [
            # Also the index of the version in force, from the last one back.
            models.UniqueConstraint(fields=["rule", "version"], name="rule_version"),
        ]

    def __str__(self) -> str:
        return f"v{self.version}"


class Offer(TenantModel):
    """A SKU that earns, for an organisation and its subtree; the nearest offer decides."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    sku = models.ForeignKey(Sku, models.PROTECT, related_name="offers", db_index=False)
    rule = models.ForeignKey(CommissionRule, models.PROTECT, related_name="offers")
    is_on = models.BooleanField(default=True)
    """Off: the SKU does not earn here, whatever an organisation above offers."""
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    """First moment at which it is over; equal to `valid_from`: taken off before it started."""
    estimate = models.BigIntegerField(default=0)
    """Fen; the seller's amount for one unit at list price, for sorting and cards."""
    created_at = models.DateTimeField()
    """When it was first put on: what it says now judges sales paid before, too."""
    changed_at = models.DateTimeField()
    """When the rule, the switch or the dates were last changed."""

    class Meta:
        constraints: ClassVar = [
            # Also the index of the offers that decide on a line.
            models.UniqueConstraint(fields=["tenant_id", "sku", "organisation"], name="offer_once"),
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="offer_span",
            ),
        ]
        indexes: ClassVar = [
            # Offers of one organisation by commission, highest first, and newest first.
            models.Index(
                fields=["tenant_id", "organisation", "-estimate", "-id"], name="offer_by_estimate"
            ),
            models.Index(
                fields=["tenant_id", "organisation", "-created_at", "-id"], name="offer_by_newest"
            ),
            # The same of the whole group.
            models.Index(fields=["tenant_id", "-estimate", "-id"], name="offer_all_by_estimate"),
            models.Index(fields=["tenant_id", "-created_at", "-id"], name="offer_all_by_newest"),
        ]


class PastOffer(TenantModel):
    """What an offer said until it was changed: judges sales of that time that arrive later."""

    append_only = True

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="past", db_index=False)
    rule = models.ForeignKey(CommissionRule, models.PROTECT, related_name="+", db_index=False)
    is_on = models.BooleanField()
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    until = models.DateTimeField()
    """When it was changed: it says nothing on sales paid from then on."""

    class Meta:
        indexes: ClassVar = [
            # What was said at a moment: the first one that ended after it.
            models.Index(fields=["offer", "until", "id"], name="past_offer_at"),
        ]


class ImportRun(TenantModel):
    """A file of offers that was loaded."""

    append_only = True

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """In whose scope it was loaded."""
    digest = models.CharField(max_length=64)
    """SHA-256 of the file: tells that the same file was loaded before."""
    file_name = models.CharField(max_length=200)
    choice = models.CharField(max_length=10)
    """`all` or `good_rows`."""
    rows = models.PositiveIntegerField()
    """With something in them, without the header."""
    created = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField()
    faulty = models.PositiveIntegerField()
    """Rows that were left out."""
    faults = models.JSONField(default=list)
    """[{row, field, code, reason}], the first thousand."""
    imported_at = models.DateTimeField()
    imported_by = models.CharField(max_length=200)

    class Meta:
        indexes: ClassVar = [
            # Whether a file was loaded before.
            models.Index(fields=["tenant_id", "digest", "imported_at"], name="pool_import_digest"),
            # Latest loads first.
            models.Index(fields=["tenant_id", "-imported_at", "-id"], name="pool_import_newest"),
        ]


class UploadState(models.TextChoices):
    """Where a file stands that was handed in on a page."""

    CHECKING = "checking", _("being checked")
    CHECKED = "checked", _("waiting for your decision")
    UNREADABLE = "unreadable", _("cannot be read")
    LOADING = "loading", _("being loaded")
    LOADED = "loaded", _("loaded")
    DISCARDED = "discarded", _("not loaded")


class Upload(TenantModel):
    """A file of offers that was handed in to be looked at, and what was decided on it."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """In whose scope it is loaded."""
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    """SHA-256 of the file."""
    size = models.BigIntegerField()
    """Bytes."""
    state = models.CharField(
        max_length=12, choices=UploadState.choices, default=UploadState.CHECKING
    )
    work_id = models.BigIntegerField(default=0)
    """The long work that has the file, and looks at it."""
    load_work_id = models.BigIntegerField(default=0)
    """The long work that loads it."""
    rows = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    faulty = models.PositiveIntegerField(default=0)
    """Rows with at least one fault."""
    faults = models.JSONField(default=list)
    """[{row, field, code, data}], the first thousand."""
    sample = models.JSONField(default=list)
    """What the first rows that change something would do."""
    ignored = models.JSONField(default=list)
    """Names in the header that mean nothing here."""
    problem = models.CharField(max_length=500, default="", blank=True)
    """Why the file cannot be read, or why loading was refused."""
    loaded_before = models.DateTimeField(null=True)
    """When the same file was loaded before it was handed in."""
    run = models.ForeignKey(ImportRun, models.PROTECT, null=True, related_name="uploads")
    """What came of loading it."""
    uploaded_at = models.DateTimeField()
    uploaded_by = models.CharField(max_length=200)

    class Meta:
        indexes: ClassVar = [
            # Latest first.
            models.Index(fields=["tenant_id", "-uploaded_at", "-id"], name="pool_upload_newest"),
        ]

    def __str__(self) -> str:
        return self.file_name
