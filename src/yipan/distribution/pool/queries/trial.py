"""Trial calculation: what lines would earn under a given or a hypothetical rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from yipan.distribution.pool.offering import EVERYWHERE
from yipan.distribution.pool.queries.commission_rules import book_in_reach, version_at
from yipan.distribution.pool.rules import (
    CompiledRule,
    LineFigures,
    Progress,
    Result,
    compile_rule,
)
from yipan.distribution.pool.terms import Terms, accepted
from yipan.kernel import clock
from yipan.kernel.errors import InvalidField, NotFound


@dataclass(frozen=True, slots=True)
class Trial:
    """What the lines earn, in order, and the progress after them."""

    rule: CompiledRule
    results: tuple[Result, ...]
    progress: Progress


def rule_for_trial(
    *,
    terms: Terms | None = None,
    rule_id: int | None = None,
    version: int | None = None,
    at: datetime | None = None,
    paths: Sequence[str] = EVERYWHERE,
) -> CompiledRule:
    """The rule to try: terms that are not saved, or a rule's version by number or moment.

    Hypothetical terms pass the same checks as when they are saved. Raises InvalidField (not
    exactly one of `terms` and `rule_id`), RuleRefused, NotFound.
    """
    if (terms is None) == (rule_id is None):
        raise InvalidField(field="terms", reason=_("give either terms or a rule"))
    if rule_id is None:
        return compile_rule(accepted(terms or {}))
    if version is None:
        return version_at(rule_id, at or clock.now(), paths).compiled
    for each in book_in_reach(rule_id, paths).versions:
        if each.version == version:
            return each.compiled
    raise NotFound(kind="rule version", ref=version)


def trial(
    *,
    rule: CompiledRule,
    lines: Sequence[LineFigures],
    progress: Progress | None = None,
    uplines: Sequence[bool] = (),
) -> Trial:
    """Compute lines one after another, as if they were paid in this order by one distributor.

    `progress` is what was sold under the rule in the month before the first line; each line that
    no gate stops counts for those after it, as in real payments. `uplines` says of each upline
    there is, nearest first, whether they may earn. Amounts in fen; results have the structure of
    commission entries. docs/algorithms/commission.md.
    """
    so_far = progress or Progress()
    results = []
    for line in lines:
        result = rule.compute(line, so_far, uplines)
        results.append(result)
        if result.counts_for_progress:
            so_far = so_far.after(line)
    return Trial(rule, tuple(results), so_far)
