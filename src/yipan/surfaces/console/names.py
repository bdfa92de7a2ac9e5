"""Names of tables and columns in the reader's language.

Models are written in English and name nothing twice: the framework makes `placed at` of
`placed_at`. Here these names become translatable, under a context of their own, because a column
`code` and a promotion code are not the same word in Chinese. Migrations see none of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db.models import Model
from django.utils.translation import pgettext_lazy

from yipan.kernel.modules import ModuleConfig

COLUMN: Final = "column"
TABLE: Final = "table"
_NAMES: Final = {
    "people.Person": ("person", "people"),
    "commissions.Entry": ("commission entry", "commission entries"),
    "commissions.EntryState": ("due entry", "due entries"),
    "pool.ImportRun": ("loaded file", "loaded files"),
    "kernel.PolicyVersion": ("policy", "policies"),
    "kernel.OutboxEvent": ("event", "events"),
    "stock.StockLevel": ("stock", "stock"),
    "catalogue.Sku": ("SKU", "SKUs"),
    "openapi.ApiClient": ("API client", "API clients"),
    "webhooks.Endpoint": ("webhook", "webhooks"),
    "settlement.ReleaseBatch": ("release batch", "release batches"),
}


def translate_names(modules: Iterable[ModuleConfig]) -> None:
    """Make the names of these modules' tables and columns translatable."""
    for module in modules:
        for model in module.get_models():
            options = model._meta
            one, many = names_of(model)
            options.verbose_name = pgettext_lazy(TABLE, one)
            options.verbose_name_plural = pgettext_lazy(TABLE, many)
            for field in options.concrete_fields:
                name = field.verbose_name
                if isinstance(name, str):
                    field.verbose_name = pgettext_lazy(COLUMN, name)


def names_of(model: type[Model]) -> tuple[str, str]:
    """What one row and many rows are called in English."""
    known = _NAMES.get(model._meta.label)
    if known:
        return known
    one = str(model._meta.verbose_name_raw)
    if one.endswith("y"):
        return one, f"{one[:-1]}ies"
    return one, f"{one}es" if one.endswith(("s", "ch", "x")) else f"{one}s"
