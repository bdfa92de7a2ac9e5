"""A member as the one who acts."""

from yipan.kernel.actor import Actor, ActorKind


def member_actor(member_id: int) -> Actor:
    """For actions that members take themselves; the name is nobody's business in a log."""
    return Actor(ActorKind.MEMBER, member_id, "member")
