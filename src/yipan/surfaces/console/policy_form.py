"""The form that sets a new version of a policy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from yipan.distribution.attribution.rules import PolicyRefused
from yipan.kernel.actor import Actor
from yipan.kernel.errors import DomainError
from yipan.kernel.models import PolicyVersion
from yipan.surfaces.console.policy_page import Kind
from yipan.surfaces.console.policy_settings import defaults_of


class PolicyForm(forms.Form):
    """All settings of one kind, from when they count, and why."""

    valid_from = forms.DateTimeField(
        label=_("Counts from"),
        required=False,
        help_text=_("Empty: at once. What was decided before stays."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, kind: Kind, data_now: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        now = {**defaults_of(kind.kind), **data_now}
        for each in kind.settings:
            field = each.field(each.label)
            field.initial = each.shown(now[each.name])
            self.fields[each.name] = field
        self.order_fields([*(each.name for each in kind.settings), "valid_from", "reason"])

    @property
    def settings_fields(self) -> list[forms.BoundField]:
        """The settings themselves."""
        return [self[each.name] for each in self.kind.settings]

    def settings(self) -> dict[str, Any]:
        """The policy as data."""
        return {each.name: each.read(self.cleaned_data[each.name]) for each in self.kind.settings}

    def save(self, organisation_id: int, by: Actor, within: str) -> PolicyVersion | None:
        """Set the version; None where it is refused, with the errors at their fields."""
        moment: datetime | None = self.cleaned_data["valid_from"]
        given: dict[str, Any] = {"within": within} if self.kind.kind == "attribution" else {}
        try:
            return self.kind.save(
                organisation_id=organisation_id,
                data=self.settings(),
                by=by,
                reason=self.cleaned_data["reason"],
                valid_from=moment.astimezone(UTC) if moment else None,
                **given,
            )
        except PolicyRefused as refused:
            language = translation.get_language() or "en"
            for problem in refused.problems:
                self._refuse(problem.field.split(".")[0], problem.sentence(language))
        except DomainError as error:
            self._refuse(str(error.data.get("field", "")), self._told(error))
        return None

    def _told(self, error: DomainError) -> str:
        """The sentence of an error, its fields by the names that stand on the form."""
        sentence = str(error.data.get("reason") or error)
        for each in self.kind.settings:
            sentence = re.sub(rf"\b{each.name}\b", str(each.label), sentence)
        return sentence

    def _refuse(self, field: str, sentence: str) -> None:
        self.add_error(field if field in self.fields else None, sentence)
