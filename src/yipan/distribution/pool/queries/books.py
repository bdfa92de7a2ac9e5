"""Rules with their versions, read for many at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from yipan.distribution.pool.rules import CompiledRule, RuleTerms, compile_rule
from yipan.kernel import sql
from yipan.kernel.tenancy import current_tenant_id


@lru_cache(maxsize=8192)
def compiled_version(version_id: int, terms: str) -> CompiledRule:
    """The compiled terms (JSON text) of a version, kept in the process.

    Versions never change, so what is kept is never stale; the text is part of the key.
    """
    return compile_rule(RuleTerms.from_data(json.loads(terms)), version=version_id)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a rule."""

    id: int
    version: int
    valid_from: datetime
    valid_until: datetime | None
    """First moment at which another one is in force; at or before `valid_from`: never in force."""
    terms: str
    """JSON text."""

    @property
    def compiled(self) -> CompiledRule:
        return compiled_version(self.id, self.terms)

    @property
    def is_replaced(self) -> bool:
        """Whether another one took its place before it started."""
        return self.valid_until is not None and self.valid_until <= self.valid_from


@dataclass(frozen=True, slots=True)
class RuleBook:
    """A rule with all its versions, the last one written first."""

    rule_id: int
    code: str
    organisation_id: int
    bare: bool
    versions: tuple[Version, ...]

    def at(self, moment: datetime) -> Version | None:
        """The version in force: the last one written of those that start by the moment."""
        return next((each for each in self.versions if each.valid_from <= moment), None)

    def from_on(self, moment: datetime) -> list[Version]:
        """The versions in force at a moment or later."""
        return [
            each
            for each in self.versions
            if not each.is_replaced and (each.valid_until is None or each.valid_until > moment)
        ]


_COLUMNS = """
SELECT r.id, r.code, r.organisation_id, r.bare_terms <> '', v.id, v.version, v.valid_from,
       v.terms::text
  FROM pool_commissionrule r
  JOIN pool_ruleversion v ON v.rule_id = r.id
"""
_BY_ID = f"{_COLUMNS} WHERE r.tenant_id = %s AND r.id = ANY(%s) ORDER BY r.id, v.version DESC"
_BY_CODE = (
    f"{_COLUMNS} WHERE r.tenant_id = %s AND r.code = ANY(%s::text[]) ORDER BY r.id, v.version DESC"
)
_BARE = f"""{_COLUMNS} WHERE r.tenant_id = %s AND r.organisation_id = %s
   AND r.bare_terms = ANY(%s::text[]) AND r.bare_terms <> '' ORDER BY r.id, v.version DESC"""


def rule_books(rule_ids: Iterable[int]) -> dict[int, RuleBook]:
    """The rules of the tenant with these ids, in one statement."""
    return {book.rule_id: book for book in _read(_BY_ID, (current_tenant_id(), list(rule_ids)))}


def rule_books_by_code(codes: Iterable[str]) -> dict[str, RuleBook]:
    """The rules of the tenant with these codes, in one statement."""
    return {book.code: book for book in _read(_BY_CODE, (current_tenant_id(), list(codes)))}


def bare_rule_books(organisation_id: int, bare_terms: Iterable[str]) -> list[RuleBook]:
    """The rules that an organisation keeps for bare amounts and rates, in one statement."""
    return _read(_BARE, (current_tenant_id(), organisation_id, list(bare_terms)))


def _read(statement: str, params: Sequence[object]) -> list[RuleBook]:
    found: dict[int, list[Any]] = {}
    heads: dict[int, tuple[str, int, bool]] = {}
    for rule_id, code, organisation_id, bare, *version in sql.fetch(statement, params):
        heads[rule_id] = (code, organisation_id, bare)
        found.setdefault(rule_id, []).append(version)
    return [
        RuleBook(rule_id, *heads[rule_id], versions=chained(versions))
        for rule_id, versions in found.items()
    ]


def chained(rows: Iterable[tuple[int, int, datetime, str]]) -> tuple[Version, ...]:
    """Versions, last one written first, each with the moment at which its time is over."""
    versions: list[Version] = []
    until: datetime | None = None
    for version_id, number, valid_from, terms in rows:
        versions.append(Version(version_id, number, valid_from, until, terms))
        until = valid_from if until is None else min(until, valid_from)
    return tuple(versions)
