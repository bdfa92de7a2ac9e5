"""The chain runs with every optional module off, and a module that is off leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from psycopg.conninfo import make_conninfo

from tests.conftest import PASSWORD, ROOT, SERVER
from yipan.group.organisations.actions import create_tenant
from yipan.group.organisations.models import Organisation
from yipan.kernel import modules
from yipan.kernel.actor import SYSTEM
from yipan.kernel.tenancy import tenant_context
from yipan.surfaces.openapi.actions import create_client

OPTIONAL = [module.label for module in modules.all_modules() if module.optional]


def without(label: str) -> list[str]:
    """The module and all that cannot be without it."""
    off = [label]
    for module in modules.all_modules():
        if set(module.requires) & set(off):
            off.append(module.label)
    return off


@pytest.mark.parametrize("off", ["", *OPTIONAL])
def test_the_chain_runs_without_the_module(off: str, committed: None) -> None:
    tenant = create_tenant(code="acme", name="一盘集团")
    with tenant_context(tenant.id):
        root = Organisation.objects.get(parent=None)
        key = create_client(
            name="chain", organisation_id=root.id, scopes=modules.all_permissions(), by=SYSTEM
        ).key
    url = make_conninfo(SERVER, dbname=connections["default"].settings_dict["NAME"])
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DATABASE_APP_URL": make_conninfo(url, user=settings.YIPAN_APP_ROLE, password=PASSWORD),
        "YIPAN_SECRET_KEY": "of this test alone, long enough to be taken for one",
        "YIPAN_MODULES_OFF": ",".join(without(off)) if off else "",
    }
    played = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.chain.play", tenant.code, key],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert played.returncode == 0, f"{played.stdout}\n{played.stderr[-4000:]}"


def test_a_module_that_must_be_on_cannot_be_switched_off(settings: object) -> None:
    for off in (["ledger"], ["nonsense"], ["settlement"]):
        settings.YIPAN_MODULES_OFF = off  # type: ignore[attr-defined]
        with pytest.raises(ImproperlyConfigured, match="YIPAN_MODULES_OFF"):
            modules.check_switches()
