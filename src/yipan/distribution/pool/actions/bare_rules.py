"""Rules made for the bare amounts and rates of a file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from yipan.distribution.pool.events import RuleVersionAdded
from yipan.distribution.pool.models import CommissionRule, RuleVersion
from yipan.distribution.pool.queries.books import bare_rule_books
from yipan.distribution.pool.rules import RuleTerms
from yipan.kernel import audit, clock, sql
from yipan.kernel.actor import Actor
from yipan.kernel.events import announce, to_json
from yipan.kernel.ids import next_ids
from yipan.kernel.money import yuan
from yipan.kernel.tenancy import current_tenant_id

ALWAYS: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""What says the same for ever has said it for ever."""

_RULE_COLUMNS = ("id", "tenant_id", "organisation_id", "code", "name", "bare_terms", "created_at")
_VERSION_COLUMNS = (
    "id", "tenant_id", "rule_id", "version", "valid_from", "terms", "created_at", "created_by",
    "reason",
)  # fmt: skip


def bare_rules(
    *, organisation_id: int, wanted: Mapping[str, RuleTerms], by: Actor
) -> dict[str, int]:
    """Ids of the rules that an organisation keeps for bare amounts and rates, made where missing.

    `wanted` maps a key such as `fixed-350` or `rate-0.05` to terms that were accepted. Any number
    in three statements; the caller has taken the turn.
    """
    found = known_bare_rules(organisation_id, wanted)
    missing = {key: terms for key, terms in wanted.items() if key not in found}
    return found | _make(organisation_id, missing, by)


def known_bare_rules(organisation_id: int, keys: Collection[str]) -> dict[str, int]:
    """Ids of those of the rules that there are, in one statement."""
    if not keys:
        return {}
    return {
        book.code.partition("@")[0]: book.rule_id for book in bare_rule_books(organisation_id, keys)
    }


def _make(organisation_id: int, missing: Mapping[str, RuleTerms], by: Actor) -> dict[str, int]:
    tenant_id, now = current_tenant_id(), clock.now()
    rules, versions, events = [], [], []
    ids = iter(next_ids(2 * len(missing)))
    for key, terms in missing.items():
        rule_id, version_id = next(ids), next(ids)
        code = f"{key}@{organisation_id}"
        data = terms.to_data()
        rules.append((rule_id, tenant_id, organisation_id, code, name_of(terms), key, now))
        version = (version_id, tenant_id, rule_id, 1, ALWAYS, to_json(data), now, str(by), "")
        versions.append(version)
        events.append(
            RuleVersionAdded(
                organisation_id=organisation_id,
                rule_id=rule_id,
                rule_code=code,
                rule_version_id=version_id,
                version=1,
                valid_from=ALWAYS,
            )
        )
        audit.record(
            action="pool.create_rule",
            subject_type="rule",
            subject_id=rule_id,
            organisation_id=organisation_id,
            after={"code": code, "version": 1, "valid_from": ALWAYS, "terms": data},
            by=by,
        )
    sql.insert(CommissionRule, _RULE_COLUMNS, rules)
    sql.insert(RuleVersion, _VERSION_COLUMNS, versions)
    announce(*events)
    return {rule[5]: rule[0] for rule in rules}


def name_of(terms: RuleTerms) -> str:
    """What the rule of a bare amount or rate is called: ¥3.50, 8%."""
    if terms.amount_per_unit is not None:
        return yuan(terms.amount_per_unit)
    percent = (terms.tiers[0].rate * Decimal(100)).normalize()
    return f"{percent:f}%"
