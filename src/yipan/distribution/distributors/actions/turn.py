"""Changes of relations, codes and standing are made one after another in a tenant."""

from __future__ import annotations

from typing import Final

from yipan.distribution.distributors.errors import DistributorHasLeft
from yipan.distribution.distributors.models import Distributor, DistributorStatus
from yipan.kernel.errors import NotFound
from yipan.kernel.locks import take_turn

LONGEST_REASON: Final = 500
LONGEST_NAME: Final = 60
LONGEST_CODE: Final = 40


def in_turn(distributor: Distributor) -> Distributor:
    """The distributor as it stands once it is this transaction's turn.

    Raises NotFound, DistributorHasLeft.
    """
    take_turn("distributors")
    found: Distributor | None = (
        Distributor.objects.select_related("organisation").filter(pk=distributor.pk).first()
    )
    if found is None:
        raise NotFound(kind="distributor", ref=distributor.pk)
    if found.status == DistributorStatus.LEFT:
        raise DistributorHasLeft(value=found.code)
    return found
