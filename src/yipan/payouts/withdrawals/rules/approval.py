"""Four eyes: who may decide on a withdrawal."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from yipan.kernel.actor import Actor, ActorKind
from yipan.payouts.withdrawals.errors import NotASecondPerson

DECIDING: Final = frozenset({ActorKind.PERSON, ActorKind.API_CLIENT})


def is_same_party(actor: Actor, written: str) -> bool:
    """Whether an actor is the one written down as `kind:id:label`, whatever the label is now."""
    return written.startswith(f"{actor.kind.value}:{actor.id}:")


def is_distributor(actor: Actor, *, distributor_id: int, person_id: int | None) -> bool:
    """Whether an actor is the distributor: either account, or a program whose key they hold."""
    if actor.kind is ActorKind.DISTRIBUTOR:
        return actor.id == distributor_id
    return person_id in actor.people


def check_second_person(
    approver: Actor, *, requested_by: str, requesters: Collection[int], person_id: int | None
) -> None:
    """Raises NotASecondPerson unless the approver is neither who asked nor who is paid.

    `requesters` are the people behind the request, `person_id` the distributor's account. A program
    counts as everybody who holds its key, on both sides.
    """
    if (
        approver.kind not in DECIDING
        or is_same_party(approver, requested_by)
        or not approver.people.isdisjoint({*requesters, person_id})
    ):
        raise NotASecondPerson
