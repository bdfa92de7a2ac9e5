"""Playing the demo from the founding of the group to its last day."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from yipan.demo import (
    aftermath,
    bank_files,
    consumers,
    earning,
    founding,
    goods,
    links,
    payouts,
    trade,
    waiting,
    words,
)
from yipan.demo.drawn import PictureBook
from yipan.demo.people import SignIn
from yipan.demo.plan import ZONE, Plan
from yipan.demo.season import orders_per_day
from yipan.demo.shopping import Mall
from yipan.distribution.distributors.models import Distributor
from yipan.group.organisations.actions import create_tenant
from yipan.group.organisations.errors import TenantCodeTaken
from yipan.group.organisations.models import Organisation
from yipan.group.people.models import Role
from yipan.kernel import clock, sql
from yipan.kernel.models import Tenant
from yipan.kernel.modules import all_permissions
from yipan.kernel.tenancy import tenant_context
from yipan.ledger import upkeep
from yipan.surfaces.openapi.actions import create_client
from yipan.trade.orders.actions import count_units_sold
from yipan.trade.orders.requests import OrderRequest


class Told(Protocol):
    """Hears how far each step is; `total` stays the same for a step."""

    def __call__(self, step: str, done: int, total: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Demo:
    """What was made, and how to get in."""

    tenant: str
    """Its code."""
    password: str
    sign_ins: list[SignIn]
    api_key: str
    orders: int
    members: int
    distributors: int
    missed: int
    """Orders that came to nothing because the goods had run out."""


def generate(plan: Plan, told: Told) -> Demo:
    """Make the group and play its trade. Raises TenantCodeTaken.

    While it is being made the tenant is closed and has another code, so that nobody works with
    half of it, and a generation that was broken off is in nobody's way.
    """
    if Tenant.objects.filter(code=plan.code).exists():
        raise TenantCodeTaken(value=plan.code)
    sql.execute("SET synchronous_commit TO off")  # a demo that a power cut takes is made again
    try:
        return _made(plan, told)
    finally:
        sql.execute("RESET synchronous_commit")


def _made(plan: Plan, told: Told) -> Demo:
    with clock.at(plan.opening):
        tenant = create_tenant(
            code=f"{plan.code}-unfinished-{secrets.token_hex(4)}",
            name=words.GROUP,
            timezone=ZONE,
        )
    Tenant.objects.filter(id=tenant.id).update(is_active=False)
    with PictureBook() as book:
        market = _set_up(plan, tenant, told, book)
    group = market.group
    _play(market, tenant, told)
    with tenant_context(tenant.id):
        upkeep.fold_balances()
        upkeep.seal_journals()
        count_units_sold()
        Tenant.objects.filter(id=tenant.id).update(code=plan.code, is_active=True)
        issued = create_client(
            name="示范程序",
            organisation_id=group.headquarters.id,
            scopes=all_permissions(),
            by=group.staff[Role.ADMINISTRATOR],
        )
        distributors = Distributor.objects.count()
    return Demo(
        tenant=plan.code,
        password=plan.password,
        sign_ins=group.sign_ins,
        api_key=issued.key,
        orders=market.captured,
        members=plan.members,
        distributors=distributors,
        missed=market.missed,
    )


def _set_up(plan: Plan, tenant: Tenant, told: Told, book: PictureBook) -> trade.Market:
    """One step per context: what a step changes, the next one reads from its own memory again."""
    goods.begin_pictures(plan, book)
    book.begin_faces()
    with clock.at(plan.opening):
        told("people", 0, 3)
        with tenant_context(tenant.id):
            group = founding.found(plan, Organisation.objects.get(parent=None))
        told("people", 1, 3)
        with tenant_context(tenant.id):
            for _ in founding.know_buyers(plan, group):
                pass
            buyers = consumers.know_consumers(plan, group)
        told("people", 2, 3)
        with tenant_context(tenant.id):
            founding.portray(plan, group, book)
        told("people", 3, 3)
        told("goods", 0, 4)
        with tenant_context(tenant.id):
            ranges = goods.load(plan, book)
        told("goods", 1, 4)
        with tenant_context(tenant.id):
            goods.stock_up(plan, group, ranges)
        told("goods", 2, 4)
        with tenant_context(tenant.id):
            earning.open_pool(plan, group, ranges)
        told("goods", 3, 4)
        with tenant_context(tenant.id):
            shared = links.share(plan, group, ranges)
        told("goods", 4, 4)
    return trade.Market(plan, group, ranges, shared, plan.chance("trade"), buyers)


def _play(market: trade.Market, tenant: Tenant, told: Told) -> None:
    plan = market.plan
    late: dict[int, list[OrderRequest]] = {}
    done = 0
    with tenant_context(tenant.id):
        purse = payouts.open_purses(plan, market.group)
        bank = bank_files.open_bank(plan, market.group, purse)
    mall = Mall(market)
    told("orders", 0, plan.orders)
    for number, count in enumerate(orders_per_day(plan)):
        with tenant_context(tenant.id):
            mall.day(number)
        with clock.at(plan.end_of(number)), tenant_context(tenant.id):
            for taken in trade.day_of_trade(market, number, count, late):
                done += taken
                told("orders", done, plan.orders)
            aftermath.take_back(market, number)
            payouts.release()
            bank_files.day_at_the_bank(bank, number)
            if number == payouts.EVERY_DAYS:
                earning.revise_policies(plan, market.group)
            if number == plan.days - 1:
                _leave_open(market, purse)
                mall.last_minutes()
                waiting.run_out(market)
                waiting.hand_in_offers(market)
            elif number % payouts.EVERY_DAYS == 0:
                payouts.withdraw(purse)


def _leave_open(market: trade.Market, purse: payouts.Purse) -> None:
    """What a stranger finds to be done: requests to answer, withdrawals to approve."""
    aftermath.ask_for_refunds(market, list(market.latest))
    payouts.withdraw_last(purse)


def write_down(demo: Demo, path: Path) -> None:
    """Keep how to get in, readable by the owner only."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(demo), file, ensure_ascii=False, indent=2)
