"""A cashier in a box: no money moves. Its notifications are signed and travel like real ones."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Sum
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yipan.kernel import clock
from yipan.kernel.crypto import derived_key
from yipan.kernel.uow import unit_of_work
from yipan.trade.payments.models import SandboxEntry
from yipan.trade.payments.providers.registry import (
    Begun,
    Charge,
    Notice,
    NoticeForged,
    Outcome,
    Payer,
    Repaid,
    RepaidState,
    Repaying,
    Settled,
)

_SKEW: Final = timedelta(minutes=5)


def is_open() -> bool:
    """Whether the sandbox may be used: in the demo, in development, or where it was asked for."""
    return bool(settings.YIPAN_DEMO or settings.DEBUG or settings.YIPAN_SANDBOX_PAYMENTS)


class SandboxCashier:
    """Keeps books of its own in `SandboxEntry`, committed apart from the caller's."""

    code: str = "sandbox"
    title = _("Sandbox payment")
    icon = "flask-conical"

    def is_offered(self) -> bool:
        return is_open()

    def begin(self, charge: Charge, payer: Payer) -> Begun:
        return Begun(url=reverse("pay-sandbox", args=(charge.token,)))

    def take(self, *, reference: str, amount: int) -> Notice:
        """The buyer pays at the cashier: book it, once; the notification to be delivered."""
        with unit_of_work():
            entry, _is_new = SandboxEntry.objects.get_or_create(
                reference=reference,
                defaults={
                    "transaction": f"SB{secrets.token_hex(12)}",
                    "amount": amount,
                    "happened_at": clock.now(),
                },
            )
        return signed_notice(_document(entry))

    def refuse(self, *, reference: str) -> Notice:
        """The buyer's payment fails; the notification to be delivered."""
        return signed_notice({"reference": reference, "outcome": Outcome.FAILED.value})

    def verify(self, notice: Notice) -> Settled:
        moment = notice.headers.get("sandbox-timestamp", "")
        nonce = notice.headers.get("sandbox-nonce", "")
        given = notice.headers.get("sandbox-signature", "")
        expected = _signature(moment, nonce, notice.body)
        if not hmac.compare_digest(given.encode(), expected.encode()):
            raise NoticeForged
        if not moment.isdecimal() or _is_stale(int(moment)):
            raise NoticeForged
        return _settled(json.loads(notice.body))

    def answer(self, *, heard: bool) -> HttpResponse:
        if heard:
            return HttpResponse(status=204)
        return HttpResponse("not accepted", status=400, content_type="text/plain")

    def query(self, charge: Charge) -> Settled:
        entry: SandboxEntry | None = SandboxEntry.objects.filter(reference=charge.reference).first()
        if entry is None:
            return Settled(charge.reference, Outcome.PENDING)
        return _settled(_document(entry))

    def close(self, charge: Charge) -> None:
        """Nothing to do: the page of an ended intent takes no money."""

    def refund(self, repaying: Repaying) -> Repaid:
        with unit_of_work():
            paid: SandboxEntry | None = (
                SandboxEntry.objects.select_for_update()
                .filter(reference=repaying.payment_reference)
                .first()
            )
            if paid is None:
                return Repaid(RepaidState.REFUSED, str(_("The sandbox knows no such payment.")))
            if SandboxEntry.objects.filter(reference=repaying.reference).exists():
                return Repaid(RepaidState.DONE)
            back = SandboxEntry.objects.filter(payment=paid.reference)
            given = -(back.aggregate(sum=Sum("amount"))["sum"] or 0)
            if given + repaying.amount > paid.amount:
                return Repaid(RepaidState.REFUSED, str(_("That is more than was paid.")))
            SandboxEntry.objects.create(
                reference=repaying.reference,
                transaction=f"SB{secrets.token_hex(12)}",
                payment=paid.reference,
                amount=-repaying.amount,
                happened_at=clock.now(),
            )
        return Repaid(RepaidState.DONE)


def signed_notice(document: dict[str, Any]) -> Notice:
    """A notification as the sandbox sends it."""
    body = json.dumps(document).encode()
    moment, nonce = str(int(clock.now().timestamp())), secrets.token_hex(16)
    headers = {
        "sandbox-timestamp": moment,
        "sandbox-nonce": nonce,
        "sandbox-signature": _signature(moment, nonce, body),
    }
    return Notice(headers, body)


def _signature(moment: str, nonce: str, body: bytes) -> str:
    signed = b"\n".join([moment.encode(), nonce.encode(), body])
    return hmac.new(derived_key("sandbox-payments"), signed, hashlib.sha256).hexdigest()


def _is_stale(seconds: int) -> bool:
    now = int(clock.now().timestamp())
    return abs(now - seconds) > _SKEW.total_seconds()


def _document(entry: SandboxEntry) -> dict[str, Any]:
    return {
        "reference": entry.reference,
        "outcome": Outcome.PAID.value,
        "amount": entry.amount,
        "currency": "CNY",
        "transaction": entry.transaction,
        "paid_at": entry.happened_at.isoformat(),
    }


def _settled(document: dict[str, Any]) -> Settled:
    paid_at = document.get("paid_at")
    return Settled(
        reference=str(document["reference"]),
        outcome=Outcome(document["outcome"]),
        amount=int(document.get("amount", 0)),
        currency=str(document.get("currency", "")),
        provider_reference=str(document.get("transaction", "")),
        paid_at=datetime.fromisoformat(paid_at).astimezone(UTC) if paid_at else None,
    )
