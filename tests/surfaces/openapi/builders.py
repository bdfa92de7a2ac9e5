"""Organisations, API clients and a caller for tests."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client

from yipan.group.organisations.actions import create_headquarters, create_organisation
from yipan.group.organisations.models import Level, Organisation
from yipan.kernel import modules
from yipan.kernel.actor import SYSTEM
from yipan.surfaces.openapi import actions
from yipan.surfaces.openapi.actions import IssuedKey


def make_organisation(code: str = "HQ", parent: Organisation | None = None) -> Organisation:
    """Headquarters without a parent, a company below those, a store below a company."""
    name = f"Organisation {code}"
    if parent is None:
        return create_headquarters(code=code, name=name)
    level = Level.COMPANY if parent.level == Level.HEADQUARTERS else Level.STORE
    return create_organisation(parent=parent, level=level, code=code, name=name, by=SYSTEM)


def make_client(
    organisation: Organisation, scopes: Collection[str] | None = None, **options: Any
) -> IssuedKey:
    """An API client of an organisation, with every permission where none are given."""
    return actions.create_client(
        name=options.pop("name", "till"),
        organisation_id=organisation.id,
        scopes=modules.all_permissions() if scopes is None else scopes,
        by=options.pop("by", SYSTEM),
        **options,
    )


@dataclass(frozen=True)
class Caller:
    """Speaks to the API over Django's test client with a key."""

    key: str | None
    language: str = "en"

    def get(self, path: str, **headers: str) -> Any:
        return self.send("get", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("post", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("patch", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.send("delete", path, **headers)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One request; `headers` by name with underscores, `idempotency_key="1"`."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        given.setdefault("Accept-Language", self.language)
        if self.key is not None:
            given.setdefault("Authorization", f"Bearer {self.key}")
        extra = {} if method == "get" else {"data": body, "content_type": "application/json"}
        answer: HttpResponse = getattr(Client(), method)(f"/api/v1{path}", headers=given, **extra)
        return answer


def caller(organisation: Organisation, scopes: Collection[str] | None = None) -> Caller:
    """Somebody who calls the API for an organisation."""
    return Caller(make_client(organisation, scopes).key)
