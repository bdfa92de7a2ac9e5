"""Reads of sharing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.conf import settings
from django.db.models import QuerySet

from yipan.distribution.sharing.models import ShareLink
from yipan.distribution.sharing.sealing import sealed
from yipan.distribution.sharing.tokens import LinkRow
from yipan.group.organisations.queries import within
from yipan.kernel import config_cache, sql
from yipan.kernel.errors import NotFound
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import current_tenant_id

_LINK: Final = """
SELECT l.id, l.distributor_id, l.organisation_id, l.sku_id, l.channel, l.campaign, l.expires_at,
       l.revoked_at, l.mac, o.name, o.city, o.address, s.code, p.name, s.specification, s.on_sale,
       s.product_id,
       (SELECT i.file FROM catalogue_picture i
         WHERE i.product_id = s.product_id AND (i.sku_id = s.id OR i.sku_id IS NULL)
         ORDER BY i.sku_id NULLS LAST, i.position, i.id LIMIT 1)
  FROM sharing_sharelink l
  JOIN organisations_organisation o ON o.id = l.organisation_id
  LEFT JOIN catalogue_sku s ON s.id = l.sku_id
  LEFT JOIN catalogue_product p ON p.id = s.product_id
 WHERE l.tenant_id = %s AND l.id = %s
"""


class SharedGoods(NamedTuple):
    """What the link shows of its SKU."""

    sku: str
    """Code."""
    name: str
    specification: dict[str, str]
    on_sale: bool
    product_id: int
    picture: str
    """Path under the media folder, an https address, or empty."""


class StoredLink(NamedTuple):
    """A link as its row says, and where it leads."""

    id: int
    distributor_id: int
    organisation_id: int
    sku_id: int | None
    channel: str
    campaign: str
    expires_at: datetime | None
    revoked_at: datetime | None
    mac: bytes
    organisation_name: str
    organisation_city: str
    organisation_address: str
    goods: SharedGoods | None
    """None: the shop as a whole."""

    def row(self) -> LinkRow:
        """What its check is over."""
        return LinkRow(
            current_tenant_id(), self.id, self.distributor_id, self.organisation_id, self.sku_id
        )

    def is_live(self, at: datetime) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


def stored_link(link_id: int) -> StoredLink | None:
    """A link with what its page shows, in one statement (index: the primary key)."""
    row = sql.fetch_one(_LINK, (current_tenant_id(), link_id))
    if row is None:
        return None
    goods = None
    if row[12] is not None:
        goods = SharedGoods(
            row[12], row[13], sql.document(row[14]), row[15], row[16], row[17] or ""
        )
    return StoredLink._make((*row[:12], goods))


def tenant_by_code(code: str) -> Tenant | None:
    """The group whose links an address names, if there is one."""
    return Tenant.objects.filter(code=code, is_active=True).first()


def tenant_code() -> str:
    """The code of the tenant in context, which never changes (cached)."""
    tenant_id = current_tenant_id()
    return config_cache.cached("tenant.code", lambda: Tenant.objects.get(pk=tenant_id).code)


def address_of(token: str) -> str:
    """The short address of a token of the tenant in context."""
    return f"{settings.YIPAN_BASE_URL.rstrip('/')}/s/{tenant_code()}/{token}"


def tokens_of(link_ids: Iterable[int]) -> list[str]:
    """The tokens of links of the tenant in context, in order."""
    return sealed(link_ids, tenant_id=current_tenant_id())


def links_in(
    paths: Sequence[str],
    *,
    distributor: str = "",
    sku: str = "",
    organisation: str = "",
    campaign: str = "",
    live_at: datetime | None = None,
) -> QuerySet[ShareLink]:
    """Links of distributors at home in these subtrees, with all they name; to be ordered by `-id`.

    The filters are codes; `live_at` leaves out what is revoked or expired then. Index: that of the
    link's distributor, or the primary key.
    """
    found: QuerySet[ShareLink] = ShareLink.objects.filter(
        within(paths, "distributor__organisation__path")
    )
    if distributor:
        found = found.filter(distributor__code=distributor)
    if sku:
        found = found.filter(sku__code=sku)
    if organisation:
        found = found.filter(organisation__code=organisation)
    if campaign:
        found = found.filter(campaign=campaign)
    if live_at is not None:
        found = found.filter(revoked_at=None).exclude(expires_at__lte=live_at)
    return found.select_related("distributor", "organisation", "sku")


def link_in(link_id: int, paths: Sequence[str]) -> ShareLink:
    """One link of these subtrees. Raises NotFound, also for one outside."""
    found = links_in(paths).filter(pk=link_id).first()
    if found is None:
        raise NotFound(kind="link", ref=link_id)
    return found


def own_link(link_id: int, *, distributor_id: int) -> ShareLink:
    """A link of this distributor. Raises NotFound, also for another's."""
    found: ShareLink | None = ShareLink.objects.filter(
        pk=link_id, distributor_id=distributor_id
    ).first()
    if found is None:
        raise NotFound(kind="link", ref=link_id)
    return found
