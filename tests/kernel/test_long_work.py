"""Long work is done once, shows how far it is, and says in words what became of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection

from yipan.kernel import clock, long_work, sql
from yipan.kernel.actor import Actor, ActorKind
from yipan.kernel.errors import InvalidField
from yipan.kernel.long_work import Handler, Outcome, Task, handles
from yipan.kernel.long_work_files import PART_BYTES, result_file
from yipan.kernel.models import LongWork, Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.kernel.uow import unit_of_work

MEI = Actor(ActorKind.PERSON, 17, "mei")
KIND = "tests.work"


@pytest.fixture
def work_kind() -> Iterator[Callable[..., None]]:
    def register(handler: Handler, *, repeatable: bool = False) -> None:
        handles(KIND, repeatable=repeatable)(handler)

    yield register
    long_work._kinds.pop(KIND, None)


def ask(**given: object) -> LongWork:
    return long_work.ask(KIND, title="Count", by=MEI, **given)  # type: ignore[arg-type]


def again(work: LongWork) -> LongWork:
    found: LongWork = LongWork.objects.get(id=work.id)
    return found


def test_asking_queues_a_job_in_the_same_transaction(tenant: Tenant) -> None:
    work = ask(arguments={"n": 3}, organisation_id=5, permission="pool.write")
    rows = sql.fetch(
        "SELECT args->>'work_id', lock FROM procrastinate_jobs WHERE task_name = %s",
        (long_work.TASK,),
    )
    assert (str(work.id), f"long_work:{work.id}") in rows
    assert (work.owner, work.state, work.permission) == ("person:17", "waiting", "pool.write")


def test_the_handler_gets_its_arguments_its_file_and_who_asked(
    tenant: Tenant, work_kind: Callable[..., None]
) -> None:
    seen: list[object] = []

    def handler(task: Task) -> Outcome:
        seen.extend((task.arguments, task.file(), task.by))
        return Outcome({"rows": 2}, link="/there/")

    work_kind(handler)
    content = b"x" * (PART_BYTES + 10)
    work = ask(arguments={"n": 3}, file=BytesIO(content))
    long_work.do(work.id)
    done = again(work)
    assert seen == [{"n": 3}, content, MEI]
    assert (done.state, done.summary, done.link, done.error) == ("done", {"rows": 2}, "/there/", "")
    assert done.ended_at is not None


def test_a_work_is_done_once(tenant: Tenant, work_kind: Callable[..., None]) -> None:
    runs: list[int] = []

    def handler(task: Task) -> Outcome:
        runs.append(task.work.id)
        return Outcome()

    work_kind(handler)
    work = ask()
    long_work.do(work.id)
    long_work.do(work.id)
    assert runs == [work.id]


def test_a_result_file_comes_back_whole(tenant: Tenant, work_kind: Callable[..., None]) -> None:
    content = b"0123456789" * (PART_BYTES // 4)

    def handler(task: Task) -> Outcome:
        with task.result("数.csv", "text/csv") as out:
            out.write(content)
        return Outcome()

    work_kind(handler)
    work = ask()
    long_work.do(work.id)
    done = again(work)
    assert (done.file_name, done.file_type, done.file_size) == ("数.csv", "text/csv", len(content))
    assert b"".join(result_file(done)) == content


def test_a_refusal_is_told_in_its_own_words(tenant: Tenant, work_kind: Callable[..., None]) -> None:
    def handler(task: Task) -> Outcome:
        raise InvalidField(field="rule", reason="it is over")

    work_kind(handler)
    work = ask()
    long_work.do(work.id)
    assert (again(work).state, again(work).error) == ("failed", "rule: it is over")


def test_a_defect_is_told_without_its_insides(
    tenant: Tenant, work_kind: Callable[..., None]
) -> None:
    def handler(task: Task) -> Outcome:
        message = "secret"
        raise KeyError(message)

    work_kind(handler)
    work = ask()
    long_work.do(work.id)
    failed = again(work)
    assert failed.state == "failed"
    assert "secret" not in failed.error
    assert str(work.id) in failed.error


def test_a_kind_that_nobody_does_fails_with_a_word(tenant: Tenant) -> None:
    work = ask()
    long_work.do(work.id)
    assert "switched off" in again(work).error


def test_waiting_work_is_cancelled_at_once(tenant: Tenant, work_kind: Callable[..., None]) -> None:
    work_kind(lambda task: Outcome())
    work = ask()
    assert long_work.cancel(work.id)
    long_work.do(work.id)
    assert again(work).state == "cancelled"
    assert not long_work.cancel(work.id)


def test_work_cut_off_by_a_crash_begins_again_only_where_that_is_safe(
    tenant: Tenant, work_kind: Callable[..., None]
) -> None:
    runs: list[object] = []

    def handler(task: Task) -> Outcome:
        runs.append(dict(task.position))
        return Outcome()

    work_kind(handler, repeatable=True)
    work = ask()
    LongWork.objects.filter(id=work.id).update(state="running", attempts=1, position={"last": 7})
    long_work.do(work.id)
    assert (again(work).state, runs) == ("done", [{"last": 7}])

    work_kind(handler, repeatable=False)
    other = ask()
    LongWork.objects.filter(id=other.id).update(state="running", attempts=1)
    long_work.do(other.id)
    assert again(other).state == "failed"
    assert "stopped in the middle" in again(other).error


def test_work_that_crashes_its_worker_again_and_again_is_given_up(
    tenant: Tenant, work_kind: Callable[..., None]
) -> None:
    work_kind(lambda task: Outcome(), repeatable=True)
    work = ask()
    LongWork.objects.filter(id=work.id).update(state="running", attempts=long_work.MOST_ATTEMPTS)
    long_work.do(work.id)
    assert again(work).state == "failed"


def test_lost_work_is_closed_and_work_with_a_job_is_not(tenant: Tenant) -> None:
    kept, lost = ask(), ask()
    old = clock.now() - 2 * long_work.SILENCE
    LongWork.objects.update(seen_at=old, state="running")
    sql.execute("DELETE FROM procrastinate_jobs WHERE args->>'work_id' = %s", (str(lost.id),))
    assert long_work.close_lost() == 1
    assert (again(kept).state, again(lost).state) == ("running", "failed")


def test_old_work_is_forgotten_with_its_files(tenant: Tenant) -> None:
    work = ask(file=BytesIO(b"abc"))
    LongWork.objects.update(ended_at=clock.now() - long_work.KEPT - timedelta(days=1))
    long_work.forget_old()
    assert not LongWork.objects.filter(id=work.id).exists()


def test_the_end_is_kept_with_the_effect_or_not_at_all(
    tenant: Tenant, work_kind: Callable[..., None]
) -> None:
    def handler(task: Task) -> Outcome:
        with unit_of_work():
            task.end(Outcome({"n": 1}))
            message = "after the end"
            raise RuntimeError(message)

    work_kind(handler)
    work = ask()
    long_work.do(work.id)
    assert (again(work).state, again(work).summary) == ("failed", {})


def test_progress_is_seen_while_the_transaction_is_open(
    committed_tenant: Tenant, work_kind: Callable[..., None]
) -> None:
    seen: list[object] = []

    def handler(task: Task) -> Outcome:
        with unit_of_work():
            task.expect(10, done=4)
            other = connection.copy()
            with tenant_context(committed_tenant.id), other.cursor() as cursor:
                cursor.execute("SELECT done, total FROM kernel_longwork WHERE id = %s", [work.id])
                seen.append(cursor.fetchone())
            other.close()
            task.keep_position(last=4)
        task.advance(6)
        return Outcome()

    work_kind(handler)
    work = ask()
    long_work.do(work.id)
    done = again(work)
    assert seen == [(4, 10)]
    assert (done.state, done.done, done.total, done.position) == ("done", 10, 10, {"last": 4})


def test_running_work_stops_at_its_next_step_when_asked(
    committed_tenant: Tenant, work_kind: Callable[..., None]
) -> None:
    def handler(task: Task) -> Outcome:
        task.expect(10)
        long_work.cancel(work.id)
        task.expect(10, done=1)
        return Outcome()

    work_kind(handler)
    work = ask()
    long_work.do(work.id)
    assert again(work).state == "cancelled"


def test_two_processes_at_once_do_a_work_once(
    committed_tenant: Tenant,
    work_kind: Callable[..., None],
    run_concurrently: Callable[..., list[object]],
) -> None:
    runs: list[int] = []

    def handler(task: Task) -> Outcome:
        runs.append(1)
        time.sleep(0.3)
        return Outcome()

    work_kind(handler, repeatable=True)
    work = ask()

    def act(_number: int) -> None:
        with tenant_context(committed_tenant.id):
            long_work.do(work.id)

    assert run_concurrently(act, 3) == [None, None, None]
    assert (runs, again(work).state, again(work).attempts) == ([1], "done", 1)


def test_the_same_wish_twice_is_one_work(tenant: Tenant) -> None:
    first, second = ask(once="k-1"), ask(once="k-1")
    assert first.id == second.id
    assert ask(once="k-2").id != first.id
    assert ask().id != ask().id
