"""`yipan ledger`."""

from __future__ import annotations

from typing import Annotated

import typer

from yipan.cli.choices import tenant_named
from yipan.cli.schema import reach_migrated
from yipan.cli.screen import answers, notes, progress
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.ledger.verification import problems

app = typer.Typer()


@app.callback()
def ledger() -> None:
    """Prove that the ledger is whole."""


@app.command()
def verify(
    tenant: Annotated[str | None, typer.Option(help="Code of one tenant (default: all).")] = None,
) -> None:
    """Check every journal, balance, fold and seal from the rows themselves.

    Prints each problem on a line; exit code 1 if there are any.
    """
    reach_migrated()
    tenants = [tenant_named(tenant)] if tenant else list(Tenant.objects.order_by("id"))
    found = 0
    with progress() as bars:
        for each in bars.track(tenants, description="Verifying"):
            with tenant_context(each.id):
                for problem in problems():
                    answers.print(f"{each.code}: {problem}")
                    found += 1
    if found:
        notes.print(f"{found} problems in {len(tenants)} tenants.", style="red")
        raise typer.Exit(1)
    notes.print(f"The ledger is whole (tenants: {len(tenants)}).")
