from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.distribution.distributors.builders import hang, make_distributor
from tests.group.organisations.builders import make_tree
from yipan.distribution.distributors.actions import leave
from yipan.distribution.distributors.errors import (
    ChainTooLong,
    DistributorCodeTaken,
    DistributorHasLeft,
    DistributorNotActive,
    UplineMakesCycle,
)
from yipan.distribution.distributors.models import Distributor, DistributorStatus
from yipan.distribution.distributors.queries import lines_above
from yipan.distribution.distributors.rules import LONGEST_CHAIN
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context

Run = Callable[[Callable[[int], Any], int], list[Any]]


def assert_relations_are_sound() -> None:
    """Walks every line by hand: no cycle, at most three levels, nobody who left in it."""
    rows = {row.id: row for row in Distributor.objects.all()}
    for row in rows.values():
        line = [row]
        while line[-1].upline_id is not None:
            line.append(rows[line[-1].upline_id])
            assert len(line) <= LONGEST_CHAIN
        assert all(above.status != DistributorStatus.LEFT for above in line[1:])


def test_two_who_hang_themselves_under_each_other_at_once_make_no_cycle(
    committed_tenant: Tenant, run_concurrently: Run
) -> None:
    group = make_tree()
    both = [make_distributor(group["R1"]) for _ in range(2)]

    def change(number: int) -> str:
        with tenant_context(committed_tenant.id):
            return hang(both[number], both[1 - number]).code

    answers = run_concurrently(change, 2)
    failed = [type(each) for each in answers if not isinstance(each, str)]
    assert failed == [UplineMakesCycle]
    assert_relations_are_sound()


def test_changes_all_around_at_once_leave_sound_relations(
    committed_tenant: Tenant, run_concurrently: Run
) -> None:
    group = make_tree()
    ring = [make_distributor(group["R1"]) for _ in range(6)]

    def change(number: int) -> str:
        with tenant_context(committed_tenant.id):
            for step in (1, 2, 5):
                try:
                    hang(ring[number], ring[(number + step) % 6])
                except (UplineMakesCycle, ChainTooLong):
                    continue
        return "done"

    assert run_concurrently(change, 6) == ["done"] * 6
    assert_relations_are_sound()
    assert any(len(line) > 1 for line in lines_above([each.id for each in ring]).values())


def test_nobody_ends_up_under_somebody_who_leaves_at_that_moment(
    committed_tenant: Tenant, run_concurrently: Run
) -> None:
    group = make_tree()
    top = make_distributor(group["R1"])
    others = [make_distributor(group["R1"]) for _ in range(5)]

    def change(number: int) -> str:
        with tenant_context(committed_tenant.id):
            if number == 2:
                leave(distributor=top, successor=others[0], by=SYSTEM, reason="离职")
            else:
                hang(others[number], top)
        return "done"

    answers = run_concurrently(change, 5)
    failed = {type(each) for each in answers if not isinstance(each, str)}
    assert failed <= {DistributorNotActive}
    assert_relations_are_sound()


def test_of_two_who_hand_over_to_each_other_at_once_one_stays(
    committed_tenant: Tenant, run_concurrently: Run
) -> None:
    group = make_tree()
    both = [make_distributor(group["R1"]) for _ in range(2)]

    def change(number: int) -> str:
        with tenant_context(committed_tenant.id):
            return leave(
                distributor=both[number], successor=both[1 - number], by=SYSTEM, reason="离职"
            ).status

    answers = run_concurrently(change, 2)
    failed = [type(each) for each in answers if not isinstance(each, str)]
    assert failed in ([DistributorNotActive], [DistributorHasLeft])


def test_one_code_at_once_is_given_once(committed_tenant: Tenant, run_concurrently: Run) -> None:
    group = make_tree()

    def change(_: int) -> str:
        with tenant_context(committed_tenant.id):
            return make_distributor(group["R1"], "G01").code

    answers = run_concurrently(change, 4)
    assert answers.count("G01") == 1
    assert {type(each) for each in answers if each != "G01"} == {DistributorCodeTaken}
