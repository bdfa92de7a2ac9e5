"""Files of long work, in the database in parts: every process of every machine reaches them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from yipan.kernel.models import LongWork, LongWorkPart
from yipan.kernel.tenancy import current_tenant_id, tenant_context

PART_BYTES: Final = 2**20
_PARTS_AT_ONCE: Final = 8


def keep(work_id: int, content: BinaryIO, *, is_result: bool) -> int:
    """Keep a file of a work, in place of one kept before; its size in bytes."""
    LongWorkPart.objects.filter(work_id=work_id, is_result=is_result).delete()
    size = 0
    batch: list[LongWorkPart] = []
    for number, part in enumerate(iter(lambda: content.read(PART_BYTES), b"")):
        size += len(part)
        batch.append(
            LongWorkPart(work_id=work_id, is_result=is_result, number=number, content=part)
        )
        if len(batch) == _PARTS_AT_ONCE:
            LongWorkPart.objects.bulk_create(batch)
            batch = []
    LongWorkPart.objects.bulk_create(batch)
    return size


def given_file(work_id: int) -> bytes:
    """The whole file that a work was given; empty where there is none."""
    parts = LongWorkPart.objects.filter(work_id=work_id, is_result=False).order_by("number")
    return b"".join(bytes(part) for part in parts.values_list("content", flat=True))


def result_file(work: LongWork) -> Iterable[bytes]:
    """The parts of the file that a work made, read one by one while they are sent."""
    return _parts(current_tenant_id(), work.id)


def _parts(tenant_id: int, work_id: int) -> Iterator[bytes]:
    # An answer is sent when the request's own context is left already.
    number = 0
    while True:
        with tenant_context(tenant_id):
            parts = LongWorkPart.objects.filter(work_id=work_id, is_result=True, number=number)
            content = parts.values_list("content", flat=True).first()
        if content is None:
            return
        yield bytes(content)
        number += 1
