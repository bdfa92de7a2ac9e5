"""Coupons that belong to distributors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _

from yipan.distribution.attribution.errors import CouponTaken
from yipan.distribution.attribution.models import Coupon
from yipan.distribution.attribution.queries.facts import known_distributors
from yipan.distribution.distributors.rules import normalised_code
from yipan.group.organisations.queries import tree
from yipan.kernel import audit, clock, sql, text
from yipan.kernel.actor import Actor
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.ids import next_ids
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work

MOST_COUPONS: Final = 1_000
"""In one call."""
_COLUMNS: Final = ("id", "tenant_id", "code", "distributor_id", "created_at", "created_by")
_OWNERS: Final = """
SELECT code, distributor_id FROM attribution_coupon WHERE tenant_id = %s AND code = ANY(%s::text[])
"""


def register_coupons(
    *, distributor: str, coupons: Sequence[str], by: Actor, within: str = "/"
) -> list[str]:
    """Say that coupons belong to a distributor (by code), for good; the coupons in capitals.

    Whoever uses one in an order is credited to them by the source `coupon`. Saying it again changes
    nothing. All or none: raises CouponTaken, InvalidField, NotFound (distributor, also one whose
    home is not in the subtree `within`).
    """
    if not 1 <= len(coupons) <= MOST_COUPONS:
        raise InvalidField(field="coupons", reason=_("has 1 to %d items") % MOST_COUPONS)
    codes = sorted(
        {
            text.checked_code(coupon, field=f"coupons.{number}").upper()
            for number, coupon in enumerate(coupons)
        }
    )
    owner_id = _distributor_id(distributor, within)
    tenant_id, now = current_tenant_id(), clock.now()
    ids = next_ids(len(codes))
    rows = [
        (id_, tenant_id, code, owner_id, now, str(by)) for id_, code in zip(ids, codes, strict=True)
    ]
    with unit_of_work():
        made = sql.insert(Coupon, _COLUMNS, rows, suffix="ON CONFLICT (tenant_id, code) DO NOTHING")
        owners: dict[str, int] = dict(sql.fetch(_OWNERS, (tenant_id, codes)))
        taken = [code for code in codes if owners[code] != owner_id]
        if taken:
            raise CouponTaken(coupons=taken)
        if made:
            audit.record(
                action="attribution.register_coupons",
                subject_type="distributor",
                subject_id=owner_id,
                after={"coupons": codes},
                by=by,
            )
    return codes


def _distributor_id(code: str, within: str) -> int:
    known, id_of = known_distributors(codes=[normalised_code(code)])
    found: Mapping[str, int] = id_of
    for distributor_id in found.values():
        if tree().within(known[distributor_id].organisation_id, within):
            return distributor_id
    raise NotFound(kind="distributor", ref=code)
