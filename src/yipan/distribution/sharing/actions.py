"""Making, revoking and opening share links."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from yipan.distribution.distributors.queries import Standing, by_codes
from yipan.distribution.sharing.errors import DistributorMayNotShare, LinkGone
from yipan.distribution.sharing.events import LinkOpened
from yipan.distribution.sharing.models import ShareLink
from yipan.distribution.sharing.queries import (
    StoredLink,
    address_of,
    stored_link,
    tokens_of,
)
from yipan.distribution.sharing.sealing import check_of, is_genuine, opened
from yipan.distribution.sharing.tokens import LinkRow
from yipan.goods.catalogue.queries import SkuFigures, skus_by_code
from yipan.group.organisations.queries import Node, tree
from yipan.kernel import audit, clock, sql, text
from yipan.kernel.actor import SYSTEM, Actor
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.events import announce
from yipan.kernel.ids import next_ids
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work

_log = logging.getLogger(__name__)

MOST_LINKS: Final = 10_000
"""In one call."""
_CHANNEL: Final = 30
_CAMPAIGN: Final = 60
_REASON: Final = 500

_COLUMNS: Final = (
    "id", "tenant_id", "distributor_id", "organisation_id", "sku_id", "channel", "campaign",
    "expires_at", "created_at", "mac",
)  # fmt: skip
# The update changes nothing; it is how the row that was there before is returned too, without a
# gap in which somebody else makes it.
_SAME_WISH: Final = """
ON CONFLICT (tenant_id, distributor_id, organisation_id, sku_id, channel, campaign, expires_at)
      WHERE revoked_at IS NULL
   DO UPDATE SET channel = EXCLUDED.channel
RETURNING distributor_id, organisation_id, sku_id, channel, campaign, expires_at, id
"""
_HOMES: Final = """
SELECT l.id, d.organisation_id
  FROM sharing_sharelink l JOIN distributors_distributor d ON d.id = l.distributor_id
 WHERE l.tenant_id = %s AND l.id = ANY(%s::bigint[])
"""
_REVOKE: Final = """
UPDATE sharing_sharelink SET revoked_at = %s
 WHERE tenant_id = %s AND id = ANY(%s::bigint[]) AND revoked_at IS NULL
"""


class LinkWish(NamedTuple):
    """A link somebody wants. Things are named by their codes."""

    distributor: str
    organisation: str
    """Whose shop it leads to."""
    sku: str = ""
    """Empty: the shop as a whole."""
    channel: str = ""
    campaign: str = ""
    expires_at: datetime | None = None
    """First moment at which it is dead; None: never."""


class MadeLink(NamedTuple):
    """A link and how to get there."""

    id: int
    token: str
    """32 characters, the whole of a WeChat mini-program `scene`."""
    url: str


class _Key(NamedTuple):
    """What makes two wishes the same."""

    distributor_id: int
    organisation_id: int
    sku_id: int | None
    channel: str
    campaign: str
    expires_at: datetime | None


def share(*, wish: LinkWish, within: str = "/") -> MadeLink:
    """One link; the same wish gives the same link. Raises like `make_links`, fields unnumbered."""
    (made,) = _made([wish], within, "")
    return made


def make_links(*, wishes: Sequence[LinkWish], within: str = "/") -> list[MadeLink]:
    """Links for wishes, in order; the same wish, now or earlier, gives the same link.

    A link that was revoked is not given again: the wish then makes a new one. Four statements for
    thousands. All or none: raises InvalidField (more than 10,000; a text; expires_at not to come;
    no such SKU, organisation or distributor; also a distributor whose home is not in the subtree
    `within`), DistributorMayNotShare.
    """
    if len(wishes) > MOST_LINKS:
        raise InvalidField(field="links", reason=_("has at most %d items") % MOST_LINKS)
    return _made(wishes, within, "links.{}.")


def _made(wishes: Sequence[LinkWish], within: str, place: str) -> list[MadeLink]:
    if not wishes:
        return []
    now = clock.now()
    with unit_of_work():
        keys = _keys(wishes, within, place, now)
        ids = _insert(sorted(set(keys), key=_in_order), now)
        found = [ids[key] for key in keys]
    return [
        MadeLink(id_, token, address_of(token))
        for id_, token in zip(found, tokens_of(found), strict=True)
    ]


def _in_order(key: _Key) -> tuple[object, ...]:
    """Rows are locked in one order by everybody."""
    *plain, expires_at = key
    return *(value or 0 for value in plain[:3]), *plain[3:], str(expires_at)


class _Known(NamedTuple):
    """What is known of all that the wishes name."""

    distributors: Mapping[str, Standing]
    skus: Mapping[str, SkuFigures]
    within: str
    now: datetime


def _keys(wishes: Sequence[LinkWish], within: str, place: str, now: datetime) -> list[_Key]:
    codes = sorted({wish.sku for wish in wishes if wish.sku})
    known = _Known(
        by_codes(sorted({wish.distributor for wish in wishes}), now),
        skus_by_code(codes) if codes else {},
        within,
        now,
    )
    return [_key(wish, known, place.format(number)) for number, wish in enumerate(wishes)]


def _key(wish: LinkWish, known: _Known, place: str) -> _Key:
    organisations = tree()
    distributor = known.distributors.get(wish.distributor)
    if distributor is None or not organisations.within(distributor.organisation_id, known.within):
        raise _unknown(f"{place}distributor", wish.distributor)
    node = organisations.by_code.get(wish.organisation)
    if node is None or not node.is_active:
        raise _unknown(f"{place}organisation", wish.organisation)
    if wish.sku and wish.sku not in known.skus:
        raise _unknown(f"{place}sku", wish.sku)
    if wish.expires_at is not None and wish.expires_at <= known.now:
        raise InvalidField(field=f"{place}expires_at", reason=_("must be in the future"))
    home = organisations.node(distributor.organisation_id)
    if not distributor.may_earn or not _may_distribute(distributor, home, node):
        raise DistributorMayNotShare(
            field=f"{place}distributor",
            distributor=distributor.code,
            organisation=wish.organisation,
        )
    return _Key(
        distributor.id,
        node.id,
        known.skus[wish.sku].id if wish.sku else None,
        text.checked(wish.channel, field=f"{place}channel", most=_CHANNEL, required=False),
        text.checked(wish.campaign, field=f"{place}campaign", most=_CAMPAIGN, required=False),
        wish.expires_at,
    )


def _unknown(field: str, code: str) -> InvalidField:
    return InvalidField(field=field, reason=_("there is no %s") % repr(code))


def _may_distribute(distributor: Standing, home: Node, shop: Node) -> bool:
    """Home above, below or the same as the shop, or a grant at or above it."""
    return (
        home.id in shop.lineage
        or shop.id in home.lineage
        or not set(distributor.grants).isdisjoint(shop.lineage)
    )


@lru_cache(maxsize=1)
def _insert_statement() -> str:
    return f"{sql.insert_statement(ShareLink, _COLUMNS)} {_SAME_WISH}"


def _insert(keys: Sequence[_Key], now: datetime) -> dict[_Key, int]:
    tenant_id = current_tenant_id()
    rows = []
    for id_, key in zip(next_ids(len(keys)), keys, strict=True):
        row = LinkRow(tenant_id, id_, key.distributor_id, key.organisation_id, key.sku_id)
        rows.append((id_, tenant_id, *key, now, check_of(row)))
    found = sql.fetch(_insert_statement(), sql.columnwise(ShareLink, _COLUMNS, rows))
    return {_Key(*key): id_ for *key, id_ in found}


def revoke_links(*, link_ids: Sequence[int], reason: str, by: Actor, within: str = "/") -> int:
    """Make links dead for good; how many were still alive.

    All or none: raises NotFound for the first link that is not there or whose distributor's home
    is not in the subtree `within`; InvalidField (reason).
    """
    reason = text.checked(reason, field="reason", most=_REASON)
    now = clock.now()
    with unit_of_work():
        homes: dict[int, int] = dict(sql.fetch(_HOMES, (current_tenant_id(), list(link_ids))))
        for link_id in link_ids:
            if not tree().within(homes.get(link_id, 0), within):
                raise NotFound(kind="link", ref=link_id)
        revoked = sql.execute(_REVOKE, (now, current_tenant_id(), sorted(homes)))
        for link_id in sorted(homes):
            audit.record(
                action="sharing.revoke_link",
                subject_type="share_link",
                subject_id=link_id,
                by=by,
                reason=reason,
            )
    return revoked


def open_link(
    *,
    token: str,
    visitor: str,
    member_id: int | None = None,
    counts: bool = True,
    within: str = "/",
) -> StoredLink:
    """The link a token leads to; announces LinkOpened where the visit `counts` as a touch.

    `visitor` is the name in the browser's cookie. Raises LinkGone, one and the same for whatever
    opens nothing or leads to a shop that is not in the subtree `within`; the row is looked for in
    every case, so that the time says as little.
    """
    now = clock.now()
    link_id = opened(token, tenant_id=current_tenant_id())
    with unit_of_work():
        link = stored_link(link_id or 0)
        if link is None or not _opens(link, now, within):
            link = None
        elif counts:
            announce(
                LinkOpened(
                    link_id=link.id,
                    distributor_id=link.distributor_id,
                    sku_id=link.sku_id,
                    organisation_id=link.organisation_id,
                    channel=link.channel,
                    campaign=link.campaign,
                    visitor=visitor,
                    member_id=member_id,
                    opened_at=now,
                )
            )
    if link is None:
        raise LinkGone
    return link


def _opens(link: StoredLink, now: datetime, within: str) -> bool:
    return _is_untouched(link) and link.is_live(now) and tree().within(link.organisation_id, within)


def _is_untouched(link: StoredLink) -> bool:
    """Whether the row is as we wrote it; if not, the auditors are told."""
    if is_genuine(link.row(), link.mac):
        return True
    _log.warning("share link %s was changed in the database", link.id)
    audit.record(
        action="sharing.changed_link_opened",
        subject_type="share_link",
        subject_id=link.id,
        after={"distributor_id": link.distributor_id, "sku_id": link.sku_id},
        by=SYSTEM,
        reason="the row does not match its check",
    )
    return False
