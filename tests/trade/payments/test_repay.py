"""Money goes back the way it came, once per refund."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.trade.orders.builders import Shop, open_shop
from tests.trade.payments.builders import FakeProvider, intent_of, paid_word, unpaid_order
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import AuditEntry, Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.trade.orders.actions import refund_lines
from yipan.trade.orders.models import Order
from yipan.trade.orders.requests import RefundOrder
from yipan.trade.payments.actions import make_repayments, retry_repayment, settle
from yipan.trade.payments.errors import RepaymentEnded
from yipan.trade.payments.models import Repayment, SandboxEntry
from yipan.trade.payments.providers.registry import Repaid, RepaidState
from yipan.trade.payments.providers.sandbox import SandboxCashier


def paid_order(shop: Shop, provider: str = "sandbox", quantity: int = 2) -> Order:
    order = unpaid_order(shop, quantity=quantity)
    intent = intent_of(order, provider)
    if provider == "sandbox":
        notice = SandboxCashier().take(reference=intent.reference, amount=intent.amount)
        settle(provider=provider, settled=SandboxCashier().verify(notice))
    else:
        settle(provider=provider, settled=paid_word(intent))
    order.refresh_from_db()
    return order


def give_back(order: Order, number: str, amount: int, quantity: int = 1) -> None:
    line = order.lines.get()
    refund = RefundOrder(line.id, number, quantity, amount, clock.now())
    (answer,) = refund_lines(refunds=[refund], by=SYSTEM)
    assert answer.error is None, answer.error


def test_a_refund_goes_back_through_the_provider_once(shop: Shop) -> None:
    order = paid_order(shop)
    give_back(order, "R-1", 10_000)
    assert Repayment.objects.get().amount == 10_000
    assert make_repayments() == 1
    assert make_repayments() == 0
    assert Repayment.objects.get().state == "done"
    assert list(SandboxEntry.objects.order_by("id").values_list("amount", flat=True)) == [
        20_800,
        -10_000,
    ]


def test_an_order_paid_at_a_till_is_not_given_back_by_a_provider(shop: Shop) -> None:
    (line,) = shop.sell(shop.line("FIXED"))
    refund = RefundOrder(line.id, "R-1", 1, 10_000, clock.now())
    refund_lines(refunds=[refund], by=SYSTEM)
    assert Repayment.objects.count() == 0


def test_an_answer_that_is_lost_is_asked_for_again_with_the_same_reference(
    shop: Shop, fake: FakeProvider
) -> None:
    order = paid_order(shop, "fake")
    give_back(order, "R-1", 10_000)
    fake.is_down = True
    assert make_repayments() == 0
    assert Repayment.objects.get().state == "unknown"
    assert make_repayments() == 0  # not at once
    fake.is_down = False
    with clock.at(clock.now() + timedelta(minutes=5)):
        assert make_repayments() == 1
    assert len({each.reference for each in fake.repaid}) == 1
    assert len(fake.repaid) == 2
    assert (fake.repaid[0].amount, fake.repaid[0].paid) == (10_000, 20_800)


def test_a_refusal_is_audited_waits_for_people_and_may_be_tried_again(
    shop: Shop, fake: FakeProvider
) -> None:
    give_back(paid_order(shop, "fake"), "R-1", 10_000)
    fake.repaying = Repaid(RepaidState.REFUSED, "account closed")
    assert make_repayments() == 0
    repayment = Repayment.objects.get()
    assert (repayment.state, repayment.message) == ("refused", "account closed")
    assert AuditEntry.objects.filter(action="payments.refuse_repayment").exists()
    with clock.at(clock.now() + timedelta(days=2)):
        assert make_repayments() == 0
    retry_repayment(repayment_id=repayment.id, by=SYSTEM)
    fake.repaying = Repaid(RepaidState.DONE)
    assert make_repayments() == 1
    with pytest.raises(RepaymentEnded):
        retry_repayment(repayment_id=repayment.id, by=SYSTEM)


def test_the_sandbox_gives_back_no_more_than_it_took(shop: Shop) -> None:
    order = paid_order(shop, quantity=1)
    give_back(order, "R-1", 10_000)
    Repayment.objects.update(amount=10_801)
    assert make_repayments() == 0
    assert Repayment.objects.get().state == "refused"


def test_eight_workers_at_once_give_each_repayment_back_once(
    committed_tenant: Tenant,
    run_concurrently: Callable[..., list[object]],
) -> None:
    shop = open_shop()
    for number in range(5):
        give_back(paid_order(shop), f"R-{number}", 10_000)

    def work(number: int) -> int:
        with tenant_context(committed_tenant.id):
            return make_repayments()

    done = run_concurrently(work, 8)
    assert sum(each for each in done if isinstance(each, int)) == 5, done
    assert SandboxEntry.objects.filter(amount=-10_000).count() == 5
