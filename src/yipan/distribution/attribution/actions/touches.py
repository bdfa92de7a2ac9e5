"""Writing touches down, and binding members who were touched where the policy says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from yipan.distribution.attribution.actions.rows import append_bindings, append_touches
from yipan.distribution.attribution.events import TouchRecorded
from yipan.distribution.attribution.models import Source
from yipan.distribution.attribution.queries.facts import Known, known_distributors, last_bindings
from yipan.distribution.attribution.queries.policies import attribution_policy
from yipan.distribution.attribution.rules import (
    MAX_WINDOW_DAYS,
    AttributionPolicy,
    BindingTrigger,
    BindOn,
    NewBinding,
    follow,
    why_not_eligible,
)
from yipan.distribution.distributors.rules import normalised_code
from yipan.group.organisations.queries import Tree, tree
from yipan.kernel import clock, text
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.events import announce
from yipan.kernel.ids import next_ids
from yipan.kernel.uow import unit_of_work

MOST_TOUCHES: Final = 1_000
"""In one call."""
_VISITOR: Final = 64
_CHANNEL: Final = 30
_CAMPAIGN: Final = 60


class LinkTouch(NamedTuple):
    """A share link was opened."""

    link_id: int
    distributor_id: int
    touched_at: datetime
    visitor: str
    member_id: int | None
    sku_id: int | None
    organisation_id: int
    channel: str
    campaign: str


class CodeTouch(NamedTuple):
    """A distributor's code was typed or scanned, outside of an order."""

    code: str
    touched_at: datetime
    visitor: str = ""
    member_id: int | None = None
    organisation_id: int | None = None
    """In whose shop, if known."""
    channel: str = ""
    campaign: str = ""


def record_link_touches(*, touches: Sequence[LinkTouch]) -> list[TouchRecorded]:
    """Write down that links were opened; announces TouchRecorded.

    No statement of its own before the end of the unit of work; two where a policy binds on the
    first touch and the member is known.
    """
    ids = next_ids(len(touches))
    recorded = [
        TouchRecorded(
            touch_id=id_,
            source=Source.LINK.value,
            at=touch.touched_at,
            visitor=touch.visitor,
            member_id=touch.member_id,
            distributor_id=touch.distributor_id,
            link_id=touch.link_id,
            sku_id=touch.sku_id,
            organisation_id=touch.organisation_id,
            order_id=None,
            channel=touch.channel,
            campaign=touch.campaign,
        )
        for id_, touch in zip(ids, touches, strict=True)
    ]
    with unit_of_work():
        _record(recorded, [""] * len(recorded), {})
    return recorded


def record_code_touches(*, touches: Sequence[CodeTouch], within: str = "/") -> list[TouchRecorded]:
    """Write down that distributors' codes were typed or scanned; announces TouchRecorded.

    A code typed in an order is written down with the order and need not be told here. All or none:
    raises InvalidField (it is not said who touched; the moment is to come, or too long ago to
    count), NotFound (code; also one whose distributor is not in the subtree `within`).
    """
    now = clock.now()
    if len(touches) > MOST_TOUCHES:
        raise InvalidField(field="touches", reason=_("has at most %d items") % MOST_TOUCHES)
    for number, touch in enumerate(touches):
        _check(touch, number, now)
    codes = [normalised_code(touch.code) for touch in touches]
    organisations = tree()
    known, id_of = known_distributors(codes=sorted(set(codes)))
    for code in codes:
        if code not in id_of or not organisations.within(
            known[id_of[code]].organisation_id, within
        ):
            raise NotFound(kind="distributor", ref=code)
    recorded = [
        TouchRecorded(
            touch_id=id_,
            source=Source.CODE.value,
            at=touch.touched_at,
            visitor=touch.visitor,
            member_id=touch.member_id,
            distributor_id=id_of[code],
            link_id=None,
            sku_id=None,
            organisation_id=touch.organisation_id,
            order_id=None,
            channel=touch.channel,
            campaign=touch.campaign,
        )
        for id_, code, touch in zip(next_ids(len(touches)), codes, touches, strict=True)
    ]
    with unit_of_work():
        _record(recorded, codes, known)
    return recorded


def _check(touch: CodeTouch, number: int, now: datetime) -> None:
    place = f"touches.{number}"
    text.checked(touch.visitor, field=f"{place}.visitor", most=_VISITOR, required=False)
    text.checked(touch.channel, field=f"{place}.channel", most=_CHANNEL, required=False)
    text.checked(touch.campaign, field=f"{place}.campaign", most=_CAMPAIGN, required=False)
    if not touch.visitor and touch.member_id is None:
        raise InvalidField(field=f"{place}.visitor", reason=_("or the member must be given"))
    if touch.touched_at > now:
        raise InvalidField(field=f"{place}.touched_at", reason=_("is in the future"))
    if touch.touched_at < now - timedelta(days=MAX_WINDOW_DAYS):
        raise InvalidField(field=f"{place}.touched_at", reason=_("is too long ago to count"))


def _record(
    touches: Sequence[TouchRecorded], codes: Sequence[str], known: Mapping[int, Known]
) -> None:
    now = clock.now()
    append_touches(touches, codes=codes, now=now)
    append_bindings(first_touches(touches, known), now=now)
    announce(*touches)


def first_touches(touches: Sequence[TouchRecorded], known: Mapping[int, Known]) -> list[NewBinding]:
    """The bindings that follow, where the policy in force binds on the first touch.

    The policy is that of the shop the touch led to, else of the distributor's home.
    """
    organisations = tree()
    binding = [
        touch
        for touch in touches
        if touch.member_id is not None and _binds(touch, known, organisations)
    ]
    if not binding:
        return []
    missing = {touch.distributor_id for touch in binding} - known.keys()
    if missing:
        known = {**known, **known_distributors(ids=sorted(missing))[0]}
    last = last_bindings([touch.member_id for touch in binding if touch.member_id is not None])
    ids = _fresh(len(binding))
    bindings = []
    for touch in sorted(binding, key=lambda touch: (touch.at, touch.touch_id)):
        if touch.member_id is None:
            continue
        policy = _policy_of(touch, known, organisations)
        standing = known[touch.distributor_id].standing(touch.at, organisations)
        why_not = why_not_eligible(
            standing, at=touch.at, buyer_member_id=touch.member_id, policy=policy
        )
        new = follow(
            policy,
            last.get(touch.member_id),
            BindingTrigger.TOUCH,
            member_id=touch.member_id,
            winner=touch.distributor_id if why_not is None else None,
            at=touch.at,
            new_ids=ids,
            touch_id=touch.touch_id,
        )
        if new is not None:
            last[touch.member_id] = new.step
            bindings.append(new)
    return bindings


def _fresh(count: int) -> Iterator[int]:
    return iter(next_ids(count))


def _policy_of(
    touch: TouchRecorded, known: Mapping[int, Known], organisations: Tree
) -> AttributionPolicy:
    organisation_id = touch.organisation_id
    if organisation_id is None and touch.distributor_id in known:
        organisation_id = known[touch.distributor_id].organisation_id
    node = organisations.by_id.get(organisation_id or 0)
    return attribution_policy(lineage=node.lineage if node else (), at=touch.at).settings


def _binds(touch: TouchRecorded, known: Mapping[int, Known], organisations: Tree) -> bool:
    return _policy_of(touch, known, organisations).bind_on == BindOn.FIRST_TOUCH
