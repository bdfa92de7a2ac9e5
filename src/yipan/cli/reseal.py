"""`yipan reseal`."""

from __future__ import annotations

import typer

from yipan.cli.schema import reach_migrated
from yipan.cli.screen import answers, notes, progress
from yipan.kernel import resealing
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context


def command() -> None:
    """Seal with the live secret what a former one has sealed, and have it found again.

    To be run after a change of YIPAN_SECRET_KEY, while nothing else runs; may be broken off and
    begun again. Afterwards the former secret may go. Exit code 1 where a value cannot be opened,
    or two rows are found by the same phone or card.
    """
    reach_migrated()
    sealed, left = 0, 0
    with progress() as bars:
        for tenant in bars.track(list(Tenant.objects.order_by("id")), description="Sealing"):
            with tenant_context(tenant.id):
                for each in resealing.reseal():
                    sealed += each.sealed
                    left += each.lost + each.doubled
                    if each.lost:
                        said = "were sealed with a secret that is not set"
                        answers.print(f"{tenant.code}: {each.lost} values of {each.place} {said}")
                    if each.doubled:
                        said = "are not found: another row has the same value"
                        answers.print(f"{tenant.code}: {each.doubled} rows of {each.place} {said}")
    notes.print(f"{sealed} values are sealed anew.")
    if left:
        raise typer.Exit(1)
