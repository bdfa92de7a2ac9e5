"""The register of modules: what there is, what is on, and what each one needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import ClassVar

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One entry of the console's menu."""

    section: str | Promise
    title: str | Promise
    model: str = ""
    """`app_label.ModelName` whose list it opens; or it opens a page of its own:"""
    icon: str = "circle"
    """Of the one set, Lucide; its name stands in frontend/icons.txt."""
    url_name: str = ""
    """The name of that page's address."""
    permission: str = ""
    """What one has to hold to see that page's entry; empty: everybody who may open the console."""


class ModuleConfig(AppConfig):
    """A module's card.

    A module that is switched off (setting YIPAN_MODULES_OFF) keeps its tables and rows, and has
    no handler, job, route or menu entry.
    """

    default_auto_field = "django.db.models.BigAutoField"
    # An `apps.py` that imports this class has two cards in it; Django takes the one with `default`.
    default = False
    purpose: ClassVar[str] = ""
    """What it is for, in one line."""
    requires: ClassVar[Sequence[str]] = ()
    """Labels of the modules without which it cannot be on."""
    optional: ClassVar[bool] = False
    """Whether it may be switched off."""
    permissions: ClassVar[Sequence[str]] = ()
    """Names such as `pool.change` that roles and API clients may hold."""
    menu: ClassVar[Sequence[MenuEntry]] = ()

    def __init_subclass__(cls) -> None:
        cls.default = True

    def ready(self) -> None:
        if not is_enabled(self.label):
            return
        for room in ("handlers", "jobs", "registrations"):
            if find_spec(f"{self.name}.{room}"):
                import_module(f"{self.name}.{room}")


def all_modules() -> list[ModuleConfig]:
    """Every installed module, bottom wing first."""
    return [config for config in apps.get_app_configs() if isinstance(config, ModuleConfig)]


def is_enabled(label: str) -> bool:
    """Whether a module is on."""
    return label not in settings.YIPAN_MODULES_OFF


def enabled_modules() -> list[ModuleConfig]:
    """The modules that are on, bottom wing first."""
    return [module for module in all_modules() if is_enabled(module.label)]


def check_switches() -> None:
    """Refuse a YIPAN_MODULES_OFF that names what cannot be off. Raises ImproperlyConfigured."""
    modules = {module.label: module for module in all_modules()}
    for label in settings.YIPAN_MODULES_OFF:
        if label not in modules:
            message = f"YIPAN_MODULES_OFF: there is no module {label!r}"
            raise ImproperlyConfigured(message)
        if not modules[label].optional:
            message = f"YIPAN_MODULES_OFF: the module {label!r} cannot be switched off"
            raise ImproperlyConfigured(message)
    for module in modules.values():
        missing = [need for need in module.requires if not is_enabled(need)]
        if is_enabled(module.label) and missing:
            message = f"YIPAN_MODULES_OFF: {module.label!r} needs {', '.join(missing)}"
            raise ImproperlyConfigured(message)


@lru_cache(maxsize=4096)
def label_of(dotted_module: str) -> str:
    """The label of the module that a Python module such as `yipan.trade.orders.handlers` is in."""
    config = apps.get_containing_app_config(dotted_module)
    return config.label if config else ""


def all_permissions() -> list[str]:
    """Every permission of the modules that are on."""
    return [name for module in enabled_modules() for name in module.permissions]
