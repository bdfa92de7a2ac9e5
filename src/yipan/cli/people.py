"""`yipan person`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from yipan.cli.choices import organisation_named, tenant_named
from yipan.cli.schema import reach_migrated
from yipan.cli.screen import notes
from yipan.group.people.actions import create_person
from yipan.group.people.models import Role
from yipan.kernel.actor import SYSTEM
from yipan.kernel.tenancy import tenant_context

app = typer.Typer()


@app.callback()
def person() -> None:
    """Open accounts for people."""


@app.command()
def create(  # noqa: PLR0917 - named on the command line
    username: Annotated[str, typer.Argument(help="Name to sign in with.")],
    name: Annotated[str, typer.Argument(help="The person's name.")],
    tenant: Annotated[str | None, typer.Option(help="Code of the tenant.")] = None,
    role: Annotated[
        Role, typer.Option(help="What the person does.", case_sensitive=False)
    ] = Role.ADMINISTRATOR,
    at: Annotated[
        str | None, typer.Option(help="Code of the organisation (default: headquarters).")
    ] = None,
    email: Annotated[str, typer.Option(help="E-mail address.")] = "",
    phone: Annotated[str, typer.Option(help="Mobile phone, for sign-in.")] = "",
) -> None:
    """Open an account with a role at an organisation.

    The password is asked for, or read from standard input: arguments are seen by everybody on the
    machine.
    """
    reach_migrated()
    with tenant_context(tenant_named(tenant).id):
        organisation = organisation_named(at)
        created = create_person(
            username=username,
            name=name,
            password=_password(),
            email=email,
            phone=phone,
            organisation=organisation,
            role=role,
            by=SYSTEM,
        )
    notes.print(f"{created.name} may sign in as {created.username}: {role} of {organisation.name}.")


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")
