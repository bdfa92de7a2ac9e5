"""A store with at least one row for every screen of the console."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import admin
from django.db.models import Model

from tests.distribution.pool.builders import make_offer, make_rule
from tests.goods.catalogue.builders import make_category, make_price
from tests.payouts.settlement.builders import put_available
from tests.payouts.withdrawals.builders import BOSS, CLERK, NAME, card_with
from tests.surfaces.openapi.builders import make_client
from tests.surfaces.webhooks.builders import make_delivery, make_endpoint
from tests.trade.fulfilment.builders import on_its_way
from tests.trade.orders.builders import PAID, Shop, give_back, open_shop
from tests.trade.payments.builders import stray_payment
from yipan.distribution.attribution.actions import bind_member, register_coupons
from yipan.distribution.pool.models import ImportRun
from yipan.distribution.sharing.actions import LinkWish, share
from yipan.group.people.screens import ElsewhereAdmin
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.ledger.models import Seal
from yipan.payouts.settlement.actions import release_due, set_settlement_policy
from yipan.payouts.withdrawals.actions import (
    Shown,
    add_card,
    apply_return,
    load_return,
    make_bank_file,
    request_withdrawal,
    set_withdrawal_policy,
    verify_card,
    verify_name,
)
from yipan.payouts.withdrawals.models import Withdrawal
from yipan.trade.orders.actions import open_refund_request

STORE = "R1-A"
SCREENS: dict[str, type[Model]] = {
    f"{model._meta.app_label}/{model._meta.model_name}/": model
    for model, screen in admin.site._registry.items()
    if not isinstance(screen, ElsewhereAdmin)
}
"""The framework's pages, by their addresses behind the console's."""


def furnished_shop() -> Shop:
    """A shop that sold, refunded, released and paid out; all of it at the store R1-A."""
    shop = open_shop()
    store = shop.tree[STORE]
    set_settlement_policy(organisation_id=store.id, data={"hold_days": 3}, by=SYSTEM)
    (line,) = shop.sell(
        shop.line("LINE", 2),
        payment_provider="cash",
        payment_reference="P-1",
        buyer_scheme="crm",
        buyer="M-1",
    )
    give_back(line, 1, 8_000)
    open_refund_request(line_id=line.id, quantity=1, amount=100, reason="色差")
    shop.sell(shop.line("FIXED"))
    on_its_way(shop)
    stray_payment(shop)
    _sell_goods(shop)
    share(wish=LinkWish(shop.guide.code, STORE))
    bind_member(
        member_id=line.order.member_id or 0, distributor=shop.leader.code, reason="换人", by=SYSTEM
    )
    register_coupons(distributor=shop.guide.code, coupons=["C-9"], by=SYSTEM)
    make_client(store)
    make_delivery(make_endpoint(store).endpoint, next_at=clock.now() + timedelta(days=1))
    _pay_out(shop)
    Seal.objects.create(
        sequence=1, from_xact=0, until_xact=1, journals=1, previous="", hash="0" * 64,
        sealed_at=clock.now(),
    )  # fmt: skip
    return shop


def _sell_goods(shop: Shop) -> None:
    """What stands in the pool of the store itself."""
    store = shop.tree[STORE]
    make_category()
    make_price(shop.skus["FIXED"], 900, store)
    make_offer(shop.skus["NONE"], store, make_rule(organisation=store))
    ImportRun.objects.create(
        organisation=store,
        digest="0" * 64,
        file_name="offers.csv",
        choice="all",
        rows=1,
        created=1,
        changed=0,
        unchanged=0,
        faulty=0,
        imported_at=clock.now(),
        imported_by=str(SYSTEM),
    )


def _pay_out(shop: Shop) -> None:
    with clock.at(PAID + timedelta(days=60)):
        release_due()
    put_available(shop.guide, 100_000)
    verify_name(distributor=shop.guide, name=NAME, by=CLERK)
    card = add_card(
        distributor=shop.guide, holder=NAME, number=card_with("8888"), bank="工商银行", by=CLERK
    )
    verify_card(card=card, by=BOSS)
    by_file = {"provider": "bank_file", "payer": "company"}
    set_withdrawal_policy(organisation_id=shop.tree[STORE].id, data=by_file, by=BOSS)
    paid = request_withdrawal(distributor=shop.guide, card=card, amount=50_000, by=CLERK)
    _through_the_bank(paid)


def _through_the_bank(paid: Withdrawal) -> None:
    """Handed over in a file, with an answer that does not agree."""
    make_bank_file(
        payer_id=paid.payer_id,
        withdrawal_ids=[paid.id],
        layout="standard",
        shown=Shown(1, paid.net),
        by=CLERK,
    )
    content = f"业务流水号,金额,状态\n{paid.reference},1.00,成功\n".encode()
    loaded = load_return(payer_id=paid.payer_id, file_name="r.csv", content=content, by=CLERK)
    apply_return(return_id=loaded.id, by=CLERK)
