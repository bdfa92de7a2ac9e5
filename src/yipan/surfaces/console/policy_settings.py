"""The settings of the policies: how each is told in words and asked for on a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from yipan.distribution.attribution.models import Source
from yipan.distribution.attribution.rules import AttributionPolicy
from yipan.kernel.money import fen_from_yuan, yuan
from yipan.payouts.settlement.rules.policy import SettlementPolicy
from yipan.payouts.withdrawals.providers.registry import provider_codes, provider_named
from yipan.payouts.withdrawals.rules.policy import WithdrawalPolicy
from yipan.trade.checkout.policy import CheckoutPolicy
from yipan.trade.fulfilment.policy import FulfilmentPolicy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise
_HUNDRED: Final = 100


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a policy."""

    name: str
    label: Words
    tell: Callable[[Any], str]
    """The value in words."""
    field: Callable[[Words], forms.Field]
    shown: Callable[[Any], Any] = lambda value: value
    """The value as the form's field has it."""
    read: Callable[[Any], Any] = lambda value: value
    """The value out of what the form's field has."""


def _days(value: Any) -> str:
    return ngettext("%d day", "%d days", int(value)) % int(value)


def _days_or_ever(value: Any) -> str:
    return _days(value) if int(value) else _t("for ever")


def _days_or_never(value: Any) -> str:
    return _days(value) if int(value) else _t("none")


def _number(least: int, most: int, hint: Words = "") -> Callable[[Words], forms.Field]:
    return lambda label: forms.IntegerField(
        label=label, min_value=least, max_value=most, help_text=hint
    )


def _choice(options: Sequence[tuple[str, Words]]) -> Callable[[Words], forms.Field]:
    return lambda label: forms.ChoiceField(label=label, choices=list(options))


def _named(options: Sequence[tuple[str, Words]]) -> Callable[[Any], str]:
    return lambda value: str(dict(options).get(str(value), value))


def _chosen(name: str, label: Words, options: Sequence[tuple[str, Words]]) -> Setting:
    return Setting(name, label, _named(options), _choice(options))


class OrderField(forms.MultiValueField):
    """Sources in their order; places left empty are not used."""

    def __init__(self, *, label: Words) -> None:
        choices = [("", "—"), *Source.choices]
        places = [forms.ChoiceField(choices=choices, required=False) for _each in Source]
        super().__init__(
            label=label,
            fields=places,
            require_all_fields=False,
            widget=OrderWidget([forms.Select(choices=choices) for _each in Source]),
            help_text=_("The first that has a candidate wins; an empty place is not used."),
        )

    def compress(self, data_list: Sequence[str]) -> list[str]:
        return [each for each in data_list if each]


class OrderWidget(forms.MultiWidget):
    """One list to choose from for each place."""

    template_name = "console/policies/order.html"

    def decompress(self, value: Any) -> list[str]:
        chosen = list(value or [])
        return [*chosen, *([""] * (len(self.widgets) - len(chosen)))]


def _yuan_field(label: Words) -> forms.Field:
    return forms.DecimalField(
        label=label, min_value=0, decimal_places=2, max_digits=12, help_text=_("in yuan")
    )


def _fen(name: str, label: Words, tell: Callable[[Any], str] = yuan) -> Setting:
    return Setting(
        name,
        label,
        tell,
        _yuan_field,
        shown=lambda fen: Decimal(fen) / _HUNDRED,
        read=fen_from_yuan,
    )


def _free_from(fen: Any) -> str:
    return _t("never") if fen is None else _t("from %s") % yuan(int(fen))


def _free_from_field(label: Words) -> forms.Field:
    return forms.DecimalField(
        label=label,
        min_value=0,
        decimal_places=2,
        max_digits=12,
        required=False,
        help_text=_("from so many yuan of goods; empty: never"),
    )


def _provider(code: Any) -> str:
    try:
        return str(provider_named(str(code)).title)
    except LookupError:
        return str(code)


def _second_person(fen: Any) -> str:
    if not int(fen):
        return _t("every request")
    return _t("above %s") % yuan(int(fen))


def _percent(value: Any) -> str:
    return f"{(Decimal(str(value)) * _HUNDRED).normalize():f}%"


def _percent_field(label: Words) -> forms.Field:
    return forms.DecimalField(
        label=label, min_value=0, max_value=100, decimal_places=4, help_text=_("in percent")
    )


def _in_order(value: Any) -> str:
    names = dict(Source.choices)
    return " → ".join(str(names.get(each, each)) for each in value)


ATTRIBUTION: Final = (
    Setting("window_days", _("A touch counts for"), _days, _number(1, 90)),
    Setting("order", _("Order of the sources"), _in_order, lambda label: OrderField(label=label)),
    _chosen(
        "link_model", _("Of several share links"),
        [("last", _("the last one opened wins")), ("first", _("the first one opened wins"))],
    ),
    _chosen(
        "scope", _("The winner is credited with"),
        [("order", _("all pool goods of the order")), ("sku", _("the shared goods only"))],
    ),
    _chosen(
        "bind_on", _("A customer is bound"),
        [
            ("never", _("never by itself")),
            ("first_touch", _("by the first touch")),
            ("first_purchase", _("by the first purchase")),
        ],
    ),
    Setting(
        "binding_days", _("A binding lasts"), _days_or_ever,
        _number(0, 36_500, _("in days; 0: for ever")),
    ),
    Setting(
        "protection_days", _("Protected from other distributors"), _days_or_never,
        _number(0, 36_500, _("in days; 0: not protected")),
    ),
    Setting(
        "self_purchase", _("Own purchases earn"),
        _named([("yes", _("yes")), ("no", _("no"))]),
        _choice([("no", _("no")), ("yes", _("yes"))]),
    ),
)  # fmt: skip
SETTLEMENT: Final = (
    Setting(
        "hold_days", _("Held after completion"), _days,
        _number(0, 365, _("in days, from completion until the commission is due")),
    ),
    Setting(
        "auto_complete_days", _("Completed by itself after"), _days,
        _number(0, 365, _("in days after payment, where nobody says so")),
    ),
    Setting(
        "clawback_share", _("Of each release taken for claw-back"), _percent, _percent_field,
        shown=lambda share: Decimal(str(share)) * _HUNDRED,
        read=lambda percent: format((percent / _HUNDRED).normalize(), "f"),
    ),
)  # fmt: skip
WITHDRAWAL: Final = (
    _fen("minimum", _("Least of one withdrawal")),
    _fen("maximum", _("Most of one withdrawal")),
    Setting(
        "per_day", _("Withdrawals of a day"),
        lambda value: ngettext("%d time", "%d times", int(value)) % int(value),
        _number(1, 1000),
    ),
    _fen("approval_above", _("A second person approves"), _second_person),
    Setting(
        "provider", _("Paid through"), _provider,
        lambda label: forms.ChoiceField(
            label=label, choices=lambda: [(code, _provider(code)) for code in provider_codes()]
        ),
    ),
    _chosen(
        "payer", _("Paid by"),
        [("headquarters", _("headquarters")), ("company", _("the distributor's company"))],
    ),
)  # fmt: skip
FULFILMENT: Final = (
    Setting(
        "auto_receipt_days", _("Received by itself after"), _days,
        _number(1, 90, _("in days after shipping, where the buyer says nothing")),
    ),
)  # fmt: skip
CHECKOUT: Final = (
    _fen("freight", _("Delivery of an order costs")),
    Setting(
        "free_from", _("Delivery is free"), _free_from, _free_from_field,
        shown=lambda fen: None if fen is None else Decimal(fen) / _HUNDRED,
        read=lambda value: None if value is None else fen_from_yuan(value),
    ),
    Setting("most_units", _("Most units of one SKU in an order"), str, _number(1, 9_999)),
)  # fmt: skip


def defaults_of(kind: str) -> Mapping[str, Any]:
    """The built-in policy of a kind, as data."""
    built_in: dict[str, Mapping[str, Any]] = {
        "attribution": AttributionPolicy().to_data(),
        "settlement": SettlementPolicy().to_data(),
        "withdrawal": WithdrawalPolicy().to_data(),
        "fulfilment": asdict(FulfilmentPolicy()),
        "checkout": asdict(CheckoutPolicy()),
    }
    return built_in[kind]
