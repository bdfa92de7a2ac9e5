"""What is sent twice counts once, and gets the first answer again."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template import engines
from django.test import RequestFactory

from tests.customers.members.builders import make_member
from yipan.customers.members.models import Member
from yipan.kernel.errors import InvalidField
from yipan.kernel.models import IdempotencyRecord, Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.surfaces.design.once import SentBefore, SentWithoutKey, StillAtIt, sent_once

View = Callable[..., HttpResponseBase]


def post(data: dict[str, Any], *, user: object = None, path: str = "/add/") -> HttpRequest:
    request = RequestFactory().post(path, data)
    request.user = user or AnonymousUser()  # type: ignore[assignment]
    return request


@sent_once
def add(request: HttpRequest, **_: Any) -> HttpResponse:
    """Makes a member and leads to it."""
    member = make_member(name=request.POST["name"])
    response = HttpResponseRedirect(f"/members/{member.id}/")
    response["HX-Trigger"] = "added"
    response.set_cookie("seen", "1")
    return response


def body(answer: HttpResponseBase) -> bytes:
    assert isinstance(answer, HttpResponse)
    return answer.content


def test_the_second_sending_gets_the_first_answer_and_does_nothing(tenant: Tenant) -> None:
    first = add(post({"once": "k1", "name": "王", "csrfmiddlewaretoken": "a"}))
    again = add(post({"once": "k1", "name": "王", "csrfmiddlewaretoken": "b"}))
    assert (first.status_code, again.status_code) == (302, 302)
    assert again["Location"] == first["Location"]
    assert again["HX-Trigger"] == "added"
    assert again["Idempotent-Replayed"] == "true"
    assert not again.cookies
    assert Member.objects.count() == 1


def test_another_key_is_another_wish(tenant: Tenant) -> None:
    for key in ("k1", "k2"):
        add(post({"once": key, "name": "王"}))
    assert Member.objects.count() == 2


def test_the_same_key_with_something_else_in_it_is_refused(tenant: Tenant) -> None:
    add(post({"once": "k1", "name": "王"}))
    with pytest.raises(SentBefore):
        add(post({"once": "k1", "name": "李"}))
    with pytest.raises(SentBefore):
        add(post({"once": "k1", "name": "王"}, path="/other/"))
    assert Member.objects.count() == 1


def test_keys_of_two_people_never_meet(tenant: Tenant) -> None:
    class Somebody:
        def __init__(self, pk: int) -> None:
            self.pk = pk

    add(post({"once": "k1", "name": "王"}, user=Somebody(1)))
    add(post({"once": "k1", "name": "王"}, user=Somebody(2)))
    assert Member.objects.count() == 2


def test_without_a_key_nothing_is_done(tenant: Tenant) -> None:
    for data in ({"name": "王"}, {"name": "王", "once": "k" * 201}, {"name": "王", "once": "钥"}):
        with pytest.raises(SentWithoutKey):
            add(post(data))
    assert not Member.objects.exists()


def test_a_page_is_shown_without_a_key(tenant: Tenant) -> None:
    @sent_once
    def page(_: HttpRequest) -> HttpResponse:
        return HttpResponse("shown")

    assert body(page(RequestFactory().get("/"))) == b"shown"
    assert not IdempotencyRecord.objects.exists()


@pytest.mark.parametrize("raises", [False, True])
def test_what_is_refused_leaves_nothing_behind_and_may_be_sent_again(
    tenant: Tenant, *, raises: bool
) -> None:
    works = False

    @sent_once
    def fickle(_: HttpRequest) -> HttpResponse:
        make_member()
        if works:
            return HttpResponse("done")
        if raises:
            raise InvalidField(field="name", reason="too short")
        return HttpResponse("no", status=422)

    if raises:
        with pytest.raises(InvalidField):
            fickle(post({"once": "k1"}))
    else:
        assert fickle(post({"once": "k1"})).status_code == 422
    assert not Member.objects.exists()
    works = True
    assert body(fickle(post({"once": "k1"}))) == b"done"
    assert Member.objects.count() == 1


def test_the_page_of_a_refusal_is_drawn_after_the_rollback(tenant: Tenant) -> None:
    def shown(request: HttpRequest, error: Exception, **kwargs: Any) -> HttpResponse:
        assert not Member.objects.exists()
        return HttpResponse(f"{kwargs['number']}: {error}", status=422)

    @sent_once(refused=shown)
    def refusing(_: HttpRequest, number: int) -> HttpResponse:
        make_member()
        raise InvalidField(field="name", reason="too short")

    answer = refusing(post({"once": "k1"}), number=7)
    assert answer.status_code == 422
    assert b"7: name: too short" in body(answer)


def test_the_tag_gives_every_form_a_key_of_its_own() -> None:
    template = engines["django"].from_string("{% load once %}{% once %} {% once %}")
    first, second = template.render({}).split("> <")
    assert 'name="once"' in first
    assert first not in second


def test_of_many_at_once_one_takes_effect_and_all_get_its_answer(
    committed_tenant: Tenant,
    run_concurrently: Callable[[Callable[[int], str], int], list[str | Exception]],
) -> None:
    @sent_once
    def slow(request: HttpRequest) -> HttpResponse:
        member = make_member()
        time.sleep(0.3)
        return HttpResponseRedirect(f"/members/{member.id}/")

    def send(_: int) -> str:
        with tenant_context(committed_tenant.id):
            return str(slow(post({"once": "k1"}))["Location"])

    answers = run_concurrently(send, 8)
    member = Member.objects.get()
    assert answers == [f"/members/{member.id}/"] * 8


def test_who_waits_too_long_is_told_so(
    committed_tenant: Tenant,
    run_concurrently: Callable[[Callable[[int], int], int], list[int | Exception]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("yipan.surfaces.design.once._PATIENCE_SECONDS", 0.1)

    @sent_once
    def slow(_: HttpRequest) -> HttpResponse:
        make_member()
        time.sleep(0.8)
        return HttpResponse("done")

    def send(_: int) -> int:
        with tenant_context(committed_tenant.id):
            return slow(post({"once": "k1"})).status_code

    answers = run_concurrently(send, 2)
    assert answers.count(200) == 1
    assert sum(isinstance(each, StillAtIt) for each in answers) == 1
    assert Member.objects.count() == 1
