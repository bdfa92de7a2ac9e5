"""Fields of the console's forms: days, and codes and phones that name somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _t

from yipan.distribution.distributors.models import Distributor, DistributorStatus
from yipan.distribution.distributors.queries import distributors_in
from yipan.distribution.pool.sheets.rows import moment_of
from yipan.group.organisations.queries import Node, tree
from yipan.group.people.models import Person
from yipan.group.people.phones import phone_index
from yipan.group.people.queries import people_in
from yipan.kernel.errors import InvalidField
from yipan.kernel.zones import zone

LIST_ID: Final = "distributor-codes"
_FIRST: Final = date(1900, 1, 1)
_LAST: Final = date(2999, 12, 31)


class DayField(forms.DateField):
    """A day; its first moment in the group's zone, as a moment in UTC."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)


class MomentField(forms.CharField):
    """A moment in the group's zone, as a moment in UTC; the last minute of a day is its end."""

    def __init__(self, *, is_end: bool = False, **kwargs: Any) -> None:
        self.is_end = is_end
        widget = forms.TextInput(attrs={"type": "datetime-local", "step": "1"})
        super().__init__(required=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> datetime | None:
        typed = str(super().clean(value)).strip()
        if not typed:
            return None
        moment = moment_of(typed, ZoneInfo(zone()), is_end=self.is_end)
        if moment is None:
            raise forms.ValidationError(_t("is not a date such as 2026-11-30"))
        return moment


def start_of(day: date | None) -> datetime | None:
    """The first moment of a day in the reader's zone; None stays None."""
    if day is None:
        return None
    zone = timezone.get_current_timezone()
    day = min(max(day, _FIRST), _LAST)  # the ends of time itself are in no other zone
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def distributor_coded(code: str, paths: tuple[str, ...], field: str) -> Distributor:
    """An active or suspended distributor by the code typed. Raises InvalidField."""
    found: Distributor | None = distributors_in(paths, code=code).first()
    if found is None or found.status == DistributorStatus.LEFT:
        raise InvalidField(field=field, reason=_t("there is no distributor with this code"))
    return found


class DistributorCodeField(forms.CharField):
    """The code of a distributor; what is typed is looked up by name, too.

    The page has `<datalist id="distributor-codes">`, which fills while one types.
    """

    def __init__(self, **kwargs: Any) -> None:
        attrs = {
            "list": LIST_ID,
            "autocomplete": "off",
            "spellcheck": "false",
            "hx-get": reverse_lazy("console-distributor-codes"),
            "hx-trigger": "input changed delay:250ms, focus once",
            "hx-target": f"#{LIST_ID}",
            "hx-swap": "innerHTML",
            "hx-sync": "this:replace",
        }
        super().__init__(max_length=40, widget=forms.TextInput(attrs=attrs), **kwargs)


def account_with(phone: str, paths: Sequence[str]) -> Person | None:
    """The open account of one's reach with a normalised phone, if there is one."""
    found: Person | None = (
        people_in(paths).filter(phone_index=phone_index(phone), is_active=True).first()
    )
    return found


def places(paths: Sequence[str]) -> list[tuple[int, str]]:
    """The open organisations of some subtrees, to choose from."""
    nodes = [
        node
        for node in tree().by_id.values()
        if node.is_active and node.path.startswith(tuple(paths))
    ]
    top = min((node.path.count("/") for node in nodes), default=0)
    return [(node.id, _indented(node, top)) for node in nodes]


def _indented(node: Node, top: int) -> str:
    return f"{'　' * (node.path.count('/') - top)}{node.name} ({node.code})"
