"""What people see where something is not as it should be: our look, a sentence, a way on."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils.translation import override
from django.views import defaults

from tests.group.organisations.builders import make_tree
from yipan.kernel.models import Tenant


def refused(request: HttpRequest) -> HttpResponse:
    return defaults.permission_denied(request, PermissionError())


def too_much(request: HttpRequest) -> HttpResponse:
    return defaults.bad_request(request, ValueError())


@pytest.mark.parametrize(
    ("view", "status", "words"),
    [
        (refused, HTTPStatus.FORBIDDEN, "您无权查看此页"),
        (too_much, HTTPStatus.BAD_REQUEST, "无法处理此请求"),
        (defaults.server_error, HTTPStatus.INTERNAL_SERVER_ERROR, "出错了"),
    ],
)
def test_every_failure_has_the_look_of_the_house(
    view: Callable[[HttpRequest], HttpResponse], status: HTTPStatus, words: str
) -> None:
    with override("zh-hans"):
        answer = view(RequestFactory().get("/w/"))
    page = answer.content.decode()
    assert answer.status_code == status
    assert words in page
    assert "design/phone.css" in page
    assert "<style" not in page
    assert " style=" not in page


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "已过期"), ("en", "too long")])
def test_a_form_that_is_out_of_date_leads_back_to_its_page(
    tenant: Tenant, language: str, words: str
) -> None:
    make_tree()
    client = Client(enforce_csrf_checks=True)
    client.cookies["django_language"] = language
    answer = client.post("/w/sign-in/", HTTP_REFERER="http://testserver/w/sign-in/?next=/w/goods/")
    page = answer.content.decode()
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert words in page
    assert 'href="/w/sign-in/?next=/w/goods/"' in page
    assert 'href="/w/"' in page


def test_a_form_that_came_from_elsewhere_leads_nowhere_else(tenant: Tenant) -> None:
    make_tree()
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/w/sign-in/", HTTP_REFERER="https://elsewhere.example/trap")
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert b"elsewhere" not in answer.content


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/nothing", "/"),
        ("/m/nobody/", "/"),
        ("/w/nothing", "/w/"),
        ("/console/nothing/", "/console/"),
    ],
)
def test_nobody_is_led_in_a_circle(tenant: Tenant, address: str, leads_to: str) -> None:
    """`/nothing` led to `/nothing/`, and a group that is none to itself."""
    make_tree()
    answer = Client().get(address)
    if answer.status_code == HTTPStatus.FOUND:
        return
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert f'href="{leads_to}"' in answer.content.decode()
