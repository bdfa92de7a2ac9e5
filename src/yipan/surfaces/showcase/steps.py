"""The way through the main chain: what to do, as whom, where, and whether it happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yipan.distribution.sharing.queries import tenant_code, tokens_of
from yipan.surfaces.showcase.facts import Facts, product_of_link

WAIT: Final = "wait"


@dataclass(frozen=True, slots=True)
class Act:
    """A button: as whom, and where to."""

    label: str | Promise
    username: str
    """Of the account; `wait`: let the holding time pass."""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the tour."""

    key: str
    title: str | Promise
    text: str | Promise
    acts: tuple[Act, ...]
    is_done: bool
    is_current: bool = False


def steps_of(facts: Facts) -> list[Step]:
    """All steps; the first one that did not happen yet is the current one."""
    found = [
        *_sharing(facts),
        *_buying(facts),
        *_earning(facts),
        *_paying(facts),
    ]
    for number, step in enumerate(found):
        if not step.is_done:
            current = Step(step.key, step.title, step.text, step.acts, False, True)
            return [*found[:number], current, *found[number + 1 :]]
    return found


def _sharing(facts: Facts) -> list[Step]:
    return [
        Step(
            "pool",
            _("Put goods into the distribution pool"),
            _(
                "Operations choose what earns commission, where, by which rule, and see at once "
                "what it would cost. Put a SKU in, or change one."
            ),
            (Act(_("As operations: open the pool"), "ops", _at("console-pool")),),
            facts.pool_changes > 0,
        ),
        Step(
            "share",
            _("Share it"),
            _(
                "The guide sees what the pool offers with the estimated commission, and shares a "
                "link or a poster."
            ),
            (Act(_("As the guide: open the goods"), "guide", _at("workbench-goods")),),
            facts.links > 0 or facts.touches > 0,  # the same wish gives the link that was there
        ),
        Step(
            "open",
            _("Open the link as a consumer"),
            _(
                "Watch the guide's workbench in another window meanwhile: the visit shows up there "
                "within a second or two."
            ),
            (Act(_("As the consumer: open the link"), "consumer", _link(facts)),),
            facts.touches > 0,
        ),
    ]


def _buying(facts: Facts) -> list[Step]:
    return [
        Step(
            "buy",
            _("Buy and pay"),
            _(
                "Choose, buy, pay at the sandbox cashier: it looks like a cashier and moves no "
                "money."
            ),
            (Act(_("As the consumer: open the product"), "consumer", _product(facts)),),
            facts.paid_orders > 0,
        ),
        Step(
            "credit",
            _("See the credit"),
            _(
                "The sale is credited to the guide in the transaction of the payment, with the "
                "reason and the calculation one tap away. Until the goods are kept it is pending."
            ),
            (Act(_("As the guide: see the commission"), "guide", _at("workbench-earnings")),),
            facts.entries > 0,
        ),
        Step(
            "receive",
            _("Hand the goods over"),
            _(
                "Operations send the parcel (or hand it over at the store); then the consumer "
                "confirms that it arrived. The holding time begins."
            ),
            (
                Act(
                    _("As operations: send it"),
                    "ops",
                    _fulfilment(facts),
                ),
                Act(_("As the consumer: confirm"), "consumer", _order(facts)),
            ),
            facts.completed > 0,
        ),
    ]


def _earning(facts: Facts) -> list[Step]:
    return [
        Step(
            "release",
            _("Let the holding time pass, and release"),
            _(
                "In real life the commission waits some days for a refund. A tour cannot: this "
                "button of the demo counts those days as gone by for this order, and nothing else. "
                "Then the platform releases it within a minute by itself, by the same job as "
                "always; finance can also do it at once."
            ),
            (
                Act(_("Let the holding time pass"), WAIT),
                Act(_("As finance: open settlement"), "finance", _settlement()),
            ),
            facts.released > 0,
        ),
    ]


def _paying(facts: Facts) -> list[Step]:
    return [
        Step(
            "withdraw",
            _("Withdraw"),
            _("The guide sees what tax is withheld and what arrives, and asks for the money."),
            (Act(_("As the guide: withdraw"), "guide", _at("workbench-withdraw")),),
            facts.withdrawals > 0,
        ),
        Step(
            "approve",
            _("Approve"),
            _(
                "A second person looks at what is larger and signs; one of the guide's has been "
                "waiting since yesterday. Small amounts need no second signature."
            ),
            (Act(_("As the approver: open withdrawals"), "approver", _withdrawals()),),
            facts.approved > 0,
        ),
        Step(
            "paid",
            _("Paid"),
            _("The sandbox bank pays within a minute; the guide's page says so by itself."),
            (Act(_("As the guide: watch it arrive"), "guide", _at("workbench-withdraw")),),
            facts.paid_out > 0,
        ),
    ]


def _at(*names: str, **kwargs: Any) -> str:
    """The address of the first of these pages that there is."""
    for name in names:
        try:
            return reverse(name, kwargs=kwargs or None)
        except NoReverseMatch:
            continue
    return ""


def _link(facts: Facts) -> str:
    if facts.link_id is None:
        return _at("mall-home", group=tenant_code())
    (token,) = tokens_of([facts.link_id])
    return f"/s/{tenant_code()}/{token}"


def _product(facts: Facts) -> str:
    product_id = None if facts.link_id is None else product_of_link(facts.link_id)
    if product_id is None:
        return _at("mall-home", group=tenant_code())
    return _at("mall-product", group=tenant_code(), product_id=product_id)


def _order(facts: Facts) -> str:
    if facts.order_id is None:
        return _at("mall-orders", group=tenant_code())
    return _at("mall-order", group=tenant_code(), order_id=facts.order_id)


def _fulfilment(facts: Facts) -> str:
    if facts.fulfilment_id is None:
        return _at("admin:fulfilment_fulfilment_changelist")
    return _at("admin:fulfilment_fulfilment_change", object_id=facts.fulfilment_id)


def _settlement() -> str:
    return _at("console-settlement", "console-releases", "admin:commissions_entrystate_changelist")


def _withdrawals() -> str:
    return _at("console-withdrawals", "admin:withdrawals_withdrawal_changelist")
