"""The statement that reads the facts is served by indexes, also behind row-level security."""

from __future__ import annotations

import re
from datetime import timedelta

from django.db import connection, connections

from tests.distribution.attribution.builders import DAY, PLACED
from tests.distribution.attribution.conftest import World
from yipan.distribution.attribution.queries import facts
from yipan.distribution.attribution.queries.facts import Question
from yipan.kernel.tenancy import current_tenant_id

MANY = (
    """
    INSERT INTO attribution_touch (id, tenant_id, source, touched_at, recorded_at, visitor,
                                   member_id, distributor_id, code, channel, campaign)
    SELECT 10000000 + n, {tenant}, 'link', '2026-03-01', '2026-03-01',
           CASE WHEN n % 2 = 0 THEN 'v' || n ELSE '' END, CASE WHEN n % 2 = 1 THEN n END,
           {wang}, '', '', '' FROM generate_series(1, 20000) n
    """,
    """
    INSERT INTO attribution_binding (id, tenant_id, member_id, sequence, distributor_id, kind,
                                     bound_at, changed_by, reason, recorded_at)
    SELECT 10000000 + n, {tenant}, n, 1, {wang}, 'bound', '2026-03-01', '', '', '2026-03-01'
      FROM generate_series(1, 20000) n
    """,
    """
    INSERT INTO attribution_coupon (id, tenant_id, code, distributor_id, created_at, created_by)
    SELECT 10000000 + n, {tenant}, 'C-' || n, {wang}, '2026-03-01', ''
      FROM generate_series(1, 20000) n
    """,
    """
    INSERT INTO distributors_distributor (id, tenant_id, organisation_id, code, name, kind, grade,
                                          status, joined_at, portrait)
    SELECT 10000000 + n, {tenant}, {store}, 'G' || n, '', 'guide', '', 'active', '2026-03-01', ''
      FROM generate_series(1, 20000) n
    """,
)
SERVED = {
    "touch_of_member": "member_id",
    "touch_of_visitor": "visitor",
    "binding_chain": "member_id",
    "coupon_code": "code",
    "distributor_code": "code",
}


def test_facts_among_many_are_found_by_index(committed_world: World) -> None:
    world, tenant_id = committed_world, current_tenant_id()
    with connections["owner"].cursor() as cursor:
        for statement in MANY:
            cursor.execute(
                statement.format(tenant=tenant_id, wang=world.wang.id, store=world.store.id)
            )
            table = statement.split()[2]
            cursor.execute(f"ANALYZE {table}")
    question = Question(7, "v8", "G9", "C-10", PLACED, PLACED - 15 * DAY)
    columns = [[value] for value in question]
    params = [[0], *columns, [PLACED - timedelta(days=90)], *[tenant_id] * 7]
    with connection.prepared_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f"EXPLAIN (COSTS OFF) {facts._FACTS}", params)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    for index, column in SERVED.items():
        conditions = re.findall(rf"using {index} on .*\n\s*Index Cond: (.*)", plan)
        assert conditions, (index, plan)
        assert all(column in condition for condition in conditions), (index, plan)
    assert "Seq Scan" not in plan
