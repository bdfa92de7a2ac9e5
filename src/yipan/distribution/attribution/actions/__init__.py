"""What attribution does."""

from yipan.distribution.attribution.actions.bindings import (
    bind_member,
    hand_over_bindings,
    unbind_member,
)
from yipan.distribution.attribution.actions.coupons import MOST_COUPONS, register_coupons
from yipan.distribution.attribution.actions.decide import bind_paid, decide_captured
from yipan.distribution.attribution.actions.joining import join_touches
from yipan.distribution.attribution.actions.policy import set_attribution_policy
from yipan.distribution.attribution.actions.touches import (
    MOST_TOUCHES,
    CodeTouch,
    LinkTouch,
    record_code_touches,
    record_link_touches,
)

__all__ = [
    "MOST_COUPONS",
    "MOST_TOUCHES",
    "CodeTouch",
    "LinkTouch",
    "bind_member",
    "bind_paid",
    "decide_captured",
    "hand_over_bindings",
    "join_touches",
    "record_code_touches",
    "record_link_touches",
    "register_coupons",
    "set_attribution_policy",
    "unbind_member",
]
