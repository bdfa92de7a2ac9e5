"""The base of every table that belongs to a tenant."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.db import models

from yipan.kernel.ids import next_id
from yipan.kernel.tenancy import current_tenant_id

M = TypeVar("M", bound=models.Model)


class TenantManager(models.Manager[M]):
    """Sees the rows of the tenant in context only."""

    def get_queryset(self) -> models.QuerySet[M]:
        return super().get_queryset().filter(tenant_id=current_tenant_id())


class TenantModel(models.Model):
    """Base of every table that belongs to a tenant."""

    append_only: ClassVar[bool] = False
    """True: the application may only insert and read (privileges and a trigger refuse the rest)."""

    id = models.BigIntegerField(primary_key=True, default=next_id, editable=False)
    """Given by the application, see `ids`."""
    tenant_id = models.BigIntegerField(default=current_tenant_id, editable=False)
    """The retail group the row belongs to."""

    objects: ClassVar[TenantManager[Any]] = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
