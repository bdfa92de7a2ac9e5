"""Commission engine: line computations per second on one core, explanation included.

    python bench/commission_engine.py

Every kind of rule computes the same lines, by the engine and by `reference`: a plain calculation
with fractions, written from the page and not from the engine's code. Answers are compared before
anything is timed. The tests use the reference too.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from math import floor
from typing import Any, NamedTuple

from yipan.distribution.pool.rules import (
    CompiledRule,
    LineFigures,
    PriceKind,
    Progress,
    RuleTerms,
    compile_rule,
)

HALF = Fraction(1, 2)


class Answer(NamedTuple):
    """What the reference says: amounts, and the codes of commission.md."""

    seller: int
    reason: str | None
    notes: tuple[str, ...]
    uplines: tuple[int, ...]


def rounded(value: Fraction) -> int:
    return floor(value + HALF)


def reference(
    rule: Mapping[str, Any], line: LineFigures, progress: Progress, uplines: Sequence[bool]
) -> Answer:
    """Amounts of one line under a rule given as a document, slow and plain."""
    upline_rates = [Fraction(rate) for rate in rule.get("upline_rates", [])]
    closed = closed_gate(rule, line)
    if closed:
        return Answer(0, closed, (), (0,) * len(upline_rates))
    quantity, net = line.quantity, line.net_amount
    raw = exact = raw_amount(rule, line, progress)
    notes = []
    cap = rule.get("cap_per_unit")
    if cap is not None and exact > cap * quantity:
        exact = Fraction(cap * quantity)
        notes.append("CAPPED_PER_UNIT")
    if exact > net:
        exact = Fraction(net)
        notes.append("CAPPED_AT_NET_AMOUNT")
    seller = rounded(exact)
    reason = None
    if seller == 0:
        reason = "ZERO_RATE" if raw == 0 or exact == 0 else "ROUNDED_TO_ZERO"
    amounts = [
        rounded(net * rate) if present and qualified else 0
        for rate, present, qualified in zip(
            upline_rates,
            [index < len(uplines) for index in range(len(upline_rates))],
            [*uplines, False, False],
            strict=False,
        )
    ]
    for farthest in reversed(range(len(amounts))):
        excess = seller + sum(amounts) - net
        if excess > 0:
            amounts[farthest] = max(0, amounts[farthest] - excess)
    return Answer(seller, reason, tuple(notes), tuple(amounts))


def closed_gate(rule: Mapping[str, Any], line: LineFigures) -> str | None:
    kind, floor_price = line.price_kind.value, rule.get("floor_price")
    if line.net_amount == 0:
        return "NOTHING_PAID"
    if kind != "list" and not rule.get(f"{kind}_price_earns", True):
        return "PRICE_KIND_EXCLUDED"
    if floor_price is not None and Fraction(line.net_amount, line.quantity) < floor_price:
        return "BELOW_FLOOR_PRICE"
    return None


def raw_amount(rule: Mapping[str, Any], line: LineFigures, progress: Progress) -> Fraction:
    quantity, net = line.quantity, Fraction(line.net_amount)
    if rule["mode"] == "fixed":
        return Fraction(rule["amount_per_unit"] * quantity)
    tiers = [(tier["from"], Fraction(tier["rate"])) for tier in rule["tiers"]]
    measure = rule["measure"]
    before = {"period_units": progress.units, "period_amount": progress.amount}.get(measure, 0)
    size = {
        "line_amount": net,
        "unit_price": net / quantity,
        "line_quantity": Fraction(quantity),
        "period_units": Fraction(quantity),
        "period_amount": net,
    }[measure]
    end = before + size
    if rule["method"] == "whole":
        return net * [rate for start, rate in tiers if start <= end][-1]
    worth = net / quantity if measure in {"line_quantity", "period_units"} else 1
    ends: list[Fraction] = [*(Fraction(start) for start, _ in tiers[1:]), end]
    total = Fraction(0)
    for (start, rate), stop in zip(tiers, ends, strict=True):
        total += max(Fraction(0), min(end, stop) - max(before, start)) * rate * worth
    return total


def rules() -> Iterator[tuple[str, dict[str, Any]]]:
    """One rule of each kind, and some with everything on."""
    by_amount = [("0", "0.05"), ("10000", "0.08"), ("50000", "0.1")]
    by_units = [("0", "0.02"), ("3", "0.06"), ("10", "0.085")]
    yield "fixed", {"mode": "fixed", "amount_per_unit": 350}
    yield (
        "fixed, gates, cap, two uplines",
        {
            "mode": "fixed",
            "amount_per_unit": 1200,
            "promo_price_earns": False,
            "floor_price": 4000,
            "cap_per_unit": 1000,
            "upline_rates": ["0.02", "0.01"],
        },
    )
    for measure, tiers in {
        "line_amount": by_amount,
        "unit_price": by_amount,
        "line_quantity": by_units,
        "period_units": by_units,
        "period_amount": by_amount,
    }.items():
        for method in ("whole", "marginal"):
            if (measure, method) != ("unit_price", "marginal"):
                yield (
                    f"{measure}, {method}, one upline",
                    {
                        "mode": "tiered_rate",
                        "measure": measure,
                        "method": method,
                        "tiers": [{"from": int(start), "rate": rate} for start, rate in tiers],
                        "cap_per_unit": 3000,
                        "upline_rates": ["0.015"],
                    },
                )


Case = tuple[LineFigures, Progress, tuple[bool, ...]]


def cases(count: int) -> list[Case]:
    rnd = random.Random(20_240_229)
    kinds = [PriceKind.LIST, PriceKind.LIST, PriceKind.MEMBER, PriceKind.PROMO]
    made: list[Case] = []
    for _ in range(count):
        quantity = rnd.choice([1, 1, 1, 2, 3, 6, 12])
        line = LineFigures(quantity, quantity * rnd.randrange(900, 30_000), rnd.choice(kinds))
        progress = Progress(rnd.randrange(20), rnd.randrange(80_000))
        made.append((line, progress, rnd.choice([(True, True), (True,), (), (False, True)])))
    return made


def answered(rule: CompiledRule, case: Case) -> Answer:
    result = rule.compute(*case)
    notes = tuple(note.value for note in result.seller.notes)
    reason = result.seller.reason
    return Answer(
        result.seller.amount,
        reason.value if reason else None,
        notes,
        tuple(share.amount for share in result.uplines),
    )


def explanation_text(rule: CompiledRule, *case: *Case) -> str:
    return json.dumps(rule.compute(*case).explanation)


def per_second(compute: Callable[[*Case], object], lines: Sequence[Case], rounds: int) -> float:
    """Lines per second of processor time, so that busy neighbours count less; median of rounds."""
    speeds = []
    for _ in range(rounds):
        started = time.process_time()
        for case in lines:
            compute(*case)
        speeds.append(len(lines) / (time.process_time() - started))
    return statistics.median(speeds)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--lines", type=int, default=20_000, help="lines per kind of rule")
    options.add_argument("--rounds", type=int, default=5)
    asked = options.parse_args()
    lines = cases(asked.lines)
    engine_seconds = reference_seconds = json_seconds = 0.0
    print(f"{'rule':<40}{'engine/s':>12}{'reference/s':>14}{'ratio':>8}")
    kinds = list(rules())
    for name, data in kinds:
        rule = compile_rule(RuleTerms.from_data(data), version=1)
        few = lines[: max(1, len(lines) // 10)]
        for case in few:
            if answered(rule, case) != reference(data, *case):
                message = f"{name}: engine and reference differ on {case}"
                raise SystemExit(message)
        engine = per_second(rule.compute, lines, asked.rounds)
        slow = per_second(partial(reference, data), few, asked.rounds)
        stored = per_second(partial(explanation_text, rule), few, asked.rounds)
        engine_seconds += 1 / engine
        reference_seconds += 1 / slow
        json_seconds += 1 / stored
        print(f"{name:<40}{engine:>12,.0f}{slow:>14,.0f}{engine / slow:>8.1f}")
    mix, slow_mix = len(kinds) / engine_seconds, len(kinds) / reference_seconds
    print(f"{'mix of all, one core':<40}{mix:>12,.0f}{slow_mix:>14,.0f}{mix / slow_mix:>8.1f}")
    print(f"{'mix, explanation written as JSON':<40}{len(kinds) / json_seconds:>12,.0f}")


if __name__ == "__main__":
    main()
