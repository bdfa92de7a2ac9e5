"""The chain of `examples/chain.py` with some modules off, in a process of its own.

    python -m tests.chain.play TENANT KEY

Reads DATABASE_URL and YIPAN_MODULES_OFF. Plays every step whose modules are on, through the WSGI
application; then checks that the modules that are off have left nothing behind.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import timedelta

import django
import httpx

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yipan.config.settings")
django.setup()

from django.contrib import admin  # noqa: E402
from django.urls import Resolver404, resolve  # noqa: E402
from procrastinate.contrib.django import app  # noqa: E402

from examples import chain  # noqa: E402
from yipan.config.wsgi import application  # noqa: E402
from yipan.kernel import events, modules  # noqa: E402
from yipan.kernel.models import Tenant  # noqa: E402
from yipan.kernel.tenancy import tenant_context  # noqa: E402
from yipan.ledger import verification  # noqa: E402

ROUTES = {
    "stock": "/api/v1/stock",
    "members": "/api/v1/members",
    "payments": "/api/v1/payments",
    "fulfilment": "/api/v1/fulfilments",
    "checkout": "/api/v1/checkout/policy",
    "sharing": "/api/v1/links",
    "settlement": "/api/v1/settlement/entries",
    "withdrawals": "/api/v1/withdrawals",
    "webhooks": "/api/v1/webhooks",
    "console": "/console/",
}


def work(what: str, ready: Callable[[], bool], patience: timedelta) -> None:
    """Do what the worker would do, then it must be so."""
    for _ in range(20):
        for name in ("settlement.release", "withdrawals.submit", "withdrawals.query"):
            for task in app.tasks.values():
                if task.name.startswith(name):
                    task.func(timestamp=0)
        if ready():
            return
    raise SystemExit(f"{what}: not after all the work was done ({patience})")


def play(api: chain.Api) -> None:
    """Every step whose modules are on."""
    on = modules.is_enabled
    store = chain.found_store(api)
    if on("settlement"):
        chain.settle_at_once(api, store)
    sku = chain.make_goods(api)
    if on("stock"):
        chain.stock_goods(api, store, sku)
    chain.put_into_pool(api, store, sku)
    guide = chain.hire_guide(api, store)
    if on("sharing"):
        visitor = chain.share_and_open(api, store, sku, guide)
        order = chain.sell(api, store, sku, visitor=visitor)
    else:
        order = chain.sell(api, store, sku, distributor_code=guide["code"])
    chain.show_credit(api, order, guide)
    chain.give_one_back(api, order, guide)
    if on("settlement"):
        available = chain.release(api, order, guide, timedelta(0))
        if on("withdrawals"):
            card_id = chain.add_card(api, guide)
            chain.withdraw(api, guide, card_id, available, timedelta(0))


def left_behind() -> list[str]:
    """What modules that are off still have."""
    found = []
    for module in modules.all_modules():
        label = module.label
        if modules.is_enabled(label):
            continue
        types = events.Event.__subclasses__()
        heard = [each.__name__ for each in types if label in events.handlers_of(each)]
        found += [f"{label} hears {name}" for name in heard]
        found += [f"job {name}" for name in app.tasks if name.startswith(f"{label}.")]
        found += [
            f"screen of {model.__name__}"
            for model in admin.site._registry
            if model._meta.app_label == label
        ]
        if label in ROUTES:
            try:
                resolve(ROUTES[label])
                found.append(f"route {ROUTES[label]}")
            except Resolver404:
                pass
    return found


def main(tenant_code: str, key: str) -> int:
    """0 where the chain ran and nothing was left behind."""
    chain.wait_for = work
    headers = {"Authorization": f"Bearer {key}", "Accept-Language": "en"}
    transport = httpx.WSGITransport(app=application)
    base = "http://localhost:8000/api/v1"
    with httpx.Client(transport=transport, base_url=base, headers=headers) as http:
        play(chain.Api(http))
    tenant = Tenant.objects.get(code=tenant_code)
    with tenant_context(tenant.id):
        problems = [*verification.problems(), *left_behind()]
    sys.stdout.writelines(f"{problem}\n" for problem in problems)
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
