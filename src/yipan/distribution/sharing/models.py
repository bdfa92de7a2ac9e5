"""Links that distributors share."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yipan.distribution.distributors.models import Distributor
from yipan.goods.catalogue.models import Sku
from yipan.group.organisations.models import Organisation
from yipan.kernel.tenant_model import TenantModel


class ShareLink(TenantModel):
    """A link of one distributor to one SKU or a whole shop. The token is its sealed id."""

    distributor = models.ForeignKey(Distributor, models.PROTECT, related_name="links")
    sku = models.ForeignKey(Sku, models.PROTECT, null=True, related_name="+")
    """None: the shop as a whole."""
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """Whose shop it leads to."""
    channel = models.CharField(max_length=30, default="")
    """Where it is shared, such as `wechat`, `poster`."""
    campaign = models.CharField(max_length=60, default="")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    """First moment at which it is dead; None: never."""
    revoked_at = models.DateTimeField(null=True)
    mac = models.BinaryField()
    """Keyed check over owner, SKU and organisation: an edit in the database is found."""

    class Meta:
        constraints: ClassVar = [
            # The same wish always gives the same link, unless it was revoked. Also serves the
            # links of a distributor.
            models.UniqueConstraint(
                fields=[
                    "tenant_id",
                    "distributor",
                    "organisation",
                    "sku",
                    "channel",
                    "campaign",
                    "expires_at",
                ],
                condition=models.Q(revoked_at__isnull=True),
                nulls_distinct=False,
                name="share_link_once",
            ),
        ]
