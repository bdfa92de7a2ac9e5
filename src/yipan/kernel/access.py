"""The second wall: row-level security and privileges, put up after every migration.

Idempotent. The application role owns nothing; on append-only tables it may read and insert, and
a trigger refuses UPDATE, DELETE and TRUNCATE to everybody, the owner included.
"""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.db import connections, models

from yipan.kernel.tenant_model import TenantModel

POLICY = "tenant_wall"
_REFUSE = """
CREATE OR REPLACE FUNCTION yipan_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$
"""
_TENANT = "(SELECT nullif(current_setting('yipan.tenant_id', true), '')::bigint)"


def tenant_models() -> list[type[TenantModel]]:
    """Every model whose rows belong to a tenant."""
    return [m for m in apps.get_models(include_auto_created=True) if issubclass(m, TenantModel)]


def put_up_walls(using: str) -> None:
    """Grant, revoke and secure every table of the database behind the alias `using`."""
    connection = connections[using]
    quote = connection.ops.quote_name
    role = quote(settings.YIPAN_APP_ROLE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [settings.YIPAN_APP_ROLE])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS")
        cursor.execute(_REFUSE)
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
        )
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
        cursor.execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}")
        cursor.execute("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'")
        policies = set(cursor.fetchall())
        cursor.execute(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        )
        triggers = set(cursor.fetchall())
        for model in tenant_models():
            for statement in _statements(model, role, policies, triggers):
                cursor.execute(statement)


def _statements(
    model: type[models.Model],
    role: str,
    policies: set[tuple[str, str]],
    triggers: set[tuple[str, str]],
) -> list[str]:
    table = model._meta.db_table
    statements = []
    if (table, POLICY) not in policies:
        statements += [
            f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
            f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
            (
                f'CREATE POLICY {POLICY} ON "{table}" USING (tenant_id = {_TENANT}) '
                f"WITH CHECK (tenant_id = {_TENANT})"
            ),
        ]
    if getattr(model, "append_only", False):
        statements.append(f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM {role}')
        if (table, "append_only") not in triggers:
            statements.append(
                f'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table}" '
                "FOR EACH STATEMENT EXECUTE FUNCTION yipan_refuse_change()"
            )
    return statements
