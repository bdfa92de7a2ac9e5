"""What the console tells of one distributor: standing, relations, money and history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from yipan.distribution.attribution.queries import live_bindings
from yipan.distribution.commissions.queries import Balances, balances_of
from yipan.distribution.distributors.models import (
    Distributor,
    DistributorChange,
    DistributorGrant,
    DistributorKind,
    DistributorStatus,
)
from yipan.distribution.distributors.queries import grants_of, history_of
from yipan.distribution.sharing.models import ShareLink
from yipan.group.organisations.queries import tree
from yipan.group.people.phones import phone_of
from yipan.group.people.rules import masked_phone
from yipan.kernel import clock

HISTORY: Final = 100
DOWNLINES: Final = 50
STATUS_TONES: Final = {"active": "good", "suspended": "warn", "left": "neutral"}

_WHAT: Final[Mapping[str, tuple[str | Promise, str, str]]] = {
    "register": (_("taken on"), "user-plus", "good"),
    "rename": (_("renamed"), "pencil", "neutral"),
    "change_grade": (_("grade changed"), "award", "accent"),
    "change_kind": (_("kind changed"), "id-card", "accent"),
    "set_qualification": (_("qualification changed"), "calendar", "accent"),
    "link_person": (_("account changed"), "user-check", "accent"),
    "link_member": (_("joined to a member"), "link", "neutral"),
    "move_home": (_("home changed"), "store", "accent"),
    "set_upline": (_("upline changed"), "users", "accent"),
    "grant": (_("grant given"), "key-round", "good"),
    "revoke_grant": (_("grant ended"), "key-round", "warn"),
    "suspend": (_("suspended"), "circle-pause", "bad"),
    "reactivate": (_("suspension ended"), "circle-play", "good"),
    "leave": (_("left"), "log-out", "bad"),
}
_FIELDS: Final[Mapping[str, str | Promise]] = {
    "name": _("Name"),
    "grade": _("Grade"),
    "kind": _("Kind"),
    "status": _("Status"),
    "organisation_id": _("Organisation"),
    "upline_id": _("Upline"),
    "successor_id": _("Successor"),
    "member_id": _("Member"),
    "qualified_from": _("Qualified from"),
    "qualified_until": _("Qualified until"),
    "valid_from": _("From"),
    "valid_until": _("Until"),
    "code": _("Distributor code"),
}
_CHOICES: Final = {"kind": dict(DistributorKind.choices), "status": dict(DistributorStatus.choices)}


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a distributor, in words."""

    title: str
    icon: str
    tone: str
    at: datetime
    by: str
    reason: str
    values: list[tuple[str, str, str]]
    """Name of the value, before, after."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to distribute another organisation's offers, and whether it holds now."""

    row: DistributorGrant
    state: str
    tone: str
    may_end: bool


@dataclass(frozen=True, slots=True)
class DistributorPage:
    """Everything on the page."""

    distributor: Distributor
    tone: str
    qualified: bool
    phone: str
    """Of the account, masked."""
    balances: Balances
    customers: int
    links: int
    grants: list[Grant]
    downlines: list[Distributor]
    steps: list[Step]


def page_of(distributor: Distributor) -> DistributorPage:
    """Nine statements, for any history."""
    now = clock.now()
    home = tree().node(distributor.organisation_id).path
    customers = live_bindings(at=now, paths=[home], distributor_id=distributor.id).count()
    downlines = Distributor.objects.filter(upline=distributor).order_by("code")
    return DistributorPage(
        distributor=distributor,
        tone=STATUS_TONES[distributor.status],
        qualified=_holds(distributor.qualified_from, distributor.qualified_until, now),
        phone=masked_phone(phone_of(distributor.person)) if distributor.person else "",
        balances=balances_of([distributor.id])[distributor.id],
        customers=customers,
        links=ShareLink.objects.filter(distributor=distributor).count(),
        grants=[_grant(row, now) for row in grants_of(distributor).order_by("-valid_from")],
        downlines=list(downlines[:DOWNLINES]),
        steps=_steps(list(history_of(distributor)[:HISTORY])),
    )


def _holds(first: datetime | None, until: datetime | None, now: datetime) -> bool:
    return (first is None or first <= now) and (until is None or now < until)


def _grant(row: DistributorGrant, now: datetime) -> Grant:
    if row.valid_until is not None and row.valid_until <= now:
        return Grant(row, _t("ended"), "neutral", may_end=False)
    if row.valid_from > now:
        return Grant(row, _t("yet to begin"), "info", may_end=True)
    return Grant(row, _t("holds"), "good", may_end=True)


def _steps(changes: Iterable[DistributorChange]) -> list[Step]:
    rows = list(changes)
    name_of = _names({each for row in rows for each in _distributor_ids(row)})
    return [_step(row, name_of) for row in rows]


def _distributor_ids(row: DistributorChange) -> list[int]:
    values = [*(row.before or {}).items(), *(row.after or {}).items()]
    return [value for name, value in values if name in {"upline_id", "successor_id"} and value]


def _names(ids: set[int]) -> Callable[[int], str]:
    rows = Distributor.objects.filter(id__in=ids).values_list("id", "code", "name") if ids else []
    named = {id_: f"{name} ({code})" for id_, code, name in rows}
    return lambda id_: named.get(id_, "–")


def _step(row: DistributorChange, name_of: Callable[[int], str]) -> Step:
    title, icon, tone = _WHAT.get(row.what, (row.what, "", "neutral"))
    before, after = row.before or {}, row.after or {}
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    values = [
        (
            str(_FIELDS.get(name, name)),
            _told(name, before.get(name), name_of),
            _told(name, after.get(name), name_of),
        )
        for name in names
        if name in _FIELDS
    ]
    by = row.changed_by.split(":", 2)[-1]
    return Step(str(title), icon, tone, row.changed_at, by, row.reason, values)


def _told(name: str, value: object, name_of: Callable[[int], str]) -> str:
    if value is None or value == "":
        return "–"
    if name in _CHOICES:
        return str(_CHOICES[name].get(str(value), value))
    if name == "organisation_id":
        node = tree().by_id.get(int(str(value)))
        return node.name if node else "–"
    if name in {"upline_id", "successor_id"}:
        return name_of(int(str(value)))
    moment = parse_datetime(str(value)) if name.startswith(("qualified", "valid")) else None
    return f"{timezone.localtime(moment):%Y-%m-%d}" if moment else str(value)
