"""A group's accent: one hue for all its phone pages, kept as a policy of headquarters."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yipan.group.organisations.queries import tree
from yipan.kernel import clock, policies
from yipan.kernel.actor import Actor
from yipan.kernel.errors import InvalidField
from yipan.kernel.models import PolicyVersion
from yipan.kernel.tenancy import tenant_id_or_none

KIND: Final = "appearance"
DEFAULT: Final = "jade"
ACCENTS: Final = (
    ("jade", gettext_lazy("jade")),
    ("pine", gettext_lazy("pine")),
    ("azure", gettext_lazy("azure")),
    ("indigo", gettext_lazy("indigo")),
    ("plum", gettext_lazy("plum")),
    ("cinnabar", gettext_lazy("cinnabar")),
    ("amber", gettext_lazy("amber")),
    ("ink", gettext_lazy("ink")),
)
"""The hues that `frontend/src/styles/tokens.css` knows, with their names."""


def accent() -> str:
    """The accent of the tenant in context; cached until the configuration changes."""
    if tenant_id_or_none() is None:
        return DEFAULT
    roots = [node.id for node in tree().by_id.values() if node.parent_id is None]
    found = policies.policy_in_force(kind=KIND, organisation_ids=roots, at=clock.now())
    return str(found.data.get("accent", DEFAULT))


def set_accent(name: str, *, by: Actor, reason: str = "") -> PolicyVersion:
    """Choose the accent of the group, from now on. Raises InvalidField."""
    if name not in dict(ACCENTS):
        raise InvalidField(field="accent", reason=_("is not one of the accents"))
    return policies.set_policy(
        kind=KIND, organisation_id=tree().root.id, data={"accent": name}, by=by, reason=reason
    )


def context(request: HttpRequest) -> dict[str, object]:  # noqa: ARG001 - the framework passes it
    """For every template: `accent`, read only where a page shows it."""
    return {"accent": SimpleLazyObject(accent)}
