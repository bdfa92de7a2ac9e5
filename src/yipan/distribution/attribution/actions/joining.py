"""What a browser touched before anybody knew whose it was, when its owner signs in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from yipan.customers.members.events import MemberSignedIn
from yipan.distribution.attribution.actions.rows import append_bindings
from yipan.distribution.attribution.actions.touches import first_touches
from yipan.distribution.attribution.events import TouchRecorded
from yipan.distribution.attribution.queries.policies import attribution_policy
from yipan.distribution.attribution.queries.visitors import anonymous_touches
from yipan.group.organisations.queries import tree
from yipan.kernel import clock
from yipan.kernel.uow import unit_of_work

_MOST: Final = 50
"""Touches looked at, the newest."""
_STEP: Final = timedelta(microseconds=1)


def join_touches(*, sign_ins: Sequence[MemberSignedIn]) -> None:
    """Bind members by what their browsers touched, where a policy binds on the first touch.

    The touches stay as they were written: an order of the same browser finds them by the visitor.
    A binding begins with the sign-in, for only then it is known whom it binds; touches older than
    the window count no more.
    """
    with unit_of_work():
        for sign_in in sign_ins:
            if sign_in.visitor:
                _join(sign_in)


def _join(sign_in: MemberSignedIn) -> None:
    node = tree().by_id.get(sign_in.organisation_id or 0)
    lineage = node.lineage if node else ()
    policy = attribution_policy(lineage=lineage, at=sign_in.at).settings
    since = sign_in.at - timedelta(days=policy.window_days)
    found = anonymous_touches(sign_in.visitor, since=since, limit=_MOST)
    touches = [
        TouchRecorded(
            touch_id=touch.id,
            source=touch.source,
            at=sign_in.at - (len(found) - number) * _STEP,  # in their order
            visitor=touch.visitor,
            member_id=sign_in.member_id,
            distributor_id=touch.distributor_id,
            link_id=touch.link_id,
            sku_id=touch.sku_id,
            organisation_id=touch.organisation_id,
            order_id=touch.order_id,
            channel=touch.channel,
            campaign=touch.campaign,
        )
        for number, touch in enumerate(found)
    ]
    append_bindings(first_touches(touches, {}), now=clock.now())
