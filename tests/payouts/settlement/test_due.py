"""When commission is due: payment, completion, disputes, and what went unheard."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.payouts.settlement.builders import (
    earn,
    make_distributor,
    plant_group,
    purse,
)
from yipan.distribution.commissions.models import Entry, EntryState
from yipan.distribution.commissions.ports import due_policy
from yipan.group.organisations.models import Level, Organisation
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.events import announce
from yipan.kernel.ids import next_id
from yipan.kernel.models import Tenant
from yipan.kernel.uow import unit_of_work
from yipan.payouts.settlement import actions
from yipan.payouts.settlement.queries import Standing, entries_standing, policy_for, standing_of
from yipan.payouts.settlement.rules import due_after_completion
from yipan.trade.orders.events import LinesCompleted, RefundRequestClosed, RefundRequestOpened


def due_of(entry: Entry) -> datetime | None:
    state: EntryState = EntryState.objects.get(id=entry.id)
    return state.due_at


def complete(entry: Entry, at: datetime) -> None:
    with unit_of_work():
        announce(LinesCompleted(entry.order_id, entry.organisation_id, (entry.line_id,), at))


def test_what_is_earned_is_due_by_the_nearest_policy(tenant: Tenant) -> None:
    group = plant_group()
    lineage = (group.store.id, group.company.id, group.headquarters.id)
    actions.set_settlement_policy(
        organisation_id=group.headquarters.id, data={"hold_days": 3}, by=SYSTEM
    )
    actions.set_settlement_policy(
        organisation_id=group.company.id,
        data={"hold_days": 1, "auto_complete_days": 2},
        by=SYSTEM,
    )
    now = clock.now()
    due = due_policy(lineage, now)
    assert due is not None
    assert (due.hold_days, due.due_at) == (1, now + timedelta(days=3))
    assert policy_for(lineage[2:], now).hold_days == 3
    assert policy_for(lineage, now - timedelta(days=1)).hold_days == 7


def test_the_hold_runs_from_completion(tenant: Tenant) -> None:
    guide = make_distributor(plant_group().store)
    now = clock.now()
    entry = earn(guide, 500, due_at=now + timedelta(days=17))
    complete(entry, now + timedelta(days=2))
    assert due_of(entry) == now + timedelta(days=9)
    complete(entry, now + timedelta(days=11))
    assert due_of(entry) == now + timedelta(days=9)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.integers(0, 20), hours=st.integers(0, 23), hold=st.integers(0, 30))
def test_the_statement_says_what_the_rule_says(
    tenant: Tenant, days: int, hours: int, hold: int
) -> None:
    known = Organisation.objects.filter(level=Level.STORE).first()
    guide = make_distributor(known or plant_group().store)
    now = clock.now()
    due = now + timedelta(days=10 + hold)
    entry = earn(guide, 100, due_at=due, hold_days=hold)
    completed = now + timedelta(days=days, hours=hours)
    complete(entry, completed)
    assert due_of(entry) == due_after_completion(completed, hold, due)


def test_a_refund_request_holds_the_line_until_it_is_closed(tenant: Tenant) -> None:
    group = plant_group()
    guide = make_distributor(group.store)
    entry = earn(guide, 500)
    other = earn(guide, 300)
    with unit_of_work():
        announce(RefundRequestOpened(next_id(), entry.line_id, entry.organisation_id))
    actions.release_due()
    assert purse(guide)["available"] == 300
    held = entries_standing(Standing.HELD, scope_path=group.company.path, at=clock.now())
    assert [state.id for state in held] == [entry.id]
    with unit_of_work():
        closed = (
            RefundRequestClosed(next_id(), line_id, entry.organisation_id, "refused")
            for line_id in (entry.line_id, other.line_id)
        )
        announce(*closed)
    actions.release_due()
    assert purse(guide)["available"] == 800


def test_a_request_after_the_release_holds_nothing(tenant: Tenant) -> None:
    guide = make_distributor(plant_group().store)
    entry = earn(guide, 500)
    actions.release_due()
    actions.hold_lines(line_ids=[entry.line_id], held=True)
    assert not EntryState.objects.get(id=entry.id).held


@pytest.mark.parametrize("standing", list(Standing))
def test_every_entry_stands_in_exactly_one_place(tenant: Tenant, standing: Standing) -> None:
    group = plant_group()
    guide = make_distributor(group.store)
    now = clock.now()
    entries = {
        Standing.RELEASED: earn(guide, 1),
        Standing.DUE: earn(guide, 2),
        Standing.WAITING: earn(guide, 3, due_at=now + timedelta(days=1)),
        Standing.HELD: earn(guide, 4),
        Standing.UNDATED: earn(guide, 5),
    }
    state = EntryState.objects.filter
    state(id=entries[Standing.RELEASED].id).update(released_at=now)
    state(id=entries[Standing.HELD].id).update(held=True)
    state(id=entries[Standing.UNDATED].id).update(due_at=None)
    found = list(entries_standing(standing, scope_path=group.store.path, at=now))
    assert [row.id for row in found] == [entries[standing].id]
    assert standing_of(found[0], now) is standing
