"""`yipan demo`."""

from __future__ import annotations

import logging
import secrets
from dataclasses import replace
from enum import StrEnum
from typing import Annotated

import psycopg
import typer
from django.conf import settings
from rich.progress import TaskID

from yipan.cli.demo_kept import KEPT
from yipan.cli.schema import reach_migrated
from yipan.cli.screen import notes, progress
from yipan.demo.generate import Demo, generate, write_down
from yipan.demo.plan import PASSWORD, SEED, SIZES, Plan
from yipan.kernel import clock


class Size(StrEnum):
    """How large the demo is."""

    SMALL = "small"
    STANDARD = "standard"
    HALF_YEAR = "half-year"


def command(  # noqa: PLR0917 - named on the command line
    size: Annotated[
        Size,
        typer.Option(help="small: 600 orders; standard: 6,000 of 90 days; half-year: 774,000."),
    ] = Size.STANDARD,
    days: Annotated[int | None, typer.Option(help="Days of trade.", min=1, max=1000)] = None,
    orders: Annotated[int | None, typer.Option(help="Orders in all.", min=1)] = None,
    stores: Annotated[int | None, typer.Option(help="Stores.", min=1, max=5000)] = None,
    skus: Annotated[int | None, typer.Option(help="SKUs.", min=30, max=100_000)] = None,
    seed: Annotated[int, typer.Option(help="Another number, another group.")] = SEED,
    code: Annotated[str, typer.Option(help="Code of the tenant.")] = "demo",
) -> None:
    """Generate a demo group with months of trade.

    A group with industry groups, companies, stores, staff, guides, goods, rules, orders, refunds,
    releases and withdrawals up to now, through the same actions as real trade. The same size and
    seed give the same group. Outside of demo mode the sign-ins get a random password.
    """
    reach_migrated()
    plan = planned(size, seed=seed, code=code)
    made = run(
        replace(
            plan,
            days=days or plan.days,
            orders=orders or plan.orders,
            stores=stores or plan.stores,
            skus=skus or plan.skus,
        )
    )
    notes.print(
        f"{made.orders:,} orders of {made.members:,} buyers in the tenant {made.tenant}. "
        f"Sign in as admin with the password {made.password}."
    )


def planned(size: Size, *, seed: int = SEED, code: str = "demo") -> Plan:
    """The plan of a size, up to now."""
    password = PASSWORD if settings.YIPAN_DEMO else secrets.token_urlsafe(12)
    return Plan(code=code, seed=seed, until=clock.now(), password=password, **SIZES[size])


def run(plan: Plan) -> Demo:
    """Generate with a progress bar, and keep how to get in."""
    tasks: dict[str, TaskID] = {}
    # The sandbox bank fails on purpose; nobody has to be told.
    logging.getLogger("yipan.payouts").setLevel(logging.ERROR)
    with progress() as bars:

        def told(step: str, done: int, total: int) -> None:
            if step not in tasks:
                if bars.disable:
                    notes.print(f"Demo: {step}")
                tasks[step] = bars.add_task(f"Demo: {step}", total=total)
            bars.update(tasks[step], completed=done)

        made = generate(plan, told)
    _analyse()
    settings.HOME.mkdir(parents=True, exist_ok=True)
    write_down(made, settings.HOME / KEPT)
    return made


def _analyse() -> None:
    """Tell the planner what is there now; by itself the database would look in a minute or two."""
    with psycopg.connect(settings.YIPAN_DATABASE_URL, autocommit=True) as connection:
        connection.execute("ANALYZE")
