"""A group's accent."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.shortcuts import render
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from tests.conftest import make_tenant
from tests.group.organisations.builders import make_tree
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import InvalidField
from yipan.kernel.models import AuditEntry, Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.surfaces.design.appearance import ACCENTS, DEFAULT, accent, set_accent

TOKENS = Path(__file__).parents[3] / "frontend" / "src" / "styles" / "tokens.css"


def test_a_group_has_the_accent_it_chose_and_others_keep_theirs(tenant: Tenant) -> None:
    make_tree()
    assert accent() == DEFAULT
    set_accent("plum", by=SYSTEM, reason="品牌")
    assert accent() == "plum"
    assert AuditEntry.objects.get(action="policies.appearance").after == {"accent": "plum"}
    with tenant_context(make_tenant("second").id):
        make_tree()
        assert accent() == DEFAULT


def test_only_accents_that_the_sheet_knows(tenant: Tenant) -> None:
    make_tree()
    sheet = TOKENS.read_text(encoding="utf-8")
    for name, _title in ACCENTS:
        assert f'[data-accent="{name}"]' in sheet
    with pytest.raises(InvalidField):
        set_accent('red"><script>', by=SYSTEM)


def test_phone_pages_wear_it_and_others_do_not_read_it(tenant: Tenant) -> None:
    make_tree()
    set_accent("indigo", by=SYSTEM)
    request = RequestFactory().get("/w/")
    with CaptureQueriesContext(connection) as run:
        page = render(request, "design/phone.html", {"title": "我的", "messages": []})
    assert b'data-accent="indigo"' in page.content
    assert len(run) <= 3
    with CaptureQueriesContext(connection) as run:
        render(request, "design/phone.html", {"title": "我的", "messages": []})
    assert len(run) == 0


def test_without_a_tenant_there_is_the_usual_one() -> None:
    page = render(RequestFactory().get("/"), "design/phone.html", {"title": "", "messages": []})
    assert f'data-accent="{DEFAULT}"'.encode() in page.content
