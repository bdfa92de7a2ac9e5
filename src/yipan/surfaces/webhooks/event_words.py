"""Events as people who choose what a webhook hears read them."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yipan.kernel.public_events import EventType

EVENT_WORDS: Final[dict[str, str | Promise]] = {
    "commission.accrued": _("A paid order earned commission."),
    "commission.released": _("Commission became available."),
    "commission.reversed": _("A refund took commission back."),
    "distributor.left": _("A distributor left."),
    "distributor.registered": _("A distributor may share and earn from now on."),
    "distributor.status_changed": _("A distributor was suspended, or is active again."),
    "fulfilment.ready": _("Goods wait at a store for their buyer."),
    "fulfilment.received": _("The buyer has the goods."),
    "fulfilment.shipped": _("A parcel is on its way."),
    "member.signed_in": _("A buyer signed in."),
    "order.cancelled": _("An order was given up before it was paid."),
    "order.captured": _("An order was placed."),
    "order.line_refunded": _("Part or all of a paid line was given back."),
    "order.lines_completed": _("Lines of an order were delivered or picked up."),
    "order.paid": _("An order was paid in full."),
    "order.refund_request_closed": _("A refund request was answered or withdrawn."),
    "order.refund_requested": _("A buyer asks for money back."),
    "pool.offers_changed": _("Offers of an organisation have changed."),
    "pool.rule_version_added": _("A commission rule has new terms."),
    "stock.changed": _("Goods were counted or came in."),
    "touch.recorded": _("A link was opened, a code typed or a coupon used."),
    "withdrawal.approved": _("A withdrawal was approved."),
    "withdrawal.cancelled": _("A withdrawal was cancelled."),
    "withdrawal.failed": _("A payout failed; the money is available again."),
    "withdrawal.rejected": _("A withdrawal was rejected."),
    "withdrawal.requested": _("A withdrawal was requested."),
    "withdrawal.succeeded": _("A payout has arrived."),
}


def told(kind: EventType) -> str:
    """What happened, in the reader's language; without words of ours, as the documents say it."""
    return str(EVENT_WORDS.get(kind.name) or kind.description.split("\n")[0])
