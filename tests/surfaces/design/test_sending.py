"""Sending on a bad network, in a real browser: it is said, it can be sent again, and as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.http import HttpResponse
from django.template import engines
from django.test import RequestFactory
from django_cotton.compiler_regex import CottonCompiler  # type: ignore[import-untyped]
from playwright.sync_api import Page, Route

from tests.surfaces.design.browsers import ORIGIN, browser_showing, needs_chromium

pytestmark = needs_chromium

FORM = """{% extends "design/phone.html" %}{% block content %}
<form hx-post="/send" hx-target="#answer" data-test="form">
  <input type="hidden" name="once" value="k1"><input name="amount" value="100">
  <c-button type="submit" data-test="send">send</c-button></form><p id="answer"></p>
<form method="post" action="/plain" data-send>
  <input type="hidden" name="once" value="p1">
  <c-button type="submit" data-test="plain">plain</c-button></form>
<c-stepper value="2" max="3" /><c-copy text="https://example.com/s/1" data-test="copy" />
<c-sheet id="sheet" title="sheet">inside</c-sheet><c-button data-opens="sheet">open</c-button>
<p id="figure" data-calm>1</p>
{% endblock %}"""


@dataclass
class Server:
    """Answers to what is sent, in turn: a status, or None where the network fails."""

    answers: list[tuple[int, str, dict[str, str]] | None]
    bodies: list[str] = field(default_factory=list)

    def __call__(self, route: Route) -> None:
        self.bodies.append(route.request.post_data or "")
        answer = self.answers.pop(0)
        if answer is None:
            route.abort("connectionreset")
        else:
            status, body, headers = answer
            route.fulfill(status=status, body=body, headers=headers, content_type="text/html")


def form_page() -> HttpResponse:
    request = RequestFactory().get("/w/")
    template = engines["django"].from_string(CottonCompiler().process(FORM))
    page = HttpResponse(template.render({"title": "T", "messages": []}, request))
    page.headers["Content-Security-Policy"] = "default-src 'self'; img-src 'self' data:"
    return page


@contextmanager
def phone(server: Server, address: str = "**/send") -> Iterator[Page]:
    pages = {"/w/": form_page()}
    with browser_showing(pages, width=360, height=780) as (page, faults):
        page.route(address, server)
        page.goto(f"{ORIGIN}/w/")
        assert page.evaluate("Boolean(window.htmx && window.Alpine)")
        yield page
        loud = [each for each in faults if "Failed to load resource" not in each]
        assert [
            each for each in loud if "htmx:" not in each and "Response Status" not in each
        ] == []


def test_what_was_not_confirmed_is_sent_again_as_it_was() -> None:
    server = Server([None, (503, "", {}), (200, "arrived", {}), (200, "second", {})])
    with phone(server) as page:
        page.click("[data-test=send]")
        page.wait_for_selector("[data-network]:not([hidden])")
        page.fill("[name=amount]", "999")  # too late: what was pressed was 100
        with page.expect_response("**/send"):
            page.click("[data-test=retry]")
        page.wait_for_selector("[data-network]:not([hidden])")
        page.click("[data-test=retry]")
        page.wait_for_selector("#answer:has-text('arrived')")
        assert server.bodies == ["once=k1&amount=100"] * 3
        assert page.locator("[data-network]").is_hidden()
        page.click("[data-test=send]")
        page.wait_for_selector("#answer:has-text('second')")
        assert "once=k1" not in server.bodies[3]
        assert server.bodies[3].endswith("amount=999")


def test_a_refusal_is_told_and_keeps_the_key() -> None:
    told = {"HX-Trigger": '{"toast": {"text": "no stock left", "tone": "bad"}}'}
    server = Server([(409, "", told), (422, "look here", {}), (403, "", {})])
    with phone(server) as page:
        page.click("[data-test=send]")
        page.wait_for_selector(".c-toast:has-text('no stock left')")
        page.click("[data-test=send]")
        page.wait_for_selector("#answer:has-text('look here')")
        page.click("[data-test=send]")
        told_by_us = page.get_attribute("[data-network]", "data-refused")
        page.wait_for_selector(f".c-toast:has-text('{told_by_us}')")
        assert all(body.startswith("once=k1") for body in server.bodies)


def test_a_plain_form_goes_where_the_answer_leads() -> None:
    done = "<html><body><main id='content'>sorry</main></body></html>"
    server = Server([None, (422, done, {})])
    with phone(server, "**/plain") as page:
        page.click("[data-test=plain]")
        page.wait_for_selector("[data-network]:not([hidden])")
        page.click("[data-test=retry]")
        page.wait_for_selector("text=sorry")
        assert server.bodies == ["once=p1", "once=p1"]


def test_small_controls_do_what_they_say() -> None:
    with phone(Server([])) as page:
        page.click("[data-step='1']")
        page.click("[data-step='1']")
        assert page.input_value("[name=quantity]") == "3"
        page.click("[data-opens=sheet]")
        page.wait_for_selector("#sheet[open]")
        assert page.evaluate("document.activeElement.closest('#sheet') !== null")
        page.keyboard.press("Escape")
        page.wait_for_selector("#sheet[open]", state="hidden")
        page.click("[data-test=copy]")
        page.wait_for_selector(".c-toast.is-good")
        page.context.set_offline(True)
        page.wait_for_selector("[data-network-kind=offline]:visible")
        page.context.set_offline(False)
        page.wait_for_selector("[data-network]", state="hidden")
