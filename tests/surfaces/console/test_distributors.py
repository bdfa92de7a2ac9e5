"""Distributors: the list, one with all relations, and acts that ask with a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.customers.members.builders import make_member
from tests.distribution.distributors.builders import again, hang, make_distributor
from tests.group.organisations.builders import GroupTree
from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from yipan.distribution.attribution.actions import bind_member
from yipan.distribution.attribution.queries import live_bindings
from yipan.distribution.distributors.actions import grant
from yipan.distribution.distributors.models import Distributor, DistributorGrant
from yipan.group.people.models import Role
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import AuditEntry

PAGE = "distributors/"


def listed(answer: Any) -> list[str]:
    return [row.code for row, _tone in answer.context["rows"]]


def ask(console: Console, distributor: Distributor, act: str, **values: str) -> Any:
    address = f"/console/distributors/{distributor.id}/{act}/"
    return console.client.post(address, values) if values else console.client.get(address)


def test_the_list_is_searched_filtered_and_ordered(boss: Console, group: GroupTree) -> None:
    make_distributor(group["R1-A"], "A1", name="梅", kind="guide")
    make_distributor(group["R1-B"], "B1", name="兰", kind="partner", grade="金牌")
    make_distributor(group["F1-A"], "F1", name="竹", kind="guide")
    assert listed(boss.get(PAGE)) == ["A1", "B1", "F1"]
    assert listed(boss.get(f"{PAGE}?q=兰")) == ["B1"]
    assert listed(boss.get(f"{PAGE}?kind=guide&sort=-code")) == ["F1", "A1"]
    assert listed(boss.get(f"{PAGE}?organisation={group['RETAIL'].id}")) == ["A1", "B1"]
    assert listed(boss.get(f"{PAGE}?status=left")) == []
    assert "No distributor here" in boss.get(f"{PAGE}?q=none").content.decode()
    assert listed(boss.get(f"{PAGE}?sort=password&page=x&organisation=abc")) == ["A1", "B1", "F1"]


def test_one_page_tells_standing_relations_and_history(boss: Console, group: GroupTree) -> None:
    leader = make_distributor(group["R1-A"], "L", name="领队")
    one = hang(make_distributor(group["R1-A"], "ONE", name="梅"), leader)
    below = hang(make_distributor(group["R1-A"], "BELOW", name="小兰"), one)
    grant(distributor=one, organisation=group["R1-B"], by=SYSTEM, reason="支援")
    member = make_member(organisation=group["R1-A"])
    bind_member(member_id=member.id, distributor="ONE", reason="指定", by=SYSTEM)
    answer = boss.get(f"{PAGE}{one.id}/")
    page = answer.context["page"]
    assert page.customers == 1
    assert [each.row.organisation for each in page.grants] == [group["R1-B"]]
    assert page.downlines == [below]
    assert {"taken on", "upline changed", "grant given"} <= {step.title for step in page.steps}
    text = answer.content.decode()
    for part in ("领队", "小兰", "支援", "上海二店", "1 bound"):
        assert part in text, part


def test_acts_change_what_they_say_and_are_written_down(boss: Console, group: GroupTree) -> None:
    one = make_distributor(group["R1-A"], "ONE", name="梅")
    make_distributor(group["R1-B"], "TWO")
    changed = {"name": "梅梅", "kind": "partner", "grade": "特级", "qualified_until": "2099-01-01"}
    assert ask(boss, one, "describe", **changed, reason="考核").status_code == 200
    ask(boss, one, "home", organisation=str(group["R1-B"].id), reason="调店")
    ask(boss, one, "upline", upline="two", reason="组队")
    ask(boss, one, "suspend", reason="调查")
    now = again(one)
    assert (now.name, now.kind, now.grade) == ("梅梅", "partner", "特级")
    assert now.organisation == group["R1-B"]
    assert now.upline is not None
    assert (now.upline.code, now.status) == ("TWO", "suspended")
    assert now.qualified_until is not None
    ask(boss, one, "reactivate", reason="查清")
    ask(boss, one, "leave", reason="离职")
    assert again(one).status == "left"
    actions = set(
        AuditEntry.objects.filter(subject_id=one.id)
        .exclude(reason="")
        .values_list("action", "reason")
    )
    assert {("distributors.suspend", "调查"), ("distributors.leave", "离职")} <= actions


def test_nothing_is_done_without_a_reason_or_with_a_wrong_code(
    boss: Console, group: GroupTree
) -> None:
    one = make_distributor(group["R1-A"], "ONE")
    for act in ("suspend", "leave", "upline", "hand-over"):
        refused = ask(boss, one, act, upline="", successor="ONE", reason="")
        assert refused.status_code == 422, act
    wrong = ask(boss, one, "upline", upline="NOBODY", reason="x")
    assert wrong.status_code == 422
    assert "there is no distributor with this code" in wrong.content.decode()
    own = ask(boss, one, "upline", upline="ONE", reason="x")
    assert own.status_code == 422
    assert again(one).status == "active"


def test_grants_are_given_for_a_time_and_ended(boss: Console, group: GroupTree) -> None:
    one = make_distributor(group["R1-A"], "ONE")
    there = group["F1"]
    given = ask(
        boss, one, "grant",
        organisation=str(there.id), valid_from="", valid_until="2099-01-01", reason="支援",
    )  # fmt: skip
    assert given.status_code == 200
    assert DistributorGrant.objects.get(distributor=one).organisation == there
    dialog = boss.client.get(f"/console/distributors/{one.id}/end-grant/?organisation={there.id}")
    assert "食品公司" in dialog.content.decode()
    assert ask(boss, one, "end-grant", organisation=str(there.id), reason="结束").status_code == 200
    until = DistributorGrant.objects.get(distributor=one).valid_until
    assert until is not None
    assert until <= clock.now() + timedelta(seconds=1)


def test_customers_are_handed_over(boss: Console, group: GroupTree) -> None:
    one, two = make_distributor(group["R1-A"], "ONE"), make_distributor(group["R1-B"], "TWO")
    member = make_member(organisation=group["R1-A"])
    bind_member(member_id=member.id, distributor="ONE", reason="指定", by=SYSTEM)
    assert ask(boss, one, "hand-over", successor="TWO", reason="离店").status_code == 200
    paths = [group.headquarters.path]
    (binding,) = live_bindings(at=clock.now(), paths=paths, member_id=member.id)
    assert binding.distributor_id == two.id
    assert AuditEntry.objects.filter(action="attribution.hand_over", reason="离店").exists()


def test_others_distributors_are_not_there(group: GroupTree) -> None:
    mine = make_distributor(group["R1-A"], "MINE")
    theirs = make_distributor(group["F1-A"], "THEIRS")
    console = Console.of(make_person("part", group["R1"], Role.ADMINISTRATOR))
    assert listed(console.get(PAGE)) == ["MINE"]
    assert listed(console.get(f"{PAGE}?organisation={group['F1'].id}")) == []
    assert console.get(f"{PAGE}{theirs.id}/").status_code == 404
    for act in ("suspend", "leave", "grant", "hand-over"):
        assert ask(console, theirs, act).status_code == 404, act
        assert ask(console, theirs, act, reason="x").status_code == 404, act
    assert ask(console, mine, "upline", upline="THEIRS", reason="x").status_code == 422
    assert ask(console, mine, "hand-over", successor="THEIRS", reason="x").status_code == 422
    outside = ask(console, mine, "home", organisation=str(group["F1-A"].id), reason="x")
    assert outside.status_code == 422
    assert again(theirs).status == "active"


def test_whoever_only_reads_has_no_act(group: GroupTree) -> None:
    one = make_distributor(group["R1-A"], "ONE")
    reader = Console.of(make_person("reader", group["R1-A"], Role.STORE_MANAGER))
    page = reader.get(f"{PAGE}{one.id}/")
    assert page.status_code == 200
    assert 'data-test="acts"' not in page.content.decode()
    assert ask(reader, one, "suspend", reason="x").status_code == 404
    nobody = Console.of(make_person("nobody", group.headquarters, Role.GUIDE))
    assert nobody.get(PAGE).status_code == 302


def test_statements_do_not_grow_with_what_is_shown(boss: Console, group: GroupTree) -> None:
    def statements(address: str) -> int:
        boss.get(address)
        with CaptureQueriesContext(connection) as run:
            assert boss.get(address).status_code == 200
        return len(run)

    one = make_distributor(group["R1-A"], "ONE")
    one_page = f"{PAGE}{one.id}/"
    hang(make_distributor(group["R1-B"], "D"), one)
    grant(distributor=one, organisation=group["R1-B"], by=SYSTEM)
    hang(one, make_distributor(group["R1-B"], "UP0"))
    before = statements(PAGE), statements(one_page)
    for number in range(6):
        hang(make_distributor(group["R1-B"], f"D{number}X"), one)
        hang(one, make_distributor(group["R1-B"], f"UP{number}X"))
    grant(distributor=one, organisation=group["F1"], by=SYSTEM)
    assert (statements(PAGE), statements(one_page)) == before
    assert before[0] <= 10
    assert before[1] <= 17


def test_qualifications_that_end_soon_are_a_task_and_a_filter(
    boss: Console, group: GroupTree
) -> None:
    now, day = clock.now(), timedelta(days=1)
    make_distributor(group["R1-A"], "SOON", qualified_until=now + 3 * day)
    make_distributor(group["R1-A"], "LATER", qualified_until=now + 30 * day)
    make_distributor(group["R1-A"], "EVER")
    over = make_distributor(group["R1-A"], "OVER")
    Distributor.objects.filter(pk=over.pk).update(qualified_until=now - day)
    tasks = {task.name: task for task in boss.get("").context["tasks"]}
    assert tasks["qualifications"].count == 1
    assert listed(boss.client.get(tasks["qualifications"].link)) == ["SOON"]
    assert listed(boss.get(f"{PAGE}?qualification=over")) == ["OVER"]
