"""What buyers read of a line that cannot be had as wanted, and of what has changed."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yipan.kernel.money import yuan
from yipan.trade.checkout.rules.changes import Change
from yipan.trade.checkout.rules.figures import LineState

LINE_STATE_NAMES: Final[dict[LineState, str | Promise]] = {
    LineState.OK: "",
    LineState.SHORT: gettext_lazy("not enough left"),
    LineState.SOLD_OUT: gettext_lazy("sold out"),
    LineState.OFF_SALE: gettext_lazy("not sold any more"),
    LineState.NO_PRICE: gettext_lazy("has no price at present"),
    LineState.PICK_UP_ONLY: gettext_lazy("only for pick-up at a store"),
    LineState.APART: gettext_lazy("is sent from another place: order it by itself"),
}


def told(change: Change) -> str:
    """A change as a sentence for the buyer."""
    name = change.name or _("Something")
    amounts = {"name": name, "was": yuan(change.was or 0), "now": yuan(change.now or 0)}
    if change.what == "price":
        return _("%(name)s costs %(now)s now instead of %(was)s.") % amounts
    if change.what == "freight":
        return _("Delivery costs %(now)s now instead of %(was)s.") % amounts
    if change.what == "total":
        return _("The total is %(now)s now instead of %(was)s.") % amounts
    if change.what == "pick_up":
        return _("It cannot be picked up at this store.")
    if change.what == LineState.SHORT:
        return _("Of %(name)s only %(now)d are left.") % {"name": name, "now": change.now or 0}
    return f"{name}: {LINE_STATE_NAMES[LineState(change.what)]}."
