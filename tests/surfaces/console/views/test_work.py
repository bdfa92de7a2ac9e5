"""Tasks: one's own, and those of others that one may look into; found again, stopped, fetched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.surfaces.console.views.pools import (
    WORK,
    PoolShop,
    browser,
    open_pool,
    statements,
    text_of,
)
from yipan.kernel import long_work
from yipan.kernel.actor import Actor, ActorKind
from yipan.kernel.long_work import Outcome, Task, handles
from yipan.kernel.models import AuditEntry, LongWork, Tenant

MEI = Actor(ActorKind.PERSON, 17, "mei")


@pytest.fixture
def pool(tenant: Tenant) -> PoolShop:
    return open_pool()


@pytest.fixture(autouse=True)
def _kind() -> Iterator[None]:
    @handles("tests.page")
    def write(task: Task) -> Outcome:
        with task.result("名单.csv", "text/csv") as out:
            out.write(b"a,b\n")
        return Outcome({"rows": 1})

    yield
    long_work._kinds.pop("tests.page")


def ask(pool: PoolShop, code: str | None = "R1", by: Actor = MEI, **given: Any) -> LongWork:
    place = pool.tree[code].id if code else None
    return long_work.ask(
        "tests.page", title="List of all", by=by, organisation_id=place, permission="pool.read",
        **given,
    )  # fmt: skip


def person_of(client: Any) -> Actor:
    return Actor(ActorKind.PERSON, int(client.session["_auth_user_id"]), "me")


def test_tasks_are_found_by_title_file_and_state(pool: PoolShop) -> None:
    client = browser(pool)
    waiting, done = ask(pool), ask(pool)
    long_work.do(done.id)

    def found(**asked: str) -> list[int]:
        works = client.get(WORK, {"whose": "all", **asked}).context["works"]
        return [work.id for work, *_rest in works]

    assert found(q="list OF") == [done.id, waiting.id]
    assert found(q="名单") == found(state="done") == [done.id]
    assert found(q="list", state="waiting") == [waiting.id]
    assert found(q="%") == []
    assert found(state="x") == [done.id, waiting.id]


def test_ones_own_tasks_are_listed_and_those_of_ones_organisations_on_demand(
    pool: PoolShop,
) -> None:
    client = browser(pool)
    own, theirs = ask(pool, None, person_of(client)), ask(pool)
    mine = [work.id for work, *_rest in client.get(WORK).context["works"]]
    everybody = [work.id for work, *_rest in client.get(f"{WORK}?whose=all").context["works"]]
    assert (mine, everybody) == ([own.id], [theirs.id, own.id])
    assert "List of all" in text_of(client.get(f"{WORK}bell/"))


def test_tasks_of_other_organisations_and_of_other_people_alone_are_not_there(
    pool: PoolShop,
) -> None:
    theirs, private = ask(pool, "R1"), ask(pool, None)
    for client, work in ((browser(pool, "F1"), theirs), (browser(pool), private)):
        for page in ("", "file/"):
            assert client.get(f"{WORK}{work.id}/{page}").status_code == 404
        assert client.post(f"{WORK}{work.id}/cancel/").status_code == 404


def test_a_task_shows_how_far_it_is_until_it_is_over(pool: PoolShop) -> None:
    client = browser(pool)
    work = ask(pool, None, person_of(client))
    htmx = {"HX-Request": "true"}
    waiting = client.get(f"{WORK}{work.id}/", headers=htmx)
    assert "every 1s" in text_of(waiting)
    assert client.get(f"{WORK}{work.id}/file/").status_code == 404
    long_work.do(work.id)
    ended = client.get(f"{WORK}{work.id}/", headers=htmx)
    assert "every 1s" not in text_of(ended)
    assert ended["HX-Trigger"] == "work-ended"
    file = client.get(f"{WORK}{work.id}/file/")
    assert file.getvalue() == b"a,b\n"
    assert "%E5%90%8D%E5%8D%95.csv" in file["Content-Disposition"]
    taken = AuditEntry.objects.get(action="work.take_file")
    assert (taken.subject_id, taken.after["file"]) == (work.id, "名单.csv")


def test_only_the_owner_stops_a_task(pool: PoolShop) -> None:
    client = browser(pool)
    own, theirs = ask(pool, None, person_of(client)), ask(pool)
    assert client.post(f"{WORK}{own.id}/cancel/").status_code == 302
    assert client.post(f"{WORK}{theirs.id}/cancel/").status_code == 404
    own.refresh_from_db()
    assert own.state == "cancelled"
    assert "Stopped" in text_of(client.get(f"{WORK}{own.id}/"))


def test_a_failure_says_what_to_do(pool: PoolShop) -> None:
    client = browser(pool)
    work = ask(pool, None, person_of(client))
    LongWork.objects.filter(id=work.id).update(kind="tests.nobody")
    long_work.do(work.id)
    assert "switched off" in text_of(client.get(f"{WORK}{work.id}/"))


def test_statements_do_not_grow_with_the_tasks(pool: PoolShop) -> None:
    client = browser(pool)
    me = person_of(client)
    ask(pool, None, me)
    statements(client, WORK)
    few = statements(client, WORK)
    for _number in range(10):
        ask(pool, None, me)
    assert statements(client, WORK) <= few <= 9
