"""When commission becomes the distributor's to take."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yipan.kernel.tenant_model import TenantModel


class ReleaseBatch(TenantModel):
    """One chunk of the release job; its entries have the same `released_at`."""

    append_only = True

    released_at = models.DateTimeField()
    entries = models.PositiveIntegerField()
    amount = models.BigIntegerField()
    """Fen moved from pending to available."""
    offset_amount = models.BigIntegerField(default=0)
    """Fen of that taken for claw-back that was owed."""

    class Meta:
        indexes: ClassVar = [
            # The settlement page, newest first.
            models.Index(fields=["tenant_id", "-released_at"], name="release_newest"),
        ]
