"""API clients, who one is, what happened, and whether the platform is well."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from yipan.group.organisations.queries import tree
from yipan.kernel.caller import ApiCaller, caller_of
from yipan.kernel.errors import NotFound
from yipan.kernel.http import Input
from yipan.kernel.models import Tenant
from yipan.kernel.pagination import PageOf, PageQuery, paginate
from yipan.surfaces.openapi import actions, queries
from yipan.surfaces.openapi.models import ApiClient

router = Router(tags=["openapi"])


class HealthOut(Schema):
    """Whether the platform can work."""

    status: str = Field(description="`ok`.", examples=["ok"])


class OrganisationRef(Schema):
    """An organisation in short."""

    id: int
    code: str = Field(examples=["S-021"])
    name: str = Field(examples=["南京东路店"])


class TenantRef(Schema):
    """The retail group in short."""

    code: str = Field(examples=["acme"])
    name: str = Field(examples=["一盘集团"])
    currency: str = Field(examples=["CNY"])
    timezone: str = Field(description="Of business days.", examples=["Asia/Shanghai"])


class MeOut(Schema):
    """Who a key stands for."""

    client_id: int
    name: str = Field(examples=["POS of store 21"])
    scopes: list[str] = Field(examples=[["orders.read", "orders.write"]])
    tenant: TenantRef
    organisation: OrganisationRef = Field(description="The caller sees its subtree.")


class ClientOut(Schema):
    """An API client."""

    id: int
    name: str = Field(examples=["POS of store 21"])
    organisation_id: int
    scopes: list[str] = Field(examples=[["orders.read", "orders.write"]])
    hint: str = Field(description="Last characters of the key.", examples=["x7Qa"])
    per_minute: int = Field(description="Requests a minute.", examples=[6000])
    is_active: bool = Field(description="False: revoked.")
    expires_at: datetime | None = Field(description="UTC; null: never.")
    created_at: datetime = Field(description="UTC.")


class IssuedOut(Schema):
    """An API client and its key, which is shown this once."""

    client: ClientOut
    key: str = Field(examples=["yk_acme_1kz9_…"])


class ClientIn(Input):
    """A new API client."""

    name: str = Field(examples=["POS of store 21"])
    organisation_id: int = Field(description="It will see this organisation and all below it.")
    scopes: list[str] = Field(
        description="Permissions; only such as the caller has.",
        examples=[["orders.read", "orders.write"]],
    )
    per_minute: int | None = Field(None, description="Requests a minute.", examples=[6000])
    expires_at: AwareDatetime | None = Field(None, description="UTC; null: never.")


class ClientChange(Input):
    """What is to change of an API client; the rest stays."""

    name: str | None = None
    scopes: list[str] | None = None
    per_minute: int | None = None
    expires_at: AwareDatetime | None = None


class EventOut(Schema):
    """Something that happened."""

    id: int = Field(description="Stable; the webhook of the same event has it as its message id.")
    type: str = Field(examples=["order.paid"])
    organisation_id: int | None
    timestamp: datetime = Field(description="UTC.")
    data: dict[str, Any]


class EventsOut(Schema):
    """Events in the order in which they took effect."""

    items: list[EventOut]
    next_cursor: str = Field(description="Always there: ask again with it for what comes later.")


@router.get("/health", response={200: HealthOut}, auth=None)
def health(request: HttpRequest) -> HealthOut:  # noqa: ARG001 - the framework passes it
    """Whether the platform answers and reaches its database.

    Needs no key; answers 503 where the database does not answer.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HealthOut(status="ok")


@router.get("/me", response=MeOut)
def me(request: HttpRequest) -> MeOut:
    """Who the key stands for."""
    caller: ApiCaller = request.auth  # type: ignore[attr-defined]
    tenant = Tenant.objects.get(id=caller.tenant_id)
    node = tree().node(caller.organisation_id)
    return MeOut(
        client_id=caller.client_id,
        name=caller.name,
        scopes=sorted(caller.scopes),
        tenant=TenantRef(
            code=tenant.code,
            name=tenant.name,
            currency=tenant.currency,
            timezone=tenant.timezone,
        ),
        organisation=OrganisationRef(id=node.id, code=node.code, name=node.name),
    )


@router.get("/events", response=EventsOut)
def list_events(request: HttpRequest, page: Query[PageQuery], type: str = "") -> EventsOut:  # noqa: A002
    """Events of the caller's subtree, oldest first.

    For readers who would rather fetch than be called: `next_cursor` is always there, also behind
    the last event so far. `type` is the name of one kind of event, such as `order.paid`.
    """
    caller = caller_of(request, "events.read")
    events, cursor = queries.events_after(
        page.cursor, scope_path=caller.organisation_path, name=type, limit=page.limit
    )
    return EventsOut(items=[EventOut.model_validate(each) for each in events], next_cursor=cursor)


@router.get("/api-clients", response=PageOf[ClientOut])
def list_clients(request: HttpRequest, page: Query[PageQuery]) -> Any:
    """API clients of the caller's subtree, newest first."""
    caller = caller_of(request, "api_clients.read")
    clients = queries.clients_within(caller.organisation_path)
    return paginate(clients, cursor=page.cursor, limit=page.limit, order=("-created_at",))


@router.post("/api-clients", response={201: IssuedOut})
def create_client(request: HttpRequest, client: ClientIn) -> Any:
    """Make an API client; the answer has its key, this once."""
    caller = caller_of(request, "api_clients.write")
    if not tree().within(client.organisation_id, caller.organisation_path):
        raise NotFound(kind="organisation", ref=client.organisation_id)
    issued = actions.create_client(**dict(client), may_grant=caller.scopes, by=caller.actor)
    return Status(HTTPStatus.CREATED, issued)


@router.get("/api-clients/{int:client_id}", response=ClientOut)
def get_client(request: HttpRequest, client_id: int) -> ApiClient:
    """One API client."""
    caller = caller_of(request, "api_clients.read")
    return queries.client(client_id, scope_path=caller.organisation_path)


@router.patch("/api-clients/{int:client_id}", response=ClientOut)
def change_client(request: HttpRequest, client_id: int, change: ClientChange) -> ApiClient:
    """Change name, scopes, rate or end of an API client."""
    caller = caller_of(request, "api_clients.write")
    client = queries.client(client_id, scope_path=caller.organisation_path)
    return actions.change_client(
        client=client, may_grant=caller.scopes, by=caller.actor, **dict(change)
    )


@router.post("/api-clients/{int:client_id}/rotation", response=IssuedOut)
def rotate_key(request: HttpRequest, client_id: int) -> actions.IssuedKey:
    """Give an API client a new key; the one before works for 24 hours more."""
    caller = caller_of(request, "api_clients.write")
    client = queries.client(client_id, scope_path=caller.organisation_path)
    return actions.rotate_key(client=client, may_grant=caller.scopes, by=caller.actor)


@router.delete("/api-clients/{int:client_id}", response={204: None})
def revoke_client(request: HttpRequest, client_id: int) -> HttpResponse | Status[None]:
    """End an API client, at once and for good."""
    caller = caller_of(request, "api_clients.write")
    client = queries.client(client_id, scope_path=caller.organisation_path)
    actions.revoke_client(client=client, by=caller.actor)
    return Status(HTTPStatus.NO_CONTENT, None)
