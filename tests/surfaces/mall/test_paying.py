"""The last step before the money: to a cashier of ours, of another site, or inside an app."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tests.surfaces.mall.builders import Phone, known_buyer, text
from tests.trade.checkout.builders import Mall
from tests.trade.payments.builders import FakeProvider
from yipan.trade.payments.providers import registry
from yipan.trade.payments.providers.registry import Begun, Charge, Payer


@dataclass
class Elsewhere(FakeProvider):
    """A provider on another site."""

    begun: Begun = field(default_factory=Begun)

    def begin(self, charge: Charge, payer: Payer) -> Begun:
        self._check()
        return self.begun


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    provider = Elsewhere()
    monkeypatch.setitem(registry._providers, provider.code, provider)
    return provider


@pytest.fixture
def unpaid(mall: Mall) -> tuple[Phone, int]:
    phone, owner = known_buyer(mall)
    return phone, mall.buy(owner, (mall.skus[0], 1)).order_id


def test_to_another_site_leads_a_link(unpaid: tuple[Phone, int], elsewhere: Elsewhere) -> None:
    phone, order_id = unpaid
    elsewhere.begun = Begun(url="https://pay.example/x?a=1&b=2")
    answer = phone.get(f"orders/{order_id}/pay/", provider="fake")
    assert answer.status_code == 200
    assert 'content="0; url=https://pay.example/x?a=1&b=2"' in text(answer)
    assert 'href="https://pay.example/x?a=1&b=2"' in text(answer)


def test_a_form_may_go_to_the_provider_and_nowhere_else(
    unpaid: tuple[Phone, int], elsewhere: Elsewhere
) -> None:
    phone, order_id = unpaid
    elsewhere.begun = Begun(url="https://pay.example/gateway", form={"sign": "x<y"})
    answer = phone.get(f"orders/{order_id}/pay/", provider="fake")
    assert 'action="https://pay.example/gateway"' in text(answer)
    assert 'name="sign" value="x<y"' in text(answer)
    assert "csrfmiddlewaretoken" not in text(answer).split("pay.example/gateway")[1]
    assert "form-action 'self' https://pay.example;" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_inside_an_app_the_page_hands_over_what_the_app_asks_for(
    unpaid: tuple[Phone, int], elsewhere: Elsewhere
) -> None:
    phone, order_id = unpaid
    elsewhere.begun = Begun(parameters={"package": "prepay_id=wx1"})
    page = text(phone.get(f"orders/{order_id}/pay/", provider="fake"))
    assert "<y-bridge" in page
    assert '{"package":"prepay_id=wx1"}' in page
    assert f'data-done="/m/acme/orders/{order_id}/paid/"' in page


def test_a_provider_that_does_not_answer_leaves_the_order_to_be_paid_later(
    unpaid: tuple[Phone, int], elsewhere: Elsewhere
) -> None:
    phone, order_id = unpaid
    elsewhere.is_down = True
    answer = phone.get(f"orders/{order_id}/pay/", provider="fake")
    assert answer["Location"] == f"/m/acme/orders/{order_id}/"
    assert 'data-test="pay-again"' in text(phone.get(answer["Location"]))


def test_several_ways_to_pay_are_offered_to_choose_from(mall: Mall, elsewhere: Elsewhere) -> None:
    phone, _owner = known_buyer(mall)
    page = text(phone.get("checkout/", sku=str(mall.skus[0].id)))
    assert page.count('type="radio" name="provider"') == 2
