"""An order's way to its buyer, step by step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.customers.members.builders import make_member
from tests.trade.fulfilment.builders import CLERK, HOME, on_its_way, ready, shipped
from tests.trade.orders.builders import Shop, open_shop
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.models import AuditEntry, Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.trade.fulfilment.actions import (
    confirm_receipt,
    hand_over,
    mark_ready,
    open_fulfilment,
    pack,
    receive_overdue,
    record_receipt,
    renew_code,
    reveal_address,
    ship,
    tidy_up,
)
from yipan.trade.fulfilment.errors import (
    FulfilmentStateRefused,
    OrderUnpaid,
    PickUpCodeLocked,
    PickUpCodeWrong,
)
from yipan.trade.fulfilment.models import Fulfilment, FulfilmentStep
from yipan.trade.fulfilment.policy import set_fulfilment_policy
from yipan.trade.fulfilment.queries import timeline
from yipan.trade.fulfilment.rules import BEFORE, Method, State
from yipan.trade.fulfilment.sealing import code_of
from yipan.trade.orders.actions import cancel_order, complete_order, refund_lines
from yipan.trade.orders.models import Order
from yipan.trade.orders.requests import RefundOrder


def state_of(fulfilment: Fulfilment) -> str:
    fulfilment.refresh_from_db()
    return fulfilment.state


def order_state(order: Order) -> str:
    order.refresh_from_db()
    return order.state


def give_back(order: Order, number: str) -> None:
    refund = RefundOrder(order.lines.get().id, number, 1, 10_000, clock.now())
    (answer,) = refund_lines(refunds=[refund], by=SYSTEM)
    assert answer.error is None


def test_a_delivery_is_packed_shipped_and_received_and_completes_the_order(shop: Shop) -> None:
    order, fulfilment = on_its_way(shop)
    pack(fulfilment_id=fulfilment.id, by=CLERK)
    ship(fulfilment_id=fulfilment.id, carrier="顺丰速运", tracking_no="SF1", by=CLERK)
    assert order_state(order) == "paid"
    confirm_receipt(order_id=order.id, member_id=fulfilment.member_id)
    assert (state_of(fulfilment), order_state(order)) == ("received", "completed")
    assert order.lines.get().completed_at is not None
    codes = [step.code for step in timeline(fulfilment.id, paid_at=order.paid_at)]
    assert codes == ["received", "shipped", "packed", "paid", "placed"]
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {
        "fulfilment.packed",
        "fulfilment.shipped",
    }


def test_a_pick_up_is_put_aside_and_handed_over_by_its_code(shop: Shop) -> None:
    order, fulfilment = ready(shop)
    code = code_of(fulfilment)
    assert len(code) == 6
    assert code.isdecimal()
    assert code not in fulfilment.code_sealed
    hand_over(fulfilment_id=fulfilment.id, code=f" {code} ", by=CLERK)
    assert (state_of(fulfilment), order_state(order)) == ("handed_over", "completed")


def test_each_step_again_changes_nothing(shop: Shop) -> None:
    order, fulfilment = on_its_way(shop)
    for _ in range(2):
        pack(fulfilment_id=fulfilment.id, by=CLERK)
    for _ in range(2):
        ship(fulfilment_id=fulfilment.id, carrier="顺丰", tracking_no="SF1", by=CLERK)
    for _ in range(2):
        confirm_receipt(order_id=order.id, member_id=fulfilment.member_id)
        record_receipt(fulfilment_id=fulfilment.id, by=CLERK)
    _, waiting = ready(shop)
    mark_ready(fulfilment_id=waiting.id, by=CLERK)
    for _ in range(2):
        hand_over(fulfilment_id=waiting.id, code=code_of(waiting), by=CLERK)
    assert FulfilmentStep.objects.filter(fulfilment=fulfilment).count() == 4
    assert FulfilmentStep.objects.filter(fulfilment=waiting).count() == 3


def test_a_wrong_tracking_number_is_corrected_while_the_parcel_is_under_way(shop: Shop) -> None:
    order, fulfilment = shipped(shop)
    ship(fulfilment_id=fulfilment.id, carrier="顺丰速运", tracking_no="SF2", by=CLERK)
    fulfilment.refresh_from_db()
    assert fulfilment.tracking_no == "SF2"
    assert timeline(fulfilment.id)[0].note == "顺丰速运 SF2"
    confirm_receipt(order_id=order.id, member_id=fulfilment.member_id)
    with pytest.raises(FulfilmentStateRefused):
        ship(fulfilment_id=fulfilment.id, carrier="顺丰速运", tracking_no="SF3", by=CLERK)


def test_nothing_leaves_the_shop_unpaid(shop: Shop) -> None:
    _, delivery = on_its_way(shop, is_paid=False)
    _, pick_up = on_its_way(shop, Method.PICK_UP, is_paid=False)
    with pytest.raises(OrderUnpaid):
        ship(fulfilment_id=delivery.id, carrier="顺丰", tracking_no="SF1", by=CLERK)
    with pytest.raises(OrderUnpaid):
        mark_ready(fulfilment_id=pick_up.id, by=CLERK)


def test_what_was_refunded_whole_is_not_sent(shop: Shop) -> None:
    order, fulfilment = on_its_way(shop)
    give_back(order, "R-1")
    pack(fulfilment_id=fulfilment.id, by=CLERK)
    assert tidy_up() == 0
    give_back(order, "R-2")
    with pytest.raises(OrderUnpaid):
        ship(fulfilment_id=fulfilment.id, carrier="顺丰", tracking_no="SF1", by=CLERK)
    assert tidy_up() == 1
    assert state_of(fulfilment) == "cancelled"


def test_a_cancelled_order_is_not_sent(shop: Shop) -> None:
    order, fulfilment = on_its_way(shop, is_paid=False)
    cancel_order(order_id=order.id, reason="", by=SYSTEM)
    assert state_of(fulfilment) == "cancelled"
    assert timeline(fulfilment.id)[0].code == "cancelled"


@pytest.mark.parametrize("method", Method)
def test_an_order_completed_by_a_till_has_its_fulfilment_ended(method: Method, shop: Shop) -> None:
    order, fulfilment = on_its_way(shop, method)
    complete_order(order_id=order.id, completed_at=clock.now())
    assert tidy_up() == 1
    assert tidy_up() == 0
    assert state_of(fulfilment) == ("received" if method is Method.DELIVERY else "handed_over")


def test_a_parcel_of_which_nobody_says_anything_counts_as_received_by_the_policy(
    shop: Shop,
) -> None:
    order, fulfilment = shipped(shop)
    sent = clock.now()
    set_fulfilment_policy(
        organisation_id=shop.tree.headquarters.id, data={"auto_receipt_days": 3}, by=SYSTEM
    )
    with clock.at(sent + timedelta(days=2, hours=23)):
        assert receive_overdue() == 0
    with clock.at(sent + timedelta(days=3, minutes=1)):
        assert receive_overdue() == 1
        assert receive_overdue() == 0
    assert (state_of(fulfilment), order_state(order)) == ("received", "completed")


@pytest.mark.parametrize("data", [{"auto_receipt_days": 0}, {"auto_receipt_days": "7"}, {"x": 1}])
def test_a_faulty_policy_is_refused(data: dict[str, object], shop: Shop) -> None:
    with pytest.raises(InvalidField):
        set_fulfilment_policy(organisation_id=shop.tree.headquarters.id, data=data, by=SYSTEM)


def test_after_ten_wrong_codes_only_a_new_one_helps(shop: Shop) -> None:
    _, fulfilment = ready(shop)
    code = code_of(fulfilment)
    wrong = "000000" if code != "000000" else "000001"
    for left in range(9, -1, -1):
        with pytest.raises(PickUpCodeWrong) as told:
            hand_over(fulfilment_id=fulfilment.id, code=wrong, by=CLERK)
        assert told.value.data["left"] == left
    with pytest.raises(PickUpCodeLocked):
        hand_over(fulfilment_id=fulfilment.id, code=code, by=CLERK)
    renew_code(fulfilment_id=fulfilment.id, by=CLERK)
    fulfilment.refresh_from_db()
    hand_over(fulfilment_id=fulfilment.id, code=code_of(fulfilment), by=CLERK)
    assert state_of(fulfilment) == "handed_over"


def test_what_does_not_wait_at_the_store_is_not_handed_over(shop: Shop) -> None:
    _, waiting = on_its_way(shop, Method.PICK_UP)
    with pytest.raises(FulfilmentStateRefused):
        hand_over(fulfilment_id=waiting.id, code=code_of(waiting), by=CLERK)
    _, delivery = shipped(shop)
    with pytest.raises(FulfilmentStateRefused):
        hand_over(fulfilment_id=delivery.id, code="", by=CLERK)


@pytest.mark.parametrize("method", Method)
def test_what_is_not_in_the_table_cannot_be_done(method: Method) -> None:
    ends = {State.RECEIVED, State.HANDED_OVER, State.CANCELLED}
    for before in BEFORE.values():
        assert not before & ends
    others = {State.READY, State.HANDED_OVER} if method is Method.DELIVERY else {State.SHIPPED}
    assert not {to for of, to in BEFORE if of is method} & others


def test_only_the_buyer_confirms_and_only_what_was_sent(shop: Shop) -> None:
    order, _ = shipped(shop)
    with pytest.raises(NotFound):
        confirm_receipt(order_id=order.id, member_id=make_member().id)
    unsent, of_unsent = on_its_way(shop)
    with pytest.raises(FulfilmentStateRefused):
        confirm_receipt(order_id=unsent.id, member_id=of_unsent.member_id)


def test_staff_of_another_organisation_find_nothing(shop: Shop) -> None:
    _, fulfilment = on_its_way(shop)
    elsewhere = shop.tree["F1"].path
    for act in (pack, mark_ready, record_receipt, renew_code, reveal_address):
        with pytest.raises(NotFound):
            act(fulfilment_id=fulfilment.id, by=CLERK, within=elsewhere)


def test_the_address_is_a_copy_and_showing_it_is_written_down(shop: Shop) -> None:
    _, fulfilment = on_its_way(shop)
    assert "王小明" not in fulfilment.address_sealed
    assert reveal_address(fulfilment_id=fulfilment.id, by=CLERK) == HOME
    assert AuditEntry.objects.get(action="fulfilment.reveal_address").actor == str(CLERK)
    _, pick_up = on_its_way(shop, Method.PICK_UP)
    with pytest.raises(NotFound):
        reveal_address(fulfilment_id=pick_up.id, by=CLERK)


def test_a_delivery_needs_an_address_and_a_pick_up_has_none(shop: Shop) -> None:
    for method, address in ((Method.DELIVERY, None), (Method.PICK_UP, HOME)):
        with pytest.raises(InvalidField):
            open_fulfilment(
                order_id=1, order_number="M1", organisation_id=shop.tree["R1-A"].id,
                member_id=1, method=method, address=address, by=SYSTEM,
            )  # fmt: skip


def test_eight_times_at_once_a_step_is_taken_once(
    committed_tenant: Tenant, run_concurrently: Callable[..., list[object]]
) -> None:
    shop = open_shop()
    order, fulfilment = shipped(shop)

    def confirm(number: int) -> str:
        with tenant_context(committed_tenant.id):
            if number % 2:
                return record_receipt(fulfilment_id=fulfilment.id, by=CLERK).state
            return confirm_receipt(order_id=order.id, member_id=fulfilment.member_id).state

    assert run_concurrently(confirm, 8) == ["received"] * 8
    assert FulfilmentStep.objects.filter(code="received").count() == 1
    assert order_state(order) == "completed"
