"""The sentence that says how an amount came to be, made from the explanation's data.

Screens, the API and the docs all take it from here, in Simplified Chinese or English.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Final

from yipan.distribution.pool.rules.figures import Cap, Explanation, SellerPart
from yipan.kernel.money import yuan

# key: (English, Simplified Chinese)
PHRASES: Final[dict[str, tuple[str, str]]] = {
    "NOTHING_PAID": (
        "No commission: nothing was paid for this line",
        "无佣金：该行实付金额为 0",
    ),
    "PRICE_KIND_EXCLUDED": (
        "No commission: a line sold at the {kind} does not earn under this rule",
        "无佣金：本规则下按{kind}成交不计佣金",
    ),
    "BELOW_FLOOR_PRICE": (
        "No commission: {net} for {units} is below the floor price of {floor} per unit",
        "无佣金：{units}实付 {net}，低于每件底价 {floor}",
    ),
    "list": ("list price", "标价"),
    "member": ("member price", "会员价"),
    "promo": ("promotion price", "促销价"),
    "unit": ("{count} unit", "{count} 件"),
    "units": ("{count} units", "{count} 件"),
    "fixed": ("{amount} per unit × {units}", "每件 {amount} × {units}"),
    "line_amount": ("Line amount {value}", "行金额 {value}"),
    "unit_price": ("Unit price {value}", "件单价 {value}"),
    "line_quantity": ("Line quantity {value}", "行数量 {value}"),
    "period_units": (
        "Month's quantity {value} with this line ({before} before)",
        "当月累计数量 {value}（此前 {before}）",
    ),
    "period_amount": (
        "Month's amount {value} with this line ({before} before)",
        "当月累计金额 {value}（此前 {before}）",
    ),
    "whole": (
        "{measured} is in the tier from {start}: {net} × {rate}",
        "{measured}，档位起点 {start}：{net} × {rate}",
    ),
    "marginal": ("{measured}, slice by slice: {slices}", "{measured}，分段计算：{slices}"),
    "unit_slices": ("{net} ÷ {quantity} × ({slices})", "{net} ÷ {quantity} ×（{slices}）"),
    "CAPPED_PER_UNIT": (
        ", capped at {limit} ({cap} per unit)",
        "，按每件上限 {cap} 封顶为 {limit}",
    ),
    "CAPPED_AT_NET_AMOUNT": (
        ", capped at {limit}, what was paid for the line",
        "，不超过该行实付金额，封顶为 {limit}",
    ),
    "cut": (
        ", cut to {limit}, what the seller and nearer uplines left of the amount paid",
        "，实付金额扣除销售人和较近上级所得后只余 {limit}，减为 {limit}",
    ),
    "rounded": (", rounded to {amount}", "，四舍五入为 {amount}"),
    "UPLINE_MISSING": ("nothing, there is no such upline", "无佣金，没有这一级上级"),
    "UPLINE_NOT_QUALIFIED": (
        "nothing, the upline was not active and qualified",
        "无佣金，该上级未启用或不具备资格",
    ),
    "upline": ("Upline {level}: {words}", "上级 {level}：{words}"),
    "end": (".", "。"),
}

_UNIT_MEASURES: Final = frozenset({"line_quantity", "period_units"})
_APPROXIMATE_PLACES: Final = 6


def sentence(explanation: Explanation, language: str, *, level: int = 0) -> str:
    """One sentence on the amount of a beneficiary: level 0 is the seller, 1 and 2 the uplines.

    `language` is a tag such as "zh-hans"; everything that is not Chinese reads English. Raises
    ValueError where the rule gives nothing to an upline of that level.
    """
    phrases = _Phrases(language)
    closed = explanation["gates"]["closed"]
    if closed is not None:
        words = _closed_gate(explanation, closed, phrases)
    elif level == 0:
        words = _seller(explanation, phrases)
    else:
        words = _upline(explanation, level, phrases)
    return words + phrases.say("end")


class _Phrases:
    """The phrases in one language."""

    def __init__(self, language: str) -> None:
        self._column = 1 if language.lower().startswith("zh") else 0

    def say(self, key: str, **figures: str | int) -> str:
        return PHRASES[key][self._column].format(**figures)

    def units(self, count: int) -> str:
        return self.say("unit" if count == 1 else "units", count=f"{count:,}")

    def measured(self, measure: str | None, value: Fraction | int) -> str:
        """A value of a measure: units, or an amount."""
        return self.units(int(value)) if measure in _UNIT_MEASURES else exact_yuan(value)


def exact_yuan(fen: Fraction | int) -> str:
    """Fen that may have a fraction, in yuan: "¥4.9995", or "≈¥99.996667" if it never ends."""
    if Fraction(fen).denominator == 1:
        return yuan(int(fen))
    value = Fraction(fen, 100)
    places = _places(value)
    sign = "" if places is not None else "≈"
    shown = _APPROXIMATE_PLACES if places is None else places
    whole, rest = divmod(round(value * 10**shown), 10**shown)
    return f"{sign}¥{whole:,}.{rest:0{shown}d}"


def _places(value: Fraction) -> int | None:
    """Decimal places a fraction needs, or None if it has no end."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def _percent(rate: str) -> str:
    text = format(Decimal(rate) * 100, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"


def _closed_gate(explanation: Explanation, closed: str, phrases: _Phrases) -> str:
    line = explanation["line"]
    return phrases.say(
        closed,
        kind=phrases.say(line["price_kind"]),
        net=yuan(line["net_amount"]),
        units=phrases.units(line["quantity"]),
        floor=yuan(explanation["rule"]["floor_price"] or 0),
    )


def _seller(explanation: Explanation, phrases: _Phrases) -> str:
    part = explanation["seller"]
    if part is None:
        message = "an explanation without a closed gate has a seller part"
        raise ValueError(message)
    rule, line = explanation["rule"], explanation["line"]
    if rule["mode"] == "fixed":
        amount = yuan(rule["amount_per_unit"] or 0)
        basis = phrases.say("fixed", amount=amount, units=phrases.units(line["quantity"]))
    elif rule["method"] == "whole":
        basis = _whole(explanation, phrases)
    else:
        basis = _marginal(explanation, phrases)
    return f"{basis} = {_outcome(part, rule['cap_per_unit'], phrases)}"


def _whole(explanation: Explanation, phrases: _Phrases) -> str:
    measure, step = explanation["rule"]["measure"], explanation["steps"][0]
    return phrases.say(
        "whole",
        measured=_measured(explanation, Fraction(step["value"] or 0), phrases),
        start=phrases.measured(measure, step["from"]),
        net=yuan(explanation["line"]["net_amount"]),
        rate=_percent(step["rate"]),
    )


def _marginal(explanation: Explanation, phrases: _Phrases) -> str:
    measure, line, steps = explanation["rule"]["measure"], explanation["line"], explanation["steps"]
    slices = " + ".join(
        f"{phrases.measured(measure, step['until'] - step['from'])} × {_percent(step['rate'])}"
        for step in steps
        if step["until"] is not None
    )
    if measure in _UNIT_MEASURES:
        net = yuan(line["net_amount"])
        slices = phrases.say("unit_slices", net=net, quantity=line["quantity"], slices=slices)
    reached = steps[-1]["until"] or 0
    measured = _measured(explanation, reached, phrases)
    return phrases.say("marginal", measured=measured, slices=slices)


def _measured(explanation: Explanation, value: Fraction | int, phrases: _Phrases) -> str:
    """The measure's name, the value that counted, and what there was before."""
    measure, progress = explanation["rule"]["measure"] or "", explanation["progress"]
    before = 0
    if progress is not None:
        before = progress["units"] if measure in _UNIT_MEASURES else progress["amount"]
    return phrases.say(
        measure,
        value=phrases.measured(measure, value),
        before=phrases.measured(measure, before),
    )


def _outcome(part: SellerPart, cap_per_unit: int | None, phrases: _Phrases) -> str:
    words = exact_yuan(Fraction(part["raw"]))
    for cap in part["caps"]:
        limit = yuan(cap["limit"])
        words += phrases.say(cap["code"], limit=limit, cap=yuan(cap_per_unit or 0))
    if Fraction(part["before_rounding"]) != part["amount"]:
        words += phrases.say("rounded", amount=yuan(part["amount"]))
    return words


def _upline(explanation: Explanation, level: int, phrases: _Phrases) -> str:
    part = next((each for each in explanation["uplines"] if each["level"] == level), None)
    if part is None:
        message = f"this rule has no rate for upline {level}"
        raise ValueError(message)
    before, rounded = part["before_rounding"], part["rounded"]
    if before is None or rounded is None:
        return phrases.say("upline", level=level, words=phrases.say(part["reason"] or ""))
    net = yuan(explanation["line"]["net_amount"])
    words = f"{net} × {_percent(part['rate'])} = {exact_yuan(Fraction(before))}"
    if Fraction(before) != rounded:
        words += phrases.say("rounded", amount=yuan(rounded))
    words += "".join(_cut(cap, phrases) for cap in part["caps"])
    return phrases.say("upline", level=level, words=words)


def _cut(cap: Cap, phrases: _Phrases) -> str:
    return phrases.say("cut", limit=yuan(cap["limit"]))
