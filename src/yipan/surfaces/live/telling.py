"""What is said of an event, to whom, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from yipan.kernel.money import yuan
from yipan.surfaces.live.background import Background
from yipan.surfaces.live.following import Happened

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise


@dataclass(frozen=True, slots=True)
class Message:
    """Something said to one distributor, or to everybody of the group who listens."""

    kind: str
    to: int | None
    """The distributor; None: everybody."""
    data: dict[str, Any] = field(default_factory=dict)
    text: Words = ""
    """For a toast; empty: nothing to be shown."""
    tone: str = "info"


_Tell = Callable[[Happened, Background], Iterator[Message]]
_WITHDRAWALS: Final[dict[str, tuple[str, Words, str]]] = {
    "withdrawal.requested": ("requested", "", "info"),
    "withdrawal.approved": ("approved", _("Your withdrawal of {amount} was approved"), "good"),
    "withdrawal.succeeded": ("succeeded", _("{amount} of your withdrawal has arrived"), "good"),
    "withdrawal.failed": (
        "failed",
        _("Your withdrawal of {amount} could not be paid; the money is available again"),
        "bad",
    ),
    "withdrawal.rejected": (
        "rejected",
        _("Your withdrawal of {amount} was refused; the money is available again"),
        "bad",
    ),
    "withdrawal.cancelled": ("cancelled", "", "info"),
}
_ORDERS: Final[dict[str, str]] = {
    "order.captured": "captured",
    "order.paid": "paid",
    "order.cancelled": "cancelled",
    "order.lines_completed": "completed",
    "order.line_refunded": "refunded",
    "order.refund_requested": "refund_requested",
}


def messages_of(events: Sequence[Happened], background: Background) -> list[Message]:
    """Everything to be said of what one look found, in its order."""
    found: list[Message] = []
    for event in events:
        tell = _teller(event.name)
        if tell is not None:
            found.extend(tell(event, background))
    found.extend(_bindings(background))
    if background.stock_moved:
        found.append(Message("stock", None, {"sku_ids": background.moved_skus}))
    return found


def sync() -> Message:
    """So much happened that it is better to look again at everything."""
    return Message("sync", None)


def _teller(name: str) -> _Tell | None:
    if name in _ORDERS:
        return _order
    if name in _WITHDRAWALS:
        return _withdrawal
    return {
        "touch.recorded": _touch,
        "commission.accrued": _entries,
        "commission.reversed": _reversals,
        "commission.released": _release,
    }.get(name)


def _base(event: Happened, **more: Any) -> dict[str, Any]:
    return {"id": event.id, "at": event.at.isoformat(), **more}


def _touch(event: Happened, background: Background) -> Iterator[Message]:
    payload = event.payload
    who = background.members.get(payload["member_id"] or 0) or _("Somebody")
    goods = background.skus.get(payload["sku_id"] or 0)
    text: Words = ""
    if payload["source"] == "link":
        text = (
            format_lazy(_("{who} just opened your link to {goods}"), who=who, goods=goods)
            if goods
            else format_lazy(_("{who} just opened your link"), who=who)
        )
    elif payload["order_id"] is None:
        text = format_lazy(_("{who} just used your code"), who=who)
    data = _base(
        event, link_id=payload["link_id"], sku_id=payload["sku_id"], source=payload["source"]
    )
    yield Message("touch", payload["distributor_id"], data, text)


def _entries(event: Happened, _background: Background) -> Iterator[Message]:
    yield from _of_entries(event, "entry", _earned)


def _reversals(event: Happened, _background: Background) -> Iterator[Message]:
    yield from _of_entries(event, "reversal", _taken_back)


def _of_entries(
    event: Happened, kind: str, words: Callable[[str, int], Words]
) -> Iterator[Message]:
    """One message per entry; the words stand in the first one of each distributor."""
    entries = [entry for entry in event.payload["entries"] if not entry["reason"]]
    sums: dict[int, int] = {}
    for entry in entries:
        sums[entry["distributor_id"]] = sums.get(entry["distributor_id"], 0) + entry["amount"]
    said: set[int] = set()
    for entry in entries:
        to = entry["distributor_id"]
        text = "" if to in said else words(entry["role"], sums[to])
        said.add(to)
        data = _base(
            event,
            order_id=event.payload["order_id"],
            line_id=entry["line_id"],
            entry_id=entry["entry_id"],
            amount=entry["amount"],
        )
        yield Message(kind, to, data, text, "good" if kind == "entry" else "info")


def _earned(role: str, amount: int) -> Words:
    if role == "seller":
        return format_lazy(_("A sale! Expected commission {amount}"), amount=yuan(amount))
    return format_lazy(_("Your team sold; expected commission {amount}"), amount=yuan(amount))


def _taken_back(_role: str, amount: int) -> Words:
    return format_lazy(_("A buyer was refunded; commission {amount}"), amount=yuan(amount))


def _release(event: Happened, _background: Background) -> Iterator[Message]:
    sums: dict[int, tuple[int, int]] = {}
    for entry in event.payload["entries"]:
        count, amount = sums.get(entry["distributor_id"], (0, 0))
        sums[entry["distributor_id"]] = (count + 1, amount + entry["amount"])
    for to, (count, amount) in sums.items():
        text = (
            format_lazy(_("{amount} of commission can be withdrawn now"), amount=yuan(amount))
            if amount
            else ""
        )
        yield Message("release", to, _base(event, count=count, amount=amount), text, "good")


def _withdrawal(event: Happened, _background: Background) -> Iterator[Message]:
    state, words, tone = _WITHDRAWALS[event.name]
    payload = event.payload
    data = _base(event, withdrawal_id=payload["withdrawal_id"], state=state)
    text = format_lazy(words, amount=yuan(payload["gross"])) if words else ""
    yield Message("withdrawal", payload["distributor_id"], data, text, tone)


def _order(event: Happened, background: Background) -> Iterator[Message]:
    payload = event.payload
    order_id = payload.get("order_id") or background.order_of_line.get(payload.get("line_id", 0))
    for to in sorted(background.credited.get(order_id or 0, ())):
        yield Message("order", to, _base(event, order_id=order_id, state=_ORDERS[event.name]))


def _bindings(background: Background) -> Iterator[Message]:
    for row in background.bindings:
        who = background.members.get(row.member_id) or _("A customer")
        data = {"id": row.id, "member_id": row.member_id}
        if row.distributor_id is not None:
            is_new = row.distributor_id != row.former_id
            text = format_lazy(_("{who} belongs to you now"), who=who) if is_new else ""
            yield Message("binding", row.distributor_id, {**data, "gained": True}, text, "good")
        if row.former_id is not None and row.former_id != row.distributor_id:
            yield Message("binding", row.former_id, {**data, "gained": False})
