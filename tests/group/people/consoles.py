"""The console for tests: somebody signed in, and what a form would send."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.messages import get_messages
from django.test import Client

from yipan.group.people.models import Person
from yipan.kernel.tenancy import tenant_context


@dataclass(frozen=True)
class Console:
    """A person in front of the screens, in the tenant of the session."""

    client: Client

    @classmethod
    def of(cls, person: Person) -> Console:
        client = Client(headers={"Accept-Language": "en"})
        with tenant_context(person.tenant_id):
            client.force_login(person)
        return cls(client)

    def get(self, screen: str) -> Any:
        """A screen by its address behind the console's, such as `people/`."""
        return self.client.get(f"/console/{screen}")

    def fill_in(self, screen: str, **values: Any) -> list[str]:
        """Fill in a form over what it shows, send it, and hand back the messages it answers.

        A form that is not accepted fails the test.
        """
        shown = self.get(screen)
        assert shown.status_code == 200, shown
        form = shown.context["adminform"].form
        data: dict[str, Any] = {}
        for name in form.fields:
            data |= _sent(name, form[name].value())
        for formset in shown.context["inline_admin_formsets"]:
            for field in formset.formset.management_form:
                data[field.html_name] = field.value()
        answer = self.client.post(f"/console/{screen}", {**data, **values})
        if answer.status_code == 200:
            raise AssertionError(answer.context["adminform"].form.errors)
        return [str(message) for message in get_messages(answer.wsgi_request)]


def _sent(name: str, value: Any) -> dict[str, Any]:
    """What a browser sends for a field; moments go as day and hour."""
    if isinstance(value, datetime):
        return {f"{name}_0": f"{value:%Y-%m-%d}", f"{name}_1": f"{value:%H:%M:%S}"}
    if value is True:
        return {name: "on"}
    return {name: "" if value in {None, False} else value}
