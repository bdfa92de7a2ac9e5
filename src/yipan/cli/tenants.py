"""`yipan tenant`."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from yipan.cli.schema import reach_migrated
from yipan.cli.screen import answers, notes
from yipan.group.organisations.actions import create_tenant
from yipan.kernel.models import Tenant

app = typer.Typer()


@app.callback()
def tenant() -> None:
    """Found retail groups."""


@app.command()
def create(
    code: Annotated[str, typer.Argument(help="Short name for sign-in and API keys; stays.")],
    name: Annotated[str, typer.Argument(help="Name of the group.")],
    timezone: Annotated[str, typer.Option(help="Zone of the business day.")] = "Asia/Shanghai",
    currency: Annotated[str, typer.Option(help="ISO 4217.")] = "CNY",
    headquarters: Annotated[str, typer.Option(help="Code of the headquarters.")] = "HQ",
) -> None:
    """Found a retail group with its headquarters."""
    reach_migrated()
    created = create_tenant(
        code=code,
        name=name,
        timezone=timezone,
        currency=currency,
        headquarters_code=headquarters,
    )
    notes.print(f"{created.name} ({created.code}) is founded. Next: `yipan person create`.")


@app.command(name="list")
def show() -> None:
    """Show the groups of this deployment."""
    reach_migrated()
    table = Table("code", "name", "zone", "currency", "open")
    for each in Tenant.objects.order_by("code"):
        table.add_row(
            each.code, each.name, each.timezone, each.currency, "yes" if each.is_active else "no"
        )
    answers.print(table)
