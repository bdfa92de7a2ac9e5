"""What buyers ordered in the mall in the last days, and how far their parcels are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from yipan.demo import links, words
from yipan.demo.consumers import Consumer
from yipan.demo.founding import Group
from yipan.demo.trade import Market
from yipan.group.people.models import Role
from yipan.kernel import clock
from yipan.kernel.modules import is_enabled
from yipan.trade.checkout.actions import (
    ask_refund,
    cancel_purchase,
    confirm_receipt,
    place_order,
)
from yipan.trade.checkout.queries import purchase, quote
from yipan.trade.checkout.requests import Choice, Owner, Wanted
from yipan.trade.fulfilment.actions import hand_over, mark_ready, pack, ship
from yipan.trade.fulfilment.models import Fulfilment
from yipan.trade.fulfilment.sealing import code_of
from yipan.trade.payments.actions.begin import charge_of
from yipan.trade.payments.actions.settle import settle
from yipan.trade.payments.models import PaymentIntent
from yipan.trade.payments.providers import sandbox
from yipan.trade.payments.providers.sandbox import SandboxCashier

DELIVERY: Final = "delivery"
PICK_UP: Final = "pick_up"
_CASHIER: Final = SandboxCashier()
_TRIES: Final = 12
"""Goods that a buyer looks at until something is there."""


@dataclass(frozen=True, slots=True)
class Story:
    """One order of one buyer."""

    buyer: int
    """Place in the list of consumers; 0 is the one of the tour."""
    method: str
    ago: int
    """Days before the last one on which it is placed."""
    steps: tuple[tuple[int, str], ...] = ()
    """What happens on how many days before the last one, in order."""
    units: int = 1


_STORIES: Final = (
    Story(0, DELIVERY, 9, ((9, "pay"), (9, "pack"), (8, "ship"), (5, "receive")), units=2),
    Story(0, DELIVERY, 2, ((2, "pay"), (2, "pack"), (1, "ship"))),
    Story(0, PICK_UP, 1, ((1, "pay"), (0, "ready"))),
    Story(1, DELIVERY, 7, ((7, "pay"), (7, "pack"), (6, "ship"), (3, "receive"), (1, "return"))),
    Story(2, DELIVERY, 1, ((1, "pay"), (0, "pack"))),
    Story(3, DELIVERY, 0, ((0, "pay"),), units=2),
    Story(4, PICK_UP, 3, ((3, "pay"), (3, "ready"), (2, "hand over"))),
    Story(5, DELIVERY, 1, ((1, "cancel"),)),
    Story(6, DELIVERY, 3, ((3, "pay"), (2, "pack"), (1, "ship"))),
    Story(7, PICK_UP, 0, ((0, "pay"),)),
    Story(8, DELIVERY, 6, ((6, "pay"), (6, "pack"), (5, "ship"), (2, "receive"))),
    Story(9, DELIVERY, 0, ((0, "pay"),)),
    Story(10, DELIVERY, 4, ((4, "pay"), (4, "pack"), (3, "ship"), (1, "receive"), (0, "return"))),
)
_UNPAID: Final = (Story(0, DELIVERY, 0), Story(11, PICK_UP, 0))
"""Placed in the last minutes: the buyers are at the cashier's."""


class Mall:
    """Plays the stories, day after day."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._dice = market.plan.chance("mall")
        self._orders: dict[Story, int] = {}
        self._open = is_enabled("checkout") and sandbox.is_open()

    def day(self, number: int) -> None:
        """Everything that happens in the mall on a day; before the tills tell of theirs."""
        if not self._open:
            return
        plan = self._market.plan
        ago = plan.days - 1 - number
        todo = [(story, verb) for story in _STORIES for verb in _on_day(story, ago)]
        start, end = plan.start_of(number), plan.end_of(number)
        for place, (story, verb) in enumerate(todo, start=1):
            with clock.at(start + (end - start) * (4 + 6 * place // (len(todo) + 1)) / 11):
                self._play(story, verb)

    def last_minutes(self) -> None:
        """Leave buyers at the cashier's."""
        if not self._open:
            return
        for story in _UNPAID:
            with clock.at(clock.now() - timedelta(minutes=2)):
                self._place(story)

    def _play(self, story: Story, verb: str) -> None:
        if verb == "place":
            self._place(story)
        elif story in self._orders:
            self._step(story, verb)

    def _place(self, story: Story) -> None:
        buyer = self._buyer(story)
        visitor = f"v{self._dice.randrange(10**12):012d}"
        moment = clock.now()
        touch = links.opened(
            self._market.links, buyer.store, self._dice, visitor=visitor, before=moment
        )
        links.record([touch] if touch else [])
        shop_id = buyer.store.organisation.id
        choice = Choice(DELIVERY, address_id=buyer.address_id)
        if story.method == PICK_UP:
            choice = Choice(PICK_UP, pick_up_at=shop_id)
        for wanted in self._wishes(buyer, story):
            found = quote(shop_id=shop_id, wanted=wanted, is_member=True, choice=choice)
            if found.can_place:
                self._orders[story] = place_order(
                    shop_id=shop_id,
                    owner=Owner(buyer.member_id, visitor),
                    seen=found.seen,
                    total=found.total,
                    choice=choice,
                    provider=_CASHIER.code,
                ).order_id
                return

    def _buyer(self, story: Story) -> Consumer:
        return self._market.consumers[story.buyer]

    def _wishes(self, buyer: Consumer, story: Story) -> Sequence[list[Wanted]]:
        code = buyer.store.industry.code
        wares = self._market.ranges[code].wares
        weights = self._market.ware_weights[code]
        picks = self._dice.choices(wares, cum_weights=weights, k=_TRIES)
        return [[Wanted(ware.id, story.units)] for ware in picks]

    def _step(self, story: Story, verb: str) -> None:
        order_id, member_id = self._orders[story], self._buyer(story).member_id
        if verb == "pay":
            _pay(order_id)
        elif verb == "cancel":
            cancel_purchase(order_id=order_id, member_id=member_id, reason="地址填错了，重新下单")
        elif verb == "receive":
            confirm_receipt(order_id=order_id, member_id=member_id)
        elif verb == "return":
            line = purchase(order_id, member_id=member_id).lines[0]
            ask_refund(
                order_id=order_id,
                line_id=line.line_id,
                member_id=member_id,
                quantity=1,
                reason=self._dice.choice(words.REFUND_REASONS[:4]),
            )
        else:
            _handle(self._market.group, Fulfilment.objects.get(order_id=order_id), verb, order_id)


def _on_day(story: Story, ago: int) -> list[str]:
    first = ["place"] if story.ago == ago else []
    return first + [verb for day, verb in story.steps if day == ago]


def _pay(order_id: int) -> None:
    """At the sandbox's cashier, whose word is taken at once."""
    intent = PaymentIntent.objects.get(order_id=order_id)
    _CASHIER.take(reference=intent.reference, amount=intent.amount)
    settle(provider=_CASHIER.code, settled=_CASHIER.query(charge_of(intent)))


def _handle(group: Group, waiting: Fulfilment, verb: str, order_id: int) -> None:
    """What the staff does with the goods."""
    by = group.staff[Role.OPERATIONS]
    if verb == "pack":
        pack(fulfilment_id=waiting.id, by=by)
    elif verb == "ship":
        number = f"SF{1_000_000_000_000 + order_id % 10**12}"
        ship(fulfilment_id=waiting.id, carrier="顺丰速运", tracking_no=number, by=by)
    elif verb == "ready":
        mark_ready(fulfilment_id=waiting.id, by=by)
    elif verb == "hand over":
        hand_over(fulfilment_id=waiting.id, code=code_of(waiting), by=by)
