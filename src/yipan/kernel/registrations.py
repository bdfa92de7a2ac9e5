"""What the kernel hooks into Django when the modules are ready."""

from typing import Any

from django.db.models.signals import post_migrate

from yipan.kernel import access, modules


def _secure(sender: Any, using: str, **_: Any) -> None:
    # Sent for each app with tables; the walls are put up after the last one, when all are there.
    with_tables = [module for module in modules.all_modules() if module.models_module]
    if sender.label == with_tables[-1].label:
        access.put_up_walls(using)


post_migrate.connect(_secure, dispatch_uid="yipan.kernel.access")
