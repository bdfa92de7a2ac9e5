"""Half a year of a large group's trade: 774,000 orders, 800 stores, 20,000 distributors.

    python -m bench.half_year --home FOLDER [--orders 774000]

The last weeks are played by the demo's generator, and so through the same actions as real trade, in
batches of 500 orders in two processes; the weeks before are copies of them (see half_year_copies).
It is kept in the folder for `python -m bench pages --home FOLDER`, and for whoever wants to look at
it (`YIPAN_HOME=FOLDER yipan up`). Takes about half an hour.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from yipan.config import launch

HOME: Final = "--home"
if HOME in sys.argv[:-1]:  # before the settings are read
    os.environ["YIPAN_HOME"] = str(Path(sys.argv[sys.argv.index(HOME) + 1]).absolute())
os.environ["YIPAN_DEMO"] = "1"
launch.prepare()

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402

from bench.half_year_copies import copy_back  # noqa: E402
from yipan.cli.demo import Size, planned, run  # noqa: E402
from yipan.cli.schema import reach_migrated  # noqa: E402
from yipan.demo import founding, payouts, trade  # noqa: E402
from yipan.distribution.distributors.actions import register_distributors  # noqa: E402
from yipan.group.people.models import Person, RoleAssignment  # noqa: E402
from yipan.kernel import clock, sql  # noqa: E402
from yipan.kernel.actor import SYSTEM, Actor  # noqa: E402
from yipan.kernel.ids import next_id  # noqa: E402
from yipan.kernel.models import Tenant  # noqa: E402
from yipan.kernel.tenancy import current_tenant_id, tenant_context  # noqa: E402
from yipan.ledger import upkeep  # noqa: E402
from yipan.trade.orders.actions import (  # noqa: E402
    MOST_ORDERS,
    capture_orders,
    count_units_sold,
)
from yipan.trade.orders.errors import OutOfStock  # noqa: E402
from yipan.trade.orders.requests import Captured, OrderRequest  # noqa: E402

_PROCESSES: Final = 2
_WITHDRAW: Final = 40
"""One in so many distributors, every ten days: each withdrawal is decided on one by one."""


class Newcomers:
    """Accounts of sellers, made in one statement rather than one by one."""

    def __init__(self) -> None:
        self._people: list[Person] = []
        self._roles: list[RoleAssignment] = []

    def create(self, *, username: str, name: str, by: Actor, **more: Any) -> Person:
        """Like `create_person`, without telephone; kept until the next `register`."""
        del by
        person = Person(
            id=next_id(),
            tenant_id=current_tenant_id(),
            username=username,
            name=name,
            created_at=clock.now(),
        )
        person.set_unusable_password()
        self._people.append(person)
        if more["organisation"] is not None:
            role = RoleAssignment(
                person=person,
                organisation=more["organisation"],
                role=more["role"],
                granted_at=person.created_at,
            )
            self._roles.append(role)
        return person

    def register(self, registrations: Sequence[Any], *, by: Actor) -> list[Any]:
        """Like `register_distributors`."""
        Person.objects.bulk_create(self._people, batch_size=2_000)
        RoleAssignment.objects.bulk_create(self._roles, batch_size=2_000)
        self._people.clear()
        self._roles.clear()
        return register_distributors(registrations, by=by)


def begin_child() -> None:
    """A child may lose its last orders in a power cut, as the generator does."""
    sql.execute("SET synchronous_commit TO off")


def capture_in_child(
    tenant_id: int, at: datetime, requests: list[OrderRequest]
) -> list[tuple[int | None, bool]]:
    """Ids of the orders, and whether they came to nothing because the goods had run out."""
    with clock.at(at), tenant_context(tenant_id):
        answers = capture_orders(requests=requests, by=SYSTEM)
    for answer in answers:
        if answer.error is not None and not isinstance(answer.error, OutOfStock):
            raise RuntimeError(repr(answer.error))
    return [(answer.order_id, answer.error is not None) for answer in answers]


class Tills:
    """Captures in several processes at once."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def capture(self, *, requests: Sequence[OrderRequest], by: Actor) -> list[Captured]:
        """Like `capture_orders`, for as many more at once."""
        del by
        parts = [list(requests[number::_PROCESSES]) for number in range(_PROCESSES)]
        waiting = [
            self._pool.submit(capture_in_child, current_tenant_id(), clock.now(), part)
            for part in parts
            if part
        ]
        found = [each.result() for each in waiting]
        answers: list[tuple[int | None, bool]] = [(None, True)] * len(requests)
        for number, part in enumerate(found):
            answers[number::_PROCESSES] = part
        return [
            Captured(
                request.channel,
                request.number,
                order_id,
                OutOfStock(number=request.number) if is_out else None,
            )
            for request, (order_id, is_out) in zip(requests, answers, strict=True)
        ]


def main() -> int:
    """0 when it is there."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(HOME, type=Path, required=True, help="where it is kept")
    options.add_argument("--orders", type=int, default=774_000)
    options.add_argument("--stores", type=int, default=800)
    options.add_argument("--guides", type=int, default=24, help="per store, besides its manager")
    options.add_argument("--days", type=int, default=182)
    options.add_argument("--copies", type=int, default=6, help="of what is played")
    given = options.parse_args()
    if (given.home / "demo.json").exists():
        print(f"{given.home} has a group already")
        return 0
    given.home.mkdir(parents=True, exist_ok=True)
    reach_migrated()
    plan = replace(
        planned(Size.HALF_YEAR),
        orders=given.orders // (given.copies + 1),
        stores=given.stores,
        guides=given.guides,
        days=given.days // (given.copies + 1),
    )
    began = time.monotonic()
    newcomers = Newcomers()
    with ProcessPoolExecutor(
        _PROCESSES, mp_context=get_context("spawn"), initializer=begin_child
    ) as pool:
        # The generator's own steps, as wide as a benchmark needs them.
        vars(founding).update(create_person=newcomers.create)
        vars(founding).update(register_distributors=newcomers.register)
        vars(payouts).update(_SHARE=_WITHDRAW)
        vars(trade).update(MOST_ORDERS=_PROCESSES * MOST_ORDERS)
        vars(trade).update(capture_orders=Tills(pool).capture)
        made = run(plan)
    copy_back(settings.YIPAN_DATABASE_URL, copies=given.copies, days=plan.days)
    for tenant_id in Tenant.objects.values_list("id", flat=True):
        with tenant_context(tenant_id):
            count_units_sold()
            upkeep.fold_balances()
    minutes = (time.monotonic() - began) / 60
    print(
        f"{made.orders * (given.copies + 1):,} orders, {made.distributors:,} distributors, "
        f"{made.members:,} members; {minutes:.0f} minutes"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
