"""URL roots with a few operations that only tests need, behind the real gate."""

from __future__ import annotations

import threading
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from django.urls import path
from ninja import Router, Schema, Status

from yipan.kernel import clock
from yipan.kernel.errors import DomainError
from yipan.kernel.http import idempotent
from yipan.kernel.models import AuditEntry
from yipan.kernel.tenancy import current_tenant_id, tenant_id_or_none
from yipan.surfaces.openapi.gate import ApiKey
from yipan.surfaces.openapi.site import YipanApi
from yipan.surfaces.openapi.wire import JsonParser, JsonRenderer

router = Router()
started = threading.Event()
go_on = threading.Event()


class Refused(DomainError):
    """What the business does not allow."""

    code = "test.refused"
    status = HTTPStatus.CONFLICT


class EffectIn(Schema):
    number: int
    end: str = "well"


class EffectOut(Schema):
    id: int
    number: int


def take_effect(number: int) -> AuditEntry:
    row: AuditEntry = AuditEntry.objects.create(
        at=clock.now(), actor="t", action="effect", subject_type="test", subject_id=number
    )
    return row


def effects() -> list[int]:
    """What took effect."""
    rows = AuditEntry.objects.filter(action="effect").order_by("id")
    return list(rows.values_list("subject_id", flat=True))


@router.post("/effects", response={201: EffectOut, 409: dict[str, str]})
@idempotent
def create_effect(request: HttpRequest, effect: EffectIn) -> Any:
    """Write a row, and end as asked."""
    row = take_effect(effect.number)
    match effect.end:
        case "slowly":
            started.set()
            go_on.wait(10)
        case "refused":
            raise Refused
        case "answered no":
            return Status(409, {"answer": "no"})
        case "broken":
            message = "the secret inside"
            raise RuntimeError(message)
        case _:
            pass
    return Status(201, {"id": row.id, "number": row.subject_id})


@router.put("/effects", response=EffectOut)
@idempotent
def put_effect(request: HttpRequest, number: int) -> Any:
    """Another operation of the same address."""
    return {"id": take_effect(number).id, "number": number}


@router.get("/tenant")
def tenant(request: HttpRequest) -> dict[str, int]:
    return {"tenant": current_tenant_id()}


@router.get("/open", auth=None)
def open_to_all(request: HttpRequest) -> dict[str, int | None]:
    return {"tenant": tenant_id_or_none()}


api = YipanApi(auth=ApiKey(), urls_namespace="api", renderer=JsonRenderer(), parser=JsonParser())
api.add_router("", router)
urlpatterns = [path("api/v1/", api.urls)]
