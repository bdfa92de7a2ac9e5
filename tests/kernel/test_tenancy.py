"""Tenants never meet: proven for every table."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from tests.conftest import make_tenant
from yipan.kernel.access import tenant_models
from yipan.kernel.models import AuditEntry, Tenant
from yipan.kernel.tenancy import TenantMissing, tenant_context
from yipan.kernel.tenant_model import TenantModel

DEPLOYMENT_TABLES = {
    "kernel_tenant",
    "django_content_type",
    "django_session",
    "django_admin_log",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
}


@pytest.mark.parametrize("model", tenant_models(), ids=lambda m: m._meta.label)
def test_the_manager_refuses_to_query_without_a_tenant(model: type[TenantModel]) -> None:
    with pytest.raises(TenantMissing):
        model.objects.all()
    with pytest.raises(TenantMissing):
        model._base_manager.all()


@pytest.mark.parametrize("model", tenant_models(), ids=lambda m: m._meta.label)
def test_row_level_security_is_forced_on_the_table(model: type[TenantModel], db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner) <> current_user"
            "  FROM pg_class WHERE oid = %s::regclass",
            [model._meta.db_table],
        )
        assert cursor.fetchone() == (True, True, True)
        cursor.execute(
            "SELECT qual, with_check FROM pg_policies WHERE tablename = %s", [model._meta.db_table]
        )
        (policy,) = cursor.fetchall()
        assert all("tenant_id" in part and "yipan.tenant_id" in part for part in policy)


def test_every_table_belongs_to_a_tenant_or_is_known_not_to(db: None) -> None:
    tables = {m._meta.db_table for m in apps.get_models(include_auto_created=True)}
    of_tenants = {m._meta.db_table for m in tenant_models()}
    loose = {t for t in tables - of_tenants if not t.startswith("procrastinate_")}
    assert loose <= DEPLOYMENT_TABLES


def test_raw_sql_sees_only_the_tenant_in_context(db: None) -> None:
    first, second = make_tenant("first"), make_tenant("second")
    for tenant in (first, second):
        with tenant_context(tenant.id):
            _audit(tenant)
    for tenant in (first, second):
        with tenant_context(tenant.id), connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT tenant_id FROM kernel_auditentry")
            assert cursor.fetchall() == [(tenant.id,)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kernel_auditentry")
        assert cursor.fetchone() == (0,)


def test_a_row_of_another_tenant_cannot_be_written(db: None) -> None:
    first, second = make_tenant("first"), make_tenant("second")
    with (
        tenant_context(first.id),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        _audit(second)


def test_the_session_follows_the_context_through_a_rollback(db: None) -> None:
    first, second = make_tenant("first"), make_tenant("second")
    with tenant_context(first.id):
        _audit(first)
    with tenant_context(second.id), pytest.raises(RuntimeError), transaction.atomic():
        _audit(second)
        raise RuntimeError
    with tenant_context(first.id), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kernel_auditentry")
        assert cursor.fetchone() == (1,)


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize(
    "model", [m for m in tenant_models() if m.append_only], ids=lambda m: m._meta.label
)
def test_append_only_tables_refuse_change(
    model: type[models.Model], statement: str, tenant: Tenant
) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(model._meta.db_table))


def _audit(tenant: Tenant) -> None:
    AuditEntry.objects.create(
        tenant_id=tenant.id,
        at=tenant.created_at,
        actor="system:-:test",
        action="test",
        subject_type="tenant",
        subject_id=tenant.id,
    )
