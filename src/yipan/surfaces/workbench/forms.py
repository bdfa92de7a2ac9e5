"""What people type: amounts in yuan, and bank cards."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from yipan.kernel.money import fen_from_yuan
from yipan.payouts.withdrawals.models import BankCard

BANKS: Final = (
    "中国工商银行", "中国建设银行", "中国农业银行", "中国银行", "交通银行", "中国邮政储蓄银行",
    "招商银行", "中信银行", "浦发银行", "兴业银行", "民生银行", "光大银行", "平安银行", "华夏银行",
    "广发银行", "浙商银行", "渤海银行", "恒丰银行", "北京银行", "上海银行", "宁波银行", "江苏银行",
    "杭州银行", "南京银行", "上海农商银行", "北京农商银行",
)  # fmt: skip
"""Offered to choose from; any other may be typed."""
_LONGEST: Final = 30
_MOST_FEN: Final = 10**14


class YuanField(forms.Field):
    """An amount in yuan; its value is fen."""

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").strip().replace("，", "").replace("￥", "")
        if not text:
            return None
        try:
            fen = fen_from_yuan(text[:_LONGEST])
        except ValueError:
            message = _("Enter an amount in yuan, with at most two decimals.")
            raise forms.ValidationError(message) from None
        if not 0 < fen < _MOST_FEN:
            raise forms.ValidationError(_("Enter an amount above zero."))
        return fen


class AmountForm(forms.Form):
    """How much to withdraw, and to which card."""

    amount = YuanField(label=_("Amount"))
    card: forms.ModelChoiceField[BankCard] = forms.ModelChoiceField(None, label=_("Bank card"))

    def __init__(self, *args: Any, cards: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["card"].queryset = cards  # type: ignore[attr-defined]


class CardForm(forms.Form):
    """A bank card of one's own."""

    holder = forms.CharField(
        label=_("Name on the card"),
        max_length=60,
        error_messages={"required": _("Enter the name on the card.")},
        widget=forms.TextInput(attrs={"autocomplete": "cc-name"}),
    )
    number = forms.CharField(
        label=_("Card number"),
        max_length=40,
        error_messages={"required": _("Enter the card number.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "cc-number"}),
    )
    bank = forms.CharField(
        label=_("Bank"),
        max_length=80,
        error_messages={"required": _("Enter the bank.")},
        widget=forms.TextInput(attrs={"list": "banks", "autocomplete": "off"}),
    )
