"""The organisation tree: honest switches, what there is to know of one, and acts that ask."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.distribution.distributors.builders import make_distributor
from tests.group.organisations.builders import GroupTree
from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from yipan.group.organisations.actions import create_organisation, switch_distribution
from yipan.group.organisations.models import Level, Organisation
from yipan.group.people.models import Role
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import AuditEntry
from yipan.surfaces.console import organisation_tree

PAGE = "organisations/"


def codes(answer: Any) -> list[str]:
    return [row.node.code for row in answer.context["rows"]]


def ask(console: Console, organisation: Organisation, act: str, **values: str) -> Any:
    address = f"/console/organisations/{organisation.id}/{act}/"
    return console.client.post(address, values) if values else console.client.get(address)


def test_the_tree_opens_down_to_the_companies_and_unfolds(boss: Console, group: GroupTree) -> None:
    assert codes(boss.get(PAGE)) == ["HQ", "RETAIL", "R1", "R2", "FOOD", "F1"]
    opened = "-".join(str(group[code].id) for code in ("HQ", "RETAIL", "R1"))
    assert codes(boss.get(f"{PAGE}?open={opened}")) == [
        "HQ", "RETAIL", "R1", "R1-A", "R1-B", "R2", "FOOD",
    ]  # fmt: skip
    shown = boss.get(f"{PAGE}?node={group['R2-A'].id}")
    assert "R2-A" in codes(shown)
    assert shown.context["details"].organisation == group["R2-A"]
    assert boss.get(f"{PAGE}{group['R2-A'].id}/").url == f"/console/{PAGE}?node={group['R2-A'].id}"


def test_the_search_finds_names_and_codes(boss: Console) -> None:
    assert codes(boss.get(f"{PAGE}?q=r1-")) == ["R1-A", "R1-B"]
    assert codes(boss.get(f"{PAGE}?q=上海")) == ["R1-A", "R1-B"]
    assert "Nothing of that name" in boss.get(f"{PAGE}?q=none").content.decode()


def test_a_node_says_when_it_is_off_only_from_above(boss: Console, group: GroupTree) -> None:
    switch_distribution(organisation=group["RETAIL"], on=False, by=SYSTEM)
    rows = {row.node.code: row for row in boss.get(PAGE).context["rows"]}
    assert (rows["RETAIL"].own, rows["RETAIL"].off_above) == (False, None)
    assert rows["R1"].own
    assert not rows["R1"].node.distribution_effective
    assert rows["R1"].off_above.code == "RETAIL"
    assert rows["FOOD"].node.distribution_effective
    page = boss.get(f"{PAGE}?node={group['R1'].id}").content.decode()
    assert "Its own switch is on, but 零售产业集团 above is off or closed." in page


def test_a_switch_asks_and_is_written_down(boss: Console, group: GroupTree) -> None:
    assert "2 open stores no longer distribute" in ask(boss, group["R1"], "switch").content.decode()
    done = ask(boss, group["R1"], "switch", reason="盘点")
    assert done.headers["HX-Redirect"] == f"/console/organisations/?node={group['R1'].id}"
    assert not group.again("R1-A").distribution_effective
    entry = AuditEntry.objects.get(action="organisations.switch_distribution")
    assert (entry.subject_id, entry.reason) == (group["R1"].id, "盘点")


def test_a_new_organisation_shows_its_faults_at_their_fields(
    boss: Console, group: GroupTree
) -> None:
    taken = ask(boss, group["R1"], "create", level="store", code="R1-A", name="三店")
    assert taken.status_code == 422
    assert taken.context["ask"].errors["code"]
    assert ask(boss, group["R1"], "create", level="company", code="X", name="三").status_code == 422
    made = ask(boss, group["R1"], "create", level="store", code="R1-C", name="三店", city="上海")
    assert made.status_code == 200
    assert group.again("R1-C").parent == group["R1"]


def test_an_organisation_is_described_moved_closed_and_opened_again(
    boss: Console, group: GroupTree
) -> None:
    store = group["R1-A"]
    ask(boss, store, "describe", name="外滩店", city="上海", address="")
    ask(boss, store, "move", to_parent=str(group["R2"].id), reason="划转")
    assert ask(boss, store, "move", to_parent=str(group["FOOD"].id), reason="x").status_code == 422
    assert ask(boss, store, "close", reason="").status_code == 422
    ask(boss, store, "close", reason="装修")
    closed = group.again("R1-A")
    assert (closed.name, closed.parent, closed.is_active) == ("外滩店", group["R2"], False)
    shown = boss.get(f"{PAGE}?node={store.id}").content.decode()
    assert "This organisation is closed" in shown
    assert "划转" in shown
    ask(boss, store, "reopen", reason="开业")
    assert group.again("R1-A").is_active


def test_a_long_list_is_cut_and_says_so(
    boss: Console, group: GroupTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(organisation_tree, "FOUND", 1)
    opened = "-".join(str(group[code].id) for code in ("HQ", "RETAIL", "R1"))
    answer = boss.get(f"{PAGE}?open={opened}")
    assert codes(answer) == ["HQ", "RETAIL", "R1", "R1-A"]
    assert "Only the first hundred are shown" in answer.content.decode()
    assert codes(boss.get(f"{PAGE}?q=r1-")) == ["R1-A"]
    assert not boss.get(f"{PAGE}?q=r1-a").context["is_cut"]


def test_whoever_sees_a_part_sees_no_more(group: GroupTree) -> None:
    part = Console.of(make_person("part", group["R1"], Role.ADMINISTRATOR))
    assert codes(part.get(PAGE)) == ["R1", "R1-A", "R1-B"]
    assert codes(part.get(f"{PAGE}?q=一店")) == ["R1-A"]
    for outside in ("HQ", "R2", "F1-A"):
        node = group[outside]
        assert part.get(f"{PAGE}?node={node.id}").status_code == 404
        assert part.get(f"{PAGE}{node.id}/").status_code == 404
        for act in ("switch", "create", "close"):
            assert ask(part, node, act).status_code == 404
            assert ask(part, node, act, reason="x").status_code == 404
    moved = ask(part, group["R1-A"], "move", to_parent=str(group["R2"].id), reason="x")
    assert moved.status_code == 422
    assert ask(part, group["R1"], "nonsense").status_code == 404


def test_whoever_only_reads_has_no_switch_and_no_act(group: GroupTree) -> None:
    reader = Console.of(make_person("reader", group.headquarters, Role.AUDITOR))
    page = reader.get(PAGE).content.decode()
    assert 'role="switch"' not in page
    assert "New below" not in page
    assert ask(reader, group["R1"], "switch").status_code == 404
    assert ask(reader, group["R1"], "switch", reason="x").status_code == 404
    assert group.again("R1").distribution_on


def test_statements_do_not_grow_with_the_tree(boss: Console, group: GroupTree) -> None:
    def statements() -> int:
        boss.get(PAGE)
        with CaptureQueriesContext(connection) as run:
            boss.get(f"{PAGE}?node={group['R1'].id}")
        return len(run)

    before = statements()
    for number in range(8):
        store = create_organisation(
            parent=group["R1"], level=Level.STORE, code=f"N{number}", name="新", by=SYSTEM
        )
        make_distributor(store, f"N{number}")
        make_person(f"n{number}", group["R1"], Role.EMPLOYEE)
    assert statements() == before
    assert before <= 12
