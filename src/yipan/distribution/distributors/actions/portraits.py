"""What distributors look like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from yipan.distribution.distributors.models import Distributor
from yipan.kernel import audit, sql, text
from yipan.kernel.actor import Actor
from yipan.kernel.errors import NotFound
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work

_LONGEST: Final = 200
_PORTRAY: Final = """
UPDATE distributors_distributor d SET portrait = fresh.portrait
  FROM unnest(%s::bigint[], %s::text[]) AS fresh(id, portrait)
 WHERE d.tenant_id = %s AND d.id = fresh.id
"""


def set_portraits(portraits: Mapping[int, str], *, by: Actor) -> None:
    """Give distributors their pictures: id → path under the media folder, or empty for none.

    All or none, in two statements. Raises NotFound (distributor), InvalidField.
    """
    files = {
        id_: text.checked(file, field="portrait", most=_LONGEST, required=False)
        for id_, file in sorted(portraits.items())
    }
    if not files:
        return
    with unit_of_work():
        changed = sql.execute(_PORTRAY, (list(files), list(files.values()), current_tenant_id()))
        if changed != len(files):
            there = set(Distributor.objects.filter(id__in=files).values_list("id", flat=True))
            raise NotFound(kind="distributor", ref=next(id_ for id_ in files if id_ not in there))
        for id_, file in files.items():
            audit.record(
                action="distributors.set_portrait",
                subject_type="distributor",
                subject_id=id_,
                by=by,
                after={"portrait": file},
            )
