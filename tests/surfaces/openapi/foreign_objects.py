"""What stands in the paths of the API: for each resource a builder of one object.

`test_reach` walks every route of the API and puts objects of other organisations and other tenants
into its paths. A new resource `/things/{thing_id}` needs one line here:

    register("things", lambda organisation: make_thing(organisation).id)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.surfaces.openapi.builders import make_client
from yipan.group.organisations.models import Organisation

Build = Callable[[Organisation], int | str]


@dataclass(frozen=True)
class Resource:
    """How to make one object of an organisation, in the tenant in context."""

    build: Build
    """Returns what stands in the path: an id or a code."""
    tenant_wide: bool
    """Seen by the whole tenant, such as an SKU: only other tenants must not reach it."""


RESOURCES: dict[str, Resource] = {}


def register(segment: str, build: Build, *, tenant_wide: bool = False) -> None:
    """Say how to make what stands behind `/segment/` in a path."""
    RESOURCES[segment] = Resource(build, tenant_wide)


register("api-clients", lambda organisation: make_client(organisation, ["orders.read"]).client.id)
