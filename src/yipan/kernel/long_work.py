"""Work that takes longer than a page: asked for, done by a worker, left and found again.

A module says once how a kind of work is done, in its `jobs.py`:

    @handles("pool.load_offers", repeatable=True)
    def load(task: Task) -> Outcome:
        task.expect(total)
        ...
        task.advance(500)          # shows on the page; raises WorkCancelled when that was asked
        with task.result("offers.xlsx", XLSX) as out:
            out.write(content)
        return Outcome({"created": 12}, link="/console/pool/")

and a page asks for it with `ask`. State, progress, outcome and errors are in `LongWork`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO, Final, cast

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from yipan.kernel import clock, long_work_files, sql
from yipan.kernel.actor import Actor, ActorKind
from yipan.kernel.errors import DomainError
from yipan.kernel.locks import take_turn
from yipan.kernel.long_work_progress import Progress
from yipan.kernel.models import LongWork, LongWorkState
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work

TASK: Final = "kernel.do_long_work"
OPEN: Final = (LongWorkState.WAITING.value, LongWorkState.RUNNING.value)
MOST_ATTEMPTS: Final = 3
SILENCE: Final = timedelta(minutes=5)
"""Work without a sign of life for so long, and without a job, was lost."""
KEPT: Final = timedelta(days=30)
_MEMORY: Final = 4 * 2**20
_log = logging.getLogger(__name__)


class WorkCancelled(Exception):
    """Cancelling was asked for; what the running unit of work did is rolled back."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a work."""

    summary: Mapping[str, Any] = field(default_factory=dict)
    """Figures for the page, JSON-able."""
    link: str = ""
    """Address of the page that shows it."""


@dataclass(slots=True)
class Task:
    """A work while it is done: what is to do, and how to say how far it is."""

    work: LongWork
    progress: Progress
    ended: bool = False

    @property
    def arguments(self) -> dict[str, Any]:
        """What `ask` was given."""
        given: dict[str, Any] = self.work.arguments
        return given

    @property
    def position(self) -> dict[str, Any]:
        """What `keep_position` wrote last; empty on a first run."""
        kept: dict[str, Any] = self.work.position
        return kept

    @property
    def by(self) -> Actor:
        """Who asked for it: acts in all that is done."""
        return actor_of(self.work)

    def file(self) -> bytes:
        """The file that came with it; empty for none."""
        return long_work_files.given_file(self.work.id)

    def expect(self, total: int, *, done: int = 0) -> None:
        """Say how many steps there are. Raises WorkCancelled."""
        self.progress.expect(total, done=done)
        self._obey()

    def advance(self, steps: int = 1) -> None:
        """Say that so many more steps are done; written twice a second. Raises WorkCancelled."""
        self.progress.advance(steps)
        self._obey()

    def keep_position(self, **position: Any) -> None:
        """Keep how far it is with the running unit of work, so that a later run goes on there."""
        self.work.position = position
        rows = LongWork.objects.filter(id=self.work.id)
        rows.update(position=position, done=self.progress.done, total=self.progress.total)

    def end(self, outcome: Outcome) -> None:
        """Say what came of it inside the unit of work of the effect: both are kept, or neither.

        Call it last in that unit of work. The handler then returns the same outcome.
        """
        _write_end(self, outcome)
        self.ended = True

    @contextmanager
    def result(self, name: str, content_type: str) -> Iterator[IO[bytes]]:
        """A file to be written, kept as the work's result when the block ends."""
        with SpooledTemporaryFile(max_size=_MEMORY) as out:
            yield cast("IO[bytes]", out)
            out.seek(0)
            size = long_work_files.keep(self.work.id, cast("BinaryIO", out), is_result=True)
        LongWork.objects.filter(id=self.work.id).update(
            file_name=name[:200], file_type=content_type, file_size=size
        )

    def _obey(self) -> None:
        if self.progress.cancel_asked:
            raise WorkCancelled


Handler = Callable[[Task], Outcome]


@dataclass(frozen=True, slots=True)
class _Kind:
    do: Handler
    repeatable: bool


_kinds: dict[str, _Kind] = {}


def handles(kind: str, *, repeatable: bool = False) -> Callable[[Handler], Handler]:
    """Register how a kind of work is done, in a module's `jobs.py`.

    `repeatable`: a run that was cut off by a crash may be begun again, because what it does twice
    changes nothing or goes on from `position`. Else the work fails and says so.
    """

    def register(do: Handler) -> Handler:
        _kinds[kind] = _Kind(do, repeatable)
        return do

    return register


def ask(
    kind: str,
    *,
    title: str,
    by: Actor,
    arguments: Mapping[str, Any] | None = None,
    organisation_id: int | None = None,
    permission: str = "",
    file: BinaryIO | None = None,
    link: str = "",
    once: str = "",
) -> LongWork:
    """Have work done by a worker, once the running transaction is committed.

    `arguments` are JSON-able and say everything the handler needs, the asker's reach included.
    `organisation_id`: one whose subtree holds all that the work shows; whoever holds `permission`
    there finds it in their tasks, besides the asker. `link`: a page to look at meanwhile. `once`:
    a text that makes the wish unique; the same wish of the same asker again gives the same work.
    """
    now = clock.now()
    with unit_of_work():
        if once:
            take_turn("long_work")
            known = LongWork.objects.filter(owner=owner_of(by), once=once).first()
            if known is not None:
                return cast("LongWork", known)
        work: LongWork = LongWork.objects.create(
            kind=kind,
            title=title[:200],
            owner=owner_of(by),
            asked_by=str(by),
            once=once,
            language=translation.get_language() or "zh-hans",
            permission=permission,
            organisation_id=organisation_id,
            arguments=dict(arguments or {}),
            link=link,
            created_at=now,
            seen_at=now,
        )
        if file is not None:
            long_work_files.keep(work.id, file, is_result=False)
        lock = f"long_work:{work.id}"
        app.configure_task(TASK, lock=lock).defer(tenant_id=work.tenant_id, work_id=work.id)
    return work


def owner_of(actor: Actor) -> str:
    """Whose work it is, as `LongWork.owner` has it."""
    return f"{actor.kind.value}:{actor.id if actor.id is not None else '-'}"


def actor_of(work: LongWork) -> Actor:
    """Who asked for a work."""
    kind, number, label = work.asked_by.split(":", 2)
    return Actor(ActorKind(kind), int(number) if number.isdecimal() else None, label)


def cancel(work_id: int) -> bool:
    """Ask that a work be given up; one that waits is over at once. Whether it was not over yet."""
    now = clock.now()
    with unit_of_work():
        rows: QuerySet[LongWork] = LongWork.objects.filter(id=work_id)
        waiting = rows.filter(state=LongWorkState.WAITING)
        if waiting.update(state=LongWorkState.CANCELLED, cancel_asked=True, ended_at=now):
            return True
        return bool(rows.filter(state=LongWorkState.RUNNING).update(cancel_asked=True))


def do(work_id: int) -> None:
    """Do a work now, in this process: what the worker calls. Errors end in the work's state.

    Returns at once where another process is at it.
    """
    with _alone(work_id) as alone:
        work = _claim(work_id) if alone else None
        if work is not None:
            _do(work)


def _do(work: LongWork) -> None:
    with translation.override(work.language):
        kind = _kinds.get(work.kind)
        if kind is None:
            _fail(work, _("This kind of task is switched off on this installation."))
        elif work.attempts > 1 and (not kind.repeatable or work.attempts > MOST_ATTEMPTS):
            _fail(work, _cut_off())
        else:
            _run(work, kind)


def close_lost() -> int:
    """Say of works whose worker died, and that no job will take up again, that they failed."""
    lost = LongWork.objects.filter(state__in=OPEN, seen_at__lt=clock.now() - SILENCE)
    closed = 0
    for work in lost.order_by("id"):
        if not sql.fetch(_HAS_JOB, (str(work.id),)):
            with translation.override(work.language):
                _fail(work, _cut_off())
            closed += 1
    return closed


def forget_old() -> None:
    """Remove works, with their files, that ended more than 30 days ago."""
    LongWork.objects.filter(ended_at__lt=clock.now() - KEPT).delete()


_HAS_JOB: Final = """
SELECT 1 FROM procrastinate_jobs
 WHERE task_name = 'kernel.do_long_work' AND status IN ('todo', 'doing')
   AND args->>'work_id' = %s
 LIMIT 1
"""
_CLAIM: Final = """
UPDATE kernel_longwork
   SET state = 'running', attempts = attempts + 1, seen_at = %s,
       started_at = coalesce(started_at, %s)
 WHERE tenant_id = %s AND id = %s AND state IN ('waiting', 'running')
RETURNING id
"""


@contextmanager
def _alone(work_id: int) -> Iterator[bool]:
    """Whether nobody else does the work now; a process that dies leaves it to others."""
    key = (f"long_work:{work_id}",)
    ((alone,),) = sql.fetch("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", key)
    try:
        yield alone
    finally:
        if alone:
            sql.fetch("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)


def _claim(work_id: int) -> LongWork | None:
    now = clock.now()
    if not sql.fetch(_CLAIM, (now, now, current_tenant_id(), work_id)):
        return None  # over already: done by the run before, or cancelled while it waited
    found: LongWork = LongWork.objects.get(id=work_id)
    return found


def _run(work: LongWork, kind: _Kind) -> None:
    task = Task(work, Progress(work.id, done=work.done, total=work.total))
    try:
        with task.progress:
            outcome = kind.do(task)
        if not task.ended:
            _write_end(task, outcome)
    except WorkCancelled:
        _close(work, LongWorkState.CANCELLED)
    except DomainError as error:
        _fail(work, str(error))
    except Exception:  # noqa: BLE001 - whatever it is, somebody waits for a word
        _log.exception("long work %s (%s) failed", work.id, work.kind)
        _fail(work, _broken(work.id))


def _write_end(task: Task, outcome: Outcome) -> None:
    progress = task.progress
    LongWork.objects.filter(id=task.work.id).update(
        state=LongWorkState.DONE,
        done=max(progress.done, progress.total),
        total=max(progress.done, progress.total),
        summary=dict(outcome.summary),
        link=outcome.link or task.work.link,
        ended_at=clock.now(),
    )


def _fail(work: LongWork, words: str) -> None:
    _close(work, LongWorkState.FAILED, error=words[:500])


def _close(work: LongWork, state: LongWorkState, *, error: str = "") -> None:
    rows = LongWork.objects.filter(id=work.id, state__in=OPEN)
    rows.update(state=state, error=error, ended_at=clock.now())


def _cut_off() -> str:
    return _(
        "The server stopped in the middle of this task. Look at what is done already, then start "
        "it again."
    )


def _broken(work_id: int) -> str:
    return _(
        "Something failed on our side. Nothing of the last step was kept. Start it again; if it "
        "fails again, tell the administrator the number {number}."
    ).format(number=work_id)
