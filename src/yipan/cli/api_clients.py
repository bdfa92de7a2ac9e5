"""`yipan api-client`."""

from __future__ import annotations

from typing import Annotated

import typer

from yipan.cli.choices import organisation_named, tenant_named
from yipan.cli.schema import reach_migrated
from yipan.cli.screen import answers, notes
from yipan.kernel.actor import SYSTEM
from yipan.kernel.modules import all_permissions
from yipan.kernel.tenancy import tenant_context
from yipan.surfaces.openapi.actions import create_client

app = typer.Typer()


@app.callback()
def api_client() -> None:
    """Give programs access to the API."""


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the program is.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(help="A permission it gets; repeat for more (default: all)."),
    ] = None,
    tenant: Annotated[str | None, typer.Option(help="Code of the tenant.")] = None,
    at: Annotated[
        str | None,
        typer.Option(help="Code of the organisation whose subtree it reaches (default: all)."),
    ] = None,
    per_minute: Annotated[
        int | None, typer.Option(help="Most requests a minute (default: the setting).", min=1)
    ] = None,
) -> None:
    """Make an API client and print its key, which is not shown again."""
    reach_migrated()
    with tenant_context(tenant_named(tenant).id):
        issued = create_client(
            name=name,
            organisation_id=organisation_named(at).id,
            scopes=scope or all_permissions(),
            per_minute=per_minute,
            by=SYSTEM,
        )
    notes.print(f"{issued.client.name} is client {issued.client.id}. Keep its key safe:")
    answers.print(issued.key)


@app.command()
def scopes() -> None:
    """Show the permissions that a client can have."""
    for name in all_permissions():
        answers.print(name)
