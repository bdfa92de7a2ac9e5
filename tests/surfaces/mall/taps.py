"""A thumb on a phone without scripts: follows links and sends forms as they stand in the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, cast

from django.http import HttpResponse

from tests.surfaces.mall.builders import Phone, fresh_key

_FOLLOWED = 5


@dataclass
class Form:
    """A form as it would be sent."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass
class Place:
    """Something to tap."""

    tag: str
    attributes: dict[str, str]
    form: Form | None


class _Reader(HTMLParser):
    def __init__(self, hook: str) -> None:
        super().__init__()
        self.hook, self.found = hook, cast("Place | None", None)
        self.form: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = Form(given.get("action", ""), given.get("method", "get").lower())
        if self.form is not None and tag == "input" and "name" in given:
            chosen = given.get("type") not in {"radio", "checkbox"} or "checked" in given
            if chosen and "disabled" not in given:
                self.form.values[given["name"]] = given.get("value", "")
        if given.get("data-test") == self.hook and self.found is None:
            self.found = Place(tag, given, self.form)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None


@dataclass
class Thumb:
    """Taps, and counts them."""

    phone: Phone
    address: str = ""
    page: str = ""
    taps: int = 0

    def open(self, address: str) -> None:
        """Come from somewhere else."""
        self._arrive(address, self.phone.get(address))

    def tap(self, hook: str) -> None:
        """Tap what has this hook; a button that cannot be pressed is a failure."""
        reader = _Reader(hook)
        reader.feed(self.page)
        place = reader.found
        assert place is not None, f"no {hook} at {self.address}"
        assert "disabled" not in place.attributes, hook
        self.taps += 1
        if place.tag == "a":
            self.open(place.attributes["href"])
            return
        form = place.form
        assert form is not None, hook
        assert form.method == "post", hook
        assert form.values.get("csrfmiddlewaretoken"), hook
        values: dict[str, Any] = {**form.values}
        if "name" in place.attributes:
            values[place.attributes["name"]] = place.attributes.get("value", "")
        action = form.action or self.address
        once = values.pop("once", fresh_key())
        self._arrive(action, self.phone.post(action, once=once, **values))

    def _arrive(self, address: str, answer: HttpResponse) -> None:
        for _ in range(_FOLLOWED):
            if answer.status_code not in {302, 303}:
                break
            address = answer["Location"]
            answer = self.phone.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        self.address, self.page = address, answer.content.decode()
