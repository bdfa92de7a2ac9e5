"""Four eyes: who may decide on a withdrawal."""

from __future__ import annotations

from typing import Final

from yipan.kernel.actor import Actor, ActorKind
from yipan.payouts.withdrawals.errors import NotASecondPerson

DECIDING: Final = frozenset({ActorKind.PERSON, ActorKind.API_CLIENT})


def is_same_party(actor: Actor, written: str) -> bool:
    """Whether an actor is the one written down as `kind:id:label`, whatever the label is now."""
    return written.startswith(f"{actor.kind.value}:{actor.id}:")


def is_distributor(actor: Actor, *, distributor_id: int, person_id: int | None) -> bool:
    """Whether an actor is the distributor, by either of their accounts."""
    if actor.kind is ActorKind.DISTRIBUTOR:
        return actor.id == distributor_id
    return actor.kind is ActorKind.PERSON and actor.id is not None and actor.id == person_id


def check_second_person(
    approver: Actor, *, requested_by: str, distributor_id: int, person_id: int | None
) -> None:
    """Raises NotASecondPerson unless the approver is neither requester nor distributor."""
    if (
        approver.kind not in DECIDING
        or is_same_party(approver, requested_by)
        or is_distributor(approver, distributor_id=distributor_id, person_id=person_id)
    ):
        raise NotASecondPerson
