"""What people read of a fulfilment."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yipan.trade.fulfilment.rules import Method, State, StepCode

METHOD_NAMES = {Method.DELIVERY: _("delivery"), Method.PICK_UP: _("pick-up")}
STATE_NAMES = {
    State.WAITING: _("to be prepared"),
    State.PACKED: _("packed"),
    State.SHIPPED: _("shipped"),
    State.RECEIVED: _("received"),
    State.READY: _("ready for pick-up"),
    State.HANDED_OVER: _("picked up"),
    State.CANCELLED: pgettext_lazy("fulfilment", "cancelled"),
}
STEP_TEXTS = {
    StepCode.PLACED: _("The order was placed."),
    StepCode.PAID: _("The order was paid; the shop prepares it."),
    StepCode.PACKED: _("The goods are packed."),
    StepCode.SHIPPED: _("The parcel is on its way."),
    StepCode.CORRECTED: _("The parcel's tracking number was corrected."),
    StepCode.RECEIVED: _("The goods were received."),
    StepCode.READY: _("The goods wait at the store."),
    StepCode.HANDED_OVER: _("The goods were picked up."),
    StepCode.CANCELLED: _("The order was cancelled."),
}
