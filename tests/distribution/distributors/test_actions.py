from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.customers.members.builders import make_member
from tests.distribution.distributors.builders import again, hang, make_distributor
from tests.group.organisations.builders import GroupTree
from tests.group.people.builders import make_person
from yipan.distribution.distributors import actions
from yipan.distribution.distributors.actions import Registration
from yipan.distribution.distributors.errors import (
    ChainTooLong,
    DistributorCodeTaken,
    DistributorHasLeft,
    DistributorNotActive,
    KindUnknown,
    PersonDistributesAlready,
    SpanEmpty,
    SuccessorIsLeaver,
    UplineMakesCycle,
)
from yipan.distribution.distributors.events import DistributorLeft
from yipan.distribution.distributors.models import Distributor, DistributorChange
from yipan.distribution.distributors.queries import grants_of, history_of
from yipan.group.organisations.actions import close_organisation
from yipan.group.organisations.errors import OrganisationClosed
from yipan.kernel import clock, events
from yipan.kernel.actor import SYSTEM, Actor, ActorKind
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.models import AuditEntry, OutboxEvent

NOON = datetime(2040, 3, 1, 12, tzinfo=UTC)
LAN = Actor(ActorKind.PERSON, 9, "lan")


def told(distributor: Distributor) -> list[tuple[str, Any, Any]]:
    """What, before and after, newest first."""
    return [(each.what, each.before, each.after) for each in history_of(distributor)]


def test_a_new_distributor_is_active_and_has_a_history(group: GroupTree) -> None:
    buyer = make_member().pk
    with clock.at(NOON):
        mei = make_distributor(group["R1-A"], " g01 ", member_id=buyer, grade="银")
    stored = again(mei)
    assert (stored.code, stored.status, stored.member_id) == ("G01", "active", buyer)
    assert (stored.organisation_id, stored.joined_at) == (group["R1-A"].id, NOON)
    ((what, before, after),) = told(mei)
    assert (what, before, after["code"], after["grade"]) == ("register", {}, "G01", "银")
    assert AuditEntry.objects.get(action="distributors.register").subject_id == mei.id
    event = OutboxEvent.objects.get(name="distributor.registered")
    assert (event.organisation_id, event.payload["code"]) == (group["R1-A"].id, "G01")


def test_distributors_are_taken_on_in_the_same_statements_for_any_number(
    group: GroupTree, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    boss = make_distributor(group["R1"], "BOSS")
    for count in (1, 40):
        registrations = [
            Registration(
                organisation=group["R1-A"], code=f"{count}-{number}", name="梅", kind="guide",
                upline=boss,
            )
            for number in range(count)
        ]  # fmt: skip
        # savepoint 2, turn, codes, uplines, lines, insert, history + audit + outbox
        with django_assert_num_queries(8):
            actions.register_distributors(registrations, by=SYSTEM)
    assert Distributor.objects.filter(upline=boss).count() == 41


def test_a_code_is_never_given_twice(group: GroupTree) -> None:
    mei = make_distributor(group["R1-A"], "G01")
    with pytest.raises(DistributorCodeTaken):
        make_distributor(group["F1-A"], "g01")
    actions.leave(distributor=mei, successor=None, by=SYSTEM, reason="离职")
    with pytest.raises(DistributorCodeTaken):
        make_distributor(group["F1-A"], "G01")


def test_a_batch_with_one_code_twice_takes_nobody_on(group: GroupTree) -> None:
    twins = [
        Registration(organisation=group["R1"], code=code, name="梅", kind="guide")
        for code in ("G01", "g01 ")
    ]
    with pytest.raises(DistributorCodeTaken):
        actions.register_distributors(twins, by=SYSTEM)
    assert not Distributor.objects.exists()
    assert actions.register_distributors([], by=SYSTEM) == []


def test_a_person_is_one_distributor_until_they_leave(group: GroupTree) -> None:
    person = make_person("mei")
    first = make_distributor(group["R1-A"], "G01", person=person)
    with pytest.raises(PersonDistributesAlready):
        make_distributor(group["F1-A"], "G02", person=person)
    actions.leave(distributor=first, successor=None, by=SYSTEM, reason="离职")
    assert make_distributor(group["F1-A"], "G03", person=person).person_id == person.pk


def test_a_distributor_is_not_taken_on_with_faulty_values(group: GroupTree) -> None:
    with pytest.raises(KindUnknown):
        make_distributor(group["R1"], kind="king")
    with pytest.raises(InvalidField):
        make_distributor(group["R1"], "two words")
    with pytest.raises(InvalidField):
        make_distributor(group["R1"], name=" ")
    with pytest.raises(NotFound):
        make_distributor(group["R1"], member_id=77)
    with pytest.raises(SpanEmpty):
        make_distributor(group["R1"], qualified_from=NOON, qualified_until=NOON)
    closed = close_organisation(organisation=group["R2-A"], by=SYSTEM, reason="到期")
    with pytest.raises(OrganisationClosed):
        make_distributor(closed)


def chain(group: GroupTree, length: int) -> list[Distributor]:
    """Distributors hung under each other, the highest first."""
    found: list[Distributor] = []
    for _ in range(length):
        found.append(make_distributor(group["R1"], upline=found[-1] if found else None))
    return found


def test_a_fourth_level_is_refused_from_above_and_from_below(group: GroupTree) -> None:
    top, middle, low = chain(group, 3)
    single = make_distributor(group["R1"])
    with pytest.raises(ChainTooLong):
        make_distributor(group["R1"], upline=low)
    with pytest.raises(ChainTooLong):
        hang(single, low)
    with pytest.raises(ChainTooLong):
        hang(top, single)
    pair = chain(group, 2)
    with pytest.raises(ChainTooLong):
        hang(pair[0], middle)
    assert hang(single, middle).upline_id == middle.id
    assert hang(pair[0], top).upline_id == top.id


def test_nobody_is_hung_under_themselves_or_their_own_line(group: GroupTree) -> None:
    top, middle, low = chain(group, 3)
    for upline in (top, middle, low):
        with pytest.raises(UplineMakesCycle):
            hang(top, upline)
    assert hang(low, top).upline_id == top.id


def test_a_change_of_upline_is_told_with_both(group: GroupTree) -> None:
    top, middle, _ = chain(group, 3)
    hang(middle, None)
    hang(middle, None)
    (first, _) = told(middle)
    assert first == ("set_upline", {"upline_id": top.id}, {"upline_id": None})
    assert history_of(middle)[0].reason == "组队"


def test_an_upline_is_active(group: GroupTree) -> None:
    top, single = make_distributor(group["R1"]), make_distributor(group["R1"])
    actions.suspend(distributor=top, by=SYSTEM, reason="核查")
    with pytest.raises(DistributorNotActive):
        hang(single, top)
    with pytest.raises(DistributorNotActive):
        make_distributor(group["R1"], upline=top)
    actions.reactivate(distributor=top, by=SYSTEM, reason="清白")
    assert hang(single, top).upline_id == top.id


def test_a_suspension_and_its_end_are_told_to_programs(group: GroupTree) -> None:
    mei = make_distributor(group["R1-A"])
    actions.suspend(distributor=mei, by=LAN, reason="核查")
    actions.suspend(distributor=mei, by=LAN, reason="再查")
    actions.reactivate(distributor=mei, by=LAN, reason="清白")
    assert [what for what, *_ in told(mei)] == ["reactivate", "suspend", "register"]
    told_outside = OutboxEvent.objects.filter(name="distributor.status_changed").order_by("id")
    assert [event.payload["status"] for event in told_outside] == ["suspended", "active"]


def test_details_change_with_history_and_audit(group: GroupTree) -> None:
    mei = make_distributor(group["R1-A"], grade="银")
    until, buyer = NOON + timedelta(days=1), make_member().pk
    actions.move_home(distributor=mei, to=group["F1-A"], by=LAN, reason="调店")
    actions.change_grade(distributor=mei, grade="金", by=LAN)
    actions.change_grade(distributor=mei, grade="金", by=LAN)
    actions.change_kind(distributor=mei, kind="partner", by=LAN, reason="转签")
    actions.rename_distributor(distributor=mei, name="梅姐", by=LAN)
    actions.link_member(distributor=mei, member_id=buyer, by=LAN)
    actions.set_qualification(distributor=mei, qualified_from=None, qualified_until=until, by=LAN)
    stored = again(mei)
    assert (stored.organisation_id, stored.grade, stored.kind) == (
        group["F1-A"].id,
        "金",
        "partner",
    )
    assert (stored.name, stored.member_id, stored.qualified_until) == ("梅姐", buyer, until)
    assert [what for what, *_ in told(mei)][::-1] == [
        "register", "move_home", "change_grade", "change_kind", "rename", "link_member",
        "set_qualification",
    ]  # fmt: skip
    assert told(mei)[4] == ("change_grade", {"grade": "银"}, {"grade": "金"})
    assert AuditEntry.objects.filter(subject_id=mei.id).count() == 7
    assert {each.changed_by for each in history_of(mei)} == {str(SYSTEM), "person:9:lan"}


def test_a_home_is_open_and_a_qualification_not_empty(group: GroupTree) -> None:
    mei = make_distributor(group["R1-A"])
    closed = close_organisation(organisation=group["R2-A"], by=SYSTEM, reason="到期")
    with pytest.raises(OrganisationClosed):
        actions.move_home(distributor=mei, to=closed, by=SYSTEM, reason="调店")
    with pytest.raises(SpanEmpty):
        actions.set_qualification(
            distributor=mei, qualified_from=NOON, qualified_until=NOON, by=SYSTEM
        )


def test_a_grant_begins_now_and_ends_when_it_is_taken_back(group: GroupTree) -> None:
    mei = make_distributor(group["R1-A"])
    with clock.at(NOON):
        actions.grant(distributor=mei, organisation=group["F1"], by=LAN)
    with clock.at(NOON + timedelta(days=1)):
        actions.grant(distributor=mei, organisation=group["F1"], by=LAN)
        actions.revoke_grant(distributor=mei, organisation=group["F1"], by=LAN, reason="期满")
        actions.revoke_grant(distributor=mei, organisation=group["F1"], by=LAN, reason="期满")
    (grant,) = grants_of(mei)
    assert (grant.valid_from, grant.valid_until) == (NOON, NOON + timedelta(days=1))
    assert [what for what, *_ in told(mei)] == ["revoke_grant", "grant", "register"]


def test_a_grant_that_ended_begins_anew(group: GroupTree) -> None:
    mei = make_distributor(group["R1-A"])
    with clock.at(NOON):
        actions.grant(distributor=mei, organisation=group["F1"], by=LAN)
        actions.revoke_grant(distributor=mei, organisation=group["F1"], by=LAN, reason="期满")
    with clock.at(NOON + timedelta(days=2)):
        actions.grant(distributor=mei, organisation=group["F1"], by=LAN)
    (grant,) = grants_of(mei)
    assert (grant.valid_from, grant.valid_until) == (NOON + timedelta(days=2), None)


def test_a_grant_taken_back_before_it_begins_never_holds(group: GroupTree) -> None:
    mei = make_distributor(group["R1-A"])
    later = NOON + timedelta(days=9)
    with clock.at(NOON):
        actions.grant(distributor=mei, organisation=group["F1"], valid_from=later, by=LAN)
        actions.revoke_grant(distributor=mei, organisation=group["F1"], by=LAN, reason="误")
    (grant,) = grants_of(mei)
    assert grant.valid_from == grant.valid_until == later


def test_grants_are_refused_by_name(group: GroupTree) -> None:
    mei = make_distributor(group["R1-A"])
    with pytest.raises(NotFound):
        actions.revoke_grant(distributor=mei, organisation=group["F1"], by=LAN, reason="试")
    with pytest.raises(SpanEmpty):
        actions.grant(
            distributor=mei, organisation=group["F1"], valid_from=NOON, valid_until=NOON, by=LAN
        )
    closed = close_organisation(organisation=group["R2-A"], by=SYSTEM, reason="到期")
    with pytest.raises(OrganisationClosed):
        actions.grant(distributor=mei, organisation=closed, by=LAN)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[DistributorLeft]:
    found: list[DistributorLeft] = []

    def hear(sequence: Sequence[DistributorLeft]) -> None:
        found.extend(sequence)

    monkeypatch.setitem(events._handlers, DistributorLeft, [("distributors", hear)])
    return found


def test_whoever_leaves_names_a_successor_and_the_team_goes_one_level_up(
    group: GroupTree, heard: list[DistributorLeft]
) -> None:
    top, leaver, low = chain(group, 3)
    other = make_distributor(group["R1"], upline=leaver)
    successor = make_distributor(group["R1"])
    with clock.at(NOON):
        actions.leave(distributor=leaver, successor=successor, by=LAN, reason="离职")
    assert {again(each).upline_id for each in (low, other)} == {top.id}
    stored = again(leaver)
    assert (stored.status, stored.left_at, stored.upline_id) == ("left", NOON, None)
    (event,) = heard
    assert (event.distributor_id, event.successor_id) == (leaver.id, successor.id)
    assert (event.at, event.by, event.reason) == (NOON, LAN, "离职")
    payload = OutboxEvent.objects.get(name="distributor.left").payload
    assert payload["successor_id"] == successor.id
    assert "by" not in payload
    assert told(leaver)[0][2]["successor_id"] == successor.id
    assert told(low)[0] == ("set_upline", {"upline_id": leaver.id}, {"upline_id": top.id})


def test_without_a_successor_nobody_takes_over_and_a_team_without_leader_stands_alone(
    group: GroupTree, heard: list[DistributorLeft]
) -> None:
    top, low = chain(group, 2)
    actions.leave(distributor=top, successor=None, by=LAN, reason="离职")
    assert again(low).upline_id is None
    assert heard[0].successor_id is None


def test_leaving_costs_the_same_statements_for_a_team_of_any_size(
    group: GroupTree,
    heard: list[DistributorLeft],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for size in (1, 20):
        top = make_distributor(group["R1"])
        for _ in range(size):
            make_distributor(group["R1"], upline=top)
        successor = make_distributor(group["R1"])
        # savepoint 2, turn, read, successor, team, hang, leave, history + audit + outbox
        with django_assert_num_queries(9):
            actions.leave(distributor=top, successor=successor, by=LAN, reason="离职")


def test_a_successor_is_another_active_distributor(group: GroupTree) -> None:
    mei, lan = make_distributor(group["R1"]), make_distributor(group["R1"])
    with pytest.raises(SuccessorIsLeaver):
        actions.leave(distributor=mei, successor=mei, by=LAN, reason="离职")
    actions.suspend(distributor=lan, by=LAN, reason="核查")
    with pytest.raises(DistributorNotActive):
        actions.leave(distributor=mei, successor=lan, by=LAN, reason="离职")


def test_whoever_has_left_is_not_changed_any_more(group: GroupTree) -> None:
    mei, lan = make_distributor(group["R1"]), make_distributor(group["R1"])
    actions.leave(distributor=mei, successor=lan, by=LAN, reason="离职")
    before = DistributorChange.objects.count()
    for change in (
        lambda: actions.leave(distributor=mei, successor=lan, by=LAN, reason="再离"),
        lambda: actions.reactivate(distributor=mei, by=LAN, reason="回"),
        lambda: actions.suspend(distributor=mei, by=LAN, reason="停"),
        lambda: hang(mei, lan),
        lambda: actions.move_home(distributor=mei, to=group["F1"], by=LAN, reason="调"),
        lambda: actions.grant(distributor=mei, organisation=group["F1"], by=LAN),
    ):
        with pytest.raises(DistributorHasLeft):
            change()
    with pytest.raises(DistributorNotActive):
        hang(lan, mei)
    assert DistributorChange.objects.count() == before
