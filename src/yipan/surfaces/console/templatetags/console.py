"""What the console's templates write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django import template
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model
from django.template.context import Context
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import ngettext

from yipan.distribution.attribution.models import Source
from yipan.group.organisations.queries import tree
from yipan.group.people.columns import address_of, list_of, money
from yipan.kernel import clock
from yipan.kernel.money import yuan as in_yuan
from yipan.payouts.withdrawals.models import WithdrawalState
from yipan.surfaces.console.spans import Span, spans_of
from yipan.surfaces.console.words import (
    BINDING_REASONS,
    REASONS,
    RULES,
    STEP_REASONS,
    TAX_METHODS,
    account_name,
    actor_in_words,
    journal_name,
)

register = template.Library()


@register.filter
def yuan(fen: int | None) -> SafeString:
    """An amount in fen as ¥1,234.50."""
    return money(fen)


@register.filter
def row_title(row: object) -> str:
    """What a row is called: by its screen, by itself, or by its kind and number."""
    if not isinstance(row, Model):
        return str(row) if "." in str(row) else capfirst(str(row))  # a file is called as it is
    model = type(row)
    if admin.site.is_registered(model):
        named = getattr(admin.site.get_model_admin(model), "row_title", None)
        if named is not None:
            return str(named(row))
    if model.__str__ is not Model.__str__:
        return str(row)
    return f"{capfirst(str(model._meta.verbose_name))} {row.pk}"


@register.filter
def plain_yuan(fen: int) -> str:
    """An amount in fen as text, for attributes."""
    return in_yuan(fen)


@register.inclusion_tag("console/spans.html")
def spans(changes: ChangeList) -> dict[str, list[Span]]:
    """Years, months and days to narrow a list to."""
    return spans_of(changes)


@register.filter
def page_of(row: Model | None) -> str:
    """The address of a row's page; empty where the reader may not open it."""
    return address_of(type(row), row.pk) if row is not None else ""


@register.filter
def source_words(source: str) -> str:
    """By what somebody is a candidate."""
    return str(Source(source).label) if source in Source.values else source


@register.filter
def rule_words(rule: str) -> str:
    """What made a candidate the winner."""
    return str(RULES.get(rule, rule))


@register.filter
def reason_words(reason: str) -> str:
    """Why a candidate did not win."""
    return str(REASONS.get(reason, reason))


@register.filter
def state_badge(row: Model | None) -> SafeString | str:
    """Where a row stands, as its screen says it; nothing where it has none."""
    if row is None or not admin.site.is_registered(type(row)):
        return ""
    shown: SafeString = admin.site.get_model_admin(type(row)).state_badge(row)  # type: ignore[attr-defined]
    return shown


@register.filter
def account_words(kind: str) -> str:
    """A kind of account."""
    return account_name(kind)


@register.filter
def journal_words(kind: str) -> str:
    """A kind of journal."""
    return journal_name(kind)


@register.filter
def opposite(amount: int) -> int:
    """The amount seen from the other side."""
    return -amount


@register.filter
def found_rows(changes: ChangeList) -> str:
    """How many rows a list has, as far as they were counted."""
    count = f"{changes.result_count:,}"
    return f"{count}+" if getattr(changes.paginator, "is_capped", False) else count


@register.simple_tag
def row_address(kind: str, row_id: int | None) -> str:
    """The page of a row of `app_label.ModelName`; empty where the reader may not open it."""
    return address_of(apps.get_model(kind), row_id) if row_id else ""


@register.filter
def organisation_name(organisation_id: int | None) -> str:
    """The name of an organisation, out of the cached tree."""
    node = tree().by_id.get(organisation_id or 0)
    return node.name if node else "–"


@register.filter
def actor_name(actor: str) -> str:
    """Who, out of what stands beside a change: `person:17:mei` is mei."""
    return actor_in_words(actor) or "–"


@register.filter
def at_key(values: Mapping[str, object] | None, key: str) -> object:
    """The value of a mapping; empty where it has none."""
    return (values or {}).get(key, "")


@register.simple_tag(takes_context=True)
def narrowed(context: Context, name: str, value: object) -> str:
    """The list's own address with one filter set or, empty, taken away; from its first page."""
    query = context["request"].GET.copy()
    query.pop("p", None)
    if value:
        query[name] = str(value)
    else:
        query.pop(name, None)
    return f"?{query.urlencode()}"


@register.filter
def thousands(number: int | None) -> str:
    """A whole number as 12,345."""
    return "–" if number is None else f"{number:,}"


@register.filter
def list_address(kind: str) -> str:
    """The list of `app_label.ModelName`; empty where the reader may not open it."""
    return list_of(apps.get_model(kind))


@register.filter
def withdrawal_state(state: str) -> str:
    """A state of a withdrawal in the reader's language."""
    return str(dict(WithdrawalState.choices).get(state, state))


@register.filter
def binding_reason(reason: str) -> str:
    """Why a customer was bound: a code of ours in words, or an operator's own words."""
    return str(BINDING_REASONS.get(reason, reason))


@register.filter
def due_in(moment: datetime) -> str:
    """How far off a moment is: in days of the group's calendar, and on its day in hours."""
    left = moment - clock.now()
    days = (timezone.localdate(moment) - timezone.localdate(clock.now())).days
    if days > 0:
        return ngettext("due in %d day", "due in %d days", days) % days
    hours = max(1, -(-left // timedelta(hours=1)))
    return ngettext("due within %d hour", "due within %d hours", hours) % hours


@register.filter
def tax_words(method: str) -> str:
    """By what tax was withheld: a code and its version."""
    code, _slash, version = method.partition("/")
    return f"{TAX_METHODS.get(code, code)} v{version}" if version else method


@register.filter
def step_words(reason: str) -> str:
    """Why a payout took a step: ours in the reader's language, people's and banks' as they are."""
    return str(STEP_REASONS.get(reason, reason))


@register.filter
def open_for(moment: datetime) -> str:
    """How long something waits to be seen to: whole days of 24 hours."""
    days = (clock.now() - moment).days
    return ngettext("open for %d day", "open for %d days", days) % days
