"""Withdrawing: what arrives is said before, nothing happens twice, and nobody touches another's."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.payouts.withdrawals.builders import BOSS, card_with
from tests.surfaces.workbench.builders import (
    REAL_NAME,
    Phone,
    count_of,
    hooks,
    opened_shop,
    text_of,
    toast_of,
    with_money,
)
from tests.trade.orders.builders import Shop
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import Tenant
from yipan.payouts.withdrawals.actions import (
    reject_withdrawal,
    set_withdrawal_policy,
    submit_approved,
    verify_name,
)
from yipan.payouts.withdrawals.models import BankCard, Withdrawal

Desk = tuple[Shop, Phone]


@pytest.fixture
def desk(tenant: Tenant) -> Desk:
    return opened_shop()


@pytest.fixture
def card(desk: Desk) -> BankCard:
    return with_money(desk[0].guide, 500_000)


def ask(phone: Phone, card: BankCard, amount: str = "100.00", once: str = "") -> Withdrawal:
    answer = phone.post("withdraw/submit/", amount=amount, card=str(card.id), once=once)
    assert answer.status_code == 302, text_of(answer)
    found: Withdrawal = Withdrawal.objects.latest("requested_at")
    return found


def test_the_estimate_is_what_the_request_then_says(desk: Desk, card: BankCard) -> None:
    _, phone = desk
    answer = phone.part("withdraw/estimate/", amount="1,234.50", card=str(card.id))
    assert hooks(answer, "estimate-net") == ["¥1,234.50"]
    assert "Needs approval before it is paid." in text_of(answer)
    made = ask(phone, card, "1,234.50")
    assert (made.gross, made.tax, made.net) == (123_450, 0, 123_450)
    assert made.needs_approval


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0.50", "At least ¥1.00 each time."),
        ("20000.01", "At most ¥20,000.00 each time."),
        ("5000.01", "You can withdraw at most ¥5,000.00."),
        ("abc", "Enter an amount in yuan"),
        ("1.234", "at most two decimals"),
        ("-5", "above zero"),
        ("9" * 29, "above zero"),
    ],
)
def test_what_cannot_be_withdrawn_is_said_in_plain_words(
    desk: Desk, card: BankCard, amount: str, words: str
) -> None:
    _, phone = desk
    assert words in text_of(phone.part("withdraw/estimate/", amount=amount))
    assert words in text_of(phone.part("withdraw/confirm/", amount=amount, card=str(card.id)))
    answer = phone.post("withdraw/submit/", amount=amount, card=str(card.id), by_htmx=True)
    assert answer.status_code == 422
    assert not re.search(r"(?<![A-Za-z])fen(?![A-Za-z])", text_of(answer))
    assert Withdrawal.objects.count() == 0


def test_all_in_fills_what_can_be_withdrawn(desk: Desk, card: BankCard) -> None:
    _, phone = desk
    answer = phone.part("withdraw/all/")
    assert 'value="5000.00"' in text_of(answer)
    assert hooks(answer, "estimate-net") == ["¥5,000.00"]


def test_confirming_shows_what_arrives_where(desk: Desk, card: BankCard) -> None:
    _, phone = desk
    answer = phone.part("withdraw/confirm/", amount="100", card=str(card.id))
    assert hooks(answer, "confirm-net") == ["¥100.00"]
    assert "招商银行 (8888)" in text_of(answer)
    assert 'name="once"' in text_of(answer)


def test_the_same_form_sent_twice_asks_once(desk: Desk, card: BankCard) -> None:
    _, phone = desk
    ask(phone, card, once="the-same-key-of-one-form")
    ask(phone, card, once="the-same-key-of-one-form")
    assert Withdrawal.objects.count() == 1
    ask(phone, card)
    assert Withdrawal.objects.count() == 2
    without = phone.client.post("/w/withdraw/submit/", {"amount": "1", "card": str(card.id)})
    assert without.status_code == 400
    assert Withdrawal.objects.count() == 2


def test_two_pages_open_at_once_ask_for_one_withdrawal(desk: Desk, card: BankCard) -> None:
    _, phone = desk

    def key() -> str:
        page = text_of(phone.part("withdraw/confirm/", amount="100", card=str(card.id)))
        return page.split('name="once" value="', 1)[1].split('"', 1)[0]

    first, second = key(), key()
    ask(phone, card, once=first)
    ask(phone, card, once=second)
    assert Withdrawal.objects.count() == 1
    other = phone.post(
        "withdraw/submit/", amount="200", card=str(card.id), once=second, by_htmx=True
    )
    assert other.status_code == 422
    ask(phone, card, once=key())
    assert Withdrawal.objects.count() == 2


def test_the_day_s_limit_is_said_and_kept(desk: Desk, card: BankCard) -> None:
    shop, phone = desk
    set_withdrawal_policy(organisation_id=shop.tree.headquarters.id, data={"per_day": 1}, by=SYSTEM)
    assert "1 left today" in hooks(phone.get("withdraw/"), "limits")[0]
    ask(phone, card)
    page = phone.get("withdraw/")
    assert "0 left today" in hooks(page, "limits")[0]
    again = phone.post("withdraw/submit/", amount="100", card=str(card.id), by_htmx=True)
    assert again.status_code == 422
    assert "No more than 1 withdrawals a day." in text_of(again)


def test_progress_is_told_step_by_step(desk: Desk, card: BankCard) -> None:
    _, phone = desk
    made = ask(phone, card)
    page = text_of(phone.get(f"withdraw/{made.id}/"))
    assert 'data-state="approved"' in page
    assert "Sent to the bank" in page
    submit_approved()
    made.refresh_from_db()
    assert f'data-state="{made.state}"' in text_of(phone.part(f"withdraw/{made.id}/"))
    rows = phone.part("withdraw/recent/")
    assert count_of(rows, "withdrawal-row") == 1
    assert 'id="till-available" hx-swap-oob="innerHTML">¥4,900.00<' in text_of(rows)
    assert hooks(phone.get("withdraw/"), "withdrawal-state")


def test_a_refusal_tells_its_reason(desk: Desk, card: BankCard) -> None:
    _, phone = desk
    made = ask(phone, card, "2000")
    assert "In review" in text_of(phone.get("withdraw/"))
    reject_withdrawal(withdrawal_id=made.id, by=BOSS, reason="姓名与身份证不符")
    page = phone.get(f"withdraw/{made.id}/")
    assert "姓名与身份证不符" in text_of(page)
    assert "姓名与身份证不符" in text_of(phone.get("withdraw/"))
    assert hooks(phone.get("withdraw/"), "balance-available") == ["¥5,000.00"]


def test_a_request_can_be_taken_back_until_it_is_handed_over(desk: Desk, card: BankCard) -> None:
    _, phone = desk
    made = ask(phone, card, "2000")
    assert count_of(phone.get(f"withdraw/{made.id}/"), "withdrawal-cancel") == 1
    answer = phone.post(f"withdraw/{made.id}/cancel/", by_htmx=True)
    assert 'data-state="cancelled"' in text_of(answer)
    assert "Request cancelled" in toast_of(answer)
    assert phone.post(f"withdraw/{made.id}/cancel/").status_code == 409
    boosted = {"HX-Request": "true", "HX-Boosted": "true"}
    page = phone.client.get(f"/w/withdraw/{made.id}/", headers=boosted)
    assert "<html" in text_of(page)
    assert hooks(phone.get("withdraw/"), "balance-available") == ["¥5,000.00"]


def test_another_s_withdrawals_and_cards_are_not_there(desk: Desk, card: BankCard) -> None:
    shop, phone = desk
    made = ask(phone, card)
    other = Phone.of(shop.leader)
    with_money(shop.leader, 10_000)
    assert phone.get(f"withdraw/{made.id}/").status_code == 200
    assert other.get(f"withdraw/{made.id}/").status_code == 404
    assert other.post(f"withdraw/{made.id}/cancel/").status_code == 404
    assert other.post(f"cards/{card.id}/remove/").status_code == 404
    assert other.post("withdraw/submit/", amount="1", card=str(card.id)).status_code == 422
    assert count_of(other.get("withdraw/"), "withdrawal-row") == 0
    assert Withdrawal.objects.count() == 1
    assert BankCard.objects.get(id=card.id).removed_at is None


def test_a_card_is_added_in_the_verified_name_only_and_shown_masked(desk: Desk) -> None:
    shop, phone = desk
    assert count_of(phone.get("cards/"), "name-missing") == 1
    verify_name(distributor=shop.guide, name=REAL_NAME, by=BOSS)
    number = card_with("4321")
    empty = phone.post("cards/")
    assert empty.status_code == 422
    for each in ("name on the card", "card number", "bank"):
        assert f"Enter the {each}." in text_of(empty)
    wrong = phone.post("cards/", holder="李四", number=number, bank="招商银行")
    assert wrong.status_code == 422
    assert "verified real name" in text_of(wrong)
    odd = phone.post("cards/", holder=REAL_NAME, number="6222000000000000", bank="招商银行")
    assert odd.status_code == 422
    assert "check digit" in text_of(odd)
    added = phone.post("cards/", holder=REAL_NAME, number=number, bank="招商银行")
    assert added.status_code == 302
    page = text_of(phone.get("cards/"))
    assert "4321" in page
    assert number not in page
    assert "being verified" in page
    again = phone.post("cards/", holder=REAL_NAME, number=number, bank="招商银行")
    assert "added before" in text_of(again)
    assert BankCard.objects.count() == 1


def test_money_goes_to_verified_cards_only(desk: Desk) -> None:
    shop, phone = desk
    with_money(shop.guide, 10_000)
    BankCard.objects.update(verified_at=None)
    page = phone.get("withdraw/")
    assert count_of(page, "card-missing") == 1
    card = BankCard.objects.get()
    answer = phone.post("withdraw/submit/", amount="1", card=str(card.id), by_htmx=True)
    assert answer.status_code == 422
    assert "must be verified" in text_of(answer)


def test_a_card_is_removed_unless_money_is_on_its_way(desk: Desk, card: BankCard) -> None:
    _, phone = desk
    made = ask(phone, card, "2000")
    assert phone.post(f"cards/{card.id}/remove/").status_code == 409
    phone.post(f"withdraw/{made.id}/cancel/")
    assert phone.post(f"cards/{card.id}/remove/").status_code == 302
    assert count_of(phone.get("cards/"), "card-row") == 0


def test_thirty_withdrawals_take_as_many_statements_as_one(desk: Desk, card: BankCard) -> None:
    shop, phone = desk
    set_withdrawal_policy(
        organisation_id=shop.tree.headquarters.id, data={"per_day": 100}, by=SYSTEM
    )
    counts = []
    for times in (1, 30):
        for _ in range(times):
            ask(phone, card, "2")
        phone.get("withdraw/")
        with CaptureQueriesContext(connection) as captured:
            phone.get("withdraw/")
        counts.append(len(captured))
    assert counts[0] == counts[1], counts
    answer = phone.get("withdraw/")
    assert count_of(answer, "withdrawal-row") == 20
    more = text_of(answer).split("?cursor=", 1)[1].split('"', 1)[0]
    assert count_of(phone.part("withdraw/", cursor=more), "withdrawal-row") == 11


def test_a_form_without_the_browser_s_own_token_is_refused(desk: Desk, card: BankCard) -> None:
    strict = Phone.of(desk[0].guide)
    strict.client.handler.enforce_csrf_checks = True
    answer = strict.post("withdraw/submit/", amount="1", card=str(card.id))
    assert answer.status_code == 403
