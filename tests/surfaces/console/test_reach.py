"""Every screen of the console: it opens to those who may see it, and shows them nothing else."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client

from tests.conftest import make_tenant
from tests.group.organisations.builders import make_tree
from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from tests.surfaces.console.builders import SCREENS, furnished_shop
from tests.trade.orders.builders import Shop
from yipan.distribution.pool.models import CommissionRule
from yipan.group.people.models import Role
from yipan.group.people.screens import ScopedAdmin
from yipan.kernel.models import AuditEntry, Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.payouts.withdrawals.models import BankBreak, BankFile, BankReturn

OF_THE_PAYER = {BankFile, BankReturn, BankBreak}
"""Seen where the money comes from: at the company, not at its stores."""


def screen_of(model: type[Model]) -> ScopedAdmin:
    screen = admin.site.get_model_admin(model)
    assert isinstance(screen, ScopedAdmin), f"the screen of {model} is not scoped"
    return screen


@pytest.fixture
def shop(tenant: Tenant) -> Shop:
    return furnished_shop()


@pytest.fixture
def boss(shop: Shop) -> Console:
    return Console.of(make_person("boss", shop.tree.headquarters, Role.ADMINISTRATOR))


def rows(model: type[Model]) -> list[int]:
    return list(model._default_manager.values_list("pk", flat=True))


def listed(console: Console, screen: str) -> set[int]:
    answer = console.get(screen)
    assert answer.status_code == 200, (screen, answer)
    return {row.pk for row in answer.context["cl"].result_list}


def test_every_screen_and_every_row_opens_at_headquarters(shop: Shop, boss: Console) -> None:
    for screen, model in SCREENS.items():
        assert rows(model), f"furnished_shop() has no row for {screen}"
        assert listed(boss, screen), screen
        for row in rows(model)[:5]:
            answer = boss.get(f"{screen}{row}/change/")
            assert answer.status_code == 200, (screen, row, answer)


def test_the_store_sees_its_own_rows(shop: Shop) -> None:
    manager = Console.of(make_person("all", shop.tree["R1-A"], Role.ADMINISTRATOR))
    for screen, model in SCREENS.items():
        if model not in OF_THE_PAYER:
            assert listed(manager, screen), screen


def test_another_company_sees_none_of_them(shop: Shop) -> None:
    other = Console.of(make_person("other", shop.tree["F1"], Role.ADMINISTRATOR))
    paths = (shop.tree["F1"].path,)
    subtree = {shop.tree[code].id for code in ("F1", "F1-A", "F1-B")}
    from_above = CommissionRule.objects.filter(organisation=shop.tree.headquarters)
    own: dict[type[Model], set[int]] = {
        CommissionRule: set(from_above.values_list("id", flat=True)),
        AuditEntry: set(
            AuditEntry.objects.filter(organisation_id__in=subtree).values_list("id", flat=True)
        ),
    }
    for screen, model in SCREENS.items():
        if screen_of(model).organisation_lookup is None:
            continue
        visible = own.get(model, set())
        if model not in own:
            found = screen_of(model).in_reach(model._default_manager.all(), paths)
            assert not found.exists(), screen
        assert listed(other, screen) == visible, screen
        for row in [row for row in rows(model) if row not in visible][:3]:
            for page in ("change", "history", "delete"):
                status = other.get(f"{screen}{row}/{page}/").status_code
                assert status == 404, (screen, row, page, status)


def test_another_group_sees_none_of_them(shop: Shop) -> None:
    with tenant_context(make_tenant("second").id):
        theirs = make_tree()
        stranger = Console.of(make_person("boss", theirs.headquarters, Role.ADMINISTRATOR))
    for screen, model in SCREENS.items():
        for row in rows(model)[:3]:
            status = stranger.get(f"{screen}{row}/change/").status_code
            assert status == 404, (screen, row, status)
        assert not listed(stranger, screen) & set(rows(model)), screen


def test_without_its_permission_a_screen_stays_closed(shop: Shop) -> None:
    approver = make_person("approver", shop.tree.headquarters, Role.APPROVER)
    console = Console.of(approver)
    for screen, model in SCREENS.items():
        may = approver.scope.holds(f"{screen_of(model).permission}.read")
        assert (console.get(screen).status_code == 200) is may, screen


def test_nothing_of_the_framework_itself_is_on_show() -> None:
    assert {model._meta.app_label for model in SCREENS.values()}.isdisjoint(
        {"auth", "admin", "contenttypes", "sessions", "procrastinate"}
    )


def test_nobody_opens_a_screen_without_signing_in(db: None) -> None:
    for screen in SCREENS:
        answer = Client().get(f"/console/{screen}")
        assert (answer.status_code, answer["Location"]) == (
            302,
            f"/console/login/?next=/console/{screen}",
        )
