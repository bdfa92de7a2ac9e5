"""The terms of a rule, as programs write them."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import WithJsonSchema

from yipan.distribution.pool.rules import MOST_TIERS

_RATE: Final = {"type": "string", "examples": ["0.05"], "description": "0 to 1, ≤ 6 decimals."}
_FEN_OR_NULL: Final = {"type": ["integer", "null"], "minimum": 0, "description": "Fen per unit."}
_TIERED: Final = {
    "mode": "tiered_rate",
    "measure": "line_amount",
    "method": "marginal",
    "tiers": [{"from": 0, "rate": "0.05"}, {"from": 10000, "rate": "0.08"}],
    "upline_rates": ["0.01"],
}
_TERMS_SCHEMA: Final = {
    "type": "object",
    "title": "RuleTerms",
    "description": (
        "The terms of a commission rule. Rates are text, never floating-point numbers. What is "
        "wrong is told with the name of the field, such as `tiers[1].from`."
    ),
    "required": ["mode"],
    "additionalProperties": False,
    "properties": {
        "mode": {"enum": ["fixed", "tiered_rate"]},
        "amount_per_unit": {**_FEN_OR_NULL, "description": "Fen, for `fixed`."},
        "measure": {
            "enum": [
                "line_amount", "unit_price", "line_quantity", "period_units", "period_amount", None
            ],
            "description": "For `tiered_rate`: what is looked up in the tiers.",
        },
        "method": {
            "enum": ["whole", "marginal", None],
            "description": "For `tiered_rate`: one rate for the line, or each slice at its own.",
        },
        "tiers": {
            "type": "array",
            "maxItems": MOST_TIERS,
            "items": {
                "type": "object",
                "required": ["from", "rate"],
                "properties": {
                    "from": {"type": "integer", "minimum": 0, "description": "Fen or units."},
                    "rate": _RATE,
                },
            },
        },
        "member_price_earns": {"type": "boolean", "default": True},
        "promo_price_earns": {"type": "boolean", "default": True},
        "floor_price": {**_FEN_OR_NULL, "description": "Fen per unit: lowest price that earns."},
        "cap_per_unit": _FEN_OR_NULL,
        "upline_rates": {"type": "array", "items": _RATE, "maxItems": 2},
    },
    "examples": [_TIERED, {"mode": "fixed", "amount_per_unit": 350}],
}  # fmt: skip
Terms = Annotated[dict[str, Any], WithJsonSchema(_TERMS_SCHEMA)]
