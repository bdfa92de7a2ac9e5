"""Making rules and giving them new versions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from yipan.distribution.pool.actions.estimates import refresh_estimates_of
from yipan.distribution.pool.actions.turn import take_turn
from yipan.distribution.pool.errors import (
    BareRuleNeverChanges,
    LaterVersionScheduled,
    RuleCodeTaken,
    VersionStartsInThePast,
)
from yipan.distribution.pool.events import RuleVersionAdded
from yipan.distribution.pool.models import CommissionRule, RuleVersion
from yipan.distribution.pool.offering import EVERYWHERE, in_subtrees
from yipan.distribution.pool.queries.books import RuleBook, rule_books
from yipan.distribution.pool.rules import RuleTerms
from yipan.distribution.pool.terms import Terms, accepted
from yipan.group.organisations.queries import tree
from yipan.kernel import audit, clock, text
from yipan.kernel.actor import Actor
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.events import announce
from yipan.kernel.uow import unit_of_work

_CODE: Final = re.compile(r"[\w.\-]{1,40}")
_MOST_NAME: Final = 120
_MOST_REASON: Final = 500


def create_rule(
    *,
    organisation_id: int,
    code: str,
    name: str,
    terms: Terms,
    by: Actor,
    valid_from: datetime | None = None,
    reason: str = "",
    within: Sequence[str] = EVERYWHERE,
) -> CommissionRule:
    """Make a rule with its first version.

    Offers of the organisation and of those below may use it. The first version may start in the
    past (nothing was decided by it yet), so that sales of that time can be taken in; without
    `valid_from` it starts now. `terms` are RuleTerms or their document (amounts in fen).

    Raises RuleRefused (each problem names its field), RuleCodeTaken, InvalidField, NotFound.
    """
    _check_keeper(organisation_id, within)
    if not _CODE.fullmatch(code):
        raise InvalidField(
            field="code", reason=_("must be 1 to 40 letters, digits, dots, dashes and underscores")
        )
    name = text.checked(name, field="name", most=_MOST_NAME)
    reason = text.checked(reason, field="reason", most=_MOST_REASON, required=False)
    return write_rule(
        organisation_id=organisation_id,
        code=code,
        name=name,
        terms=accepted(terms),
        by=by,
        valid_from=valid_from or clock.now(),
        reason=reason,
    )


def write_rule(
    *,
    organisation_id: int,
    code: str,
    name: str,
    terms: RuleTerms,
    by: Actor,
    valid_from: datetime,
    reason: str,
    bare_terms: str = "",
) -> CommissionRule:
    """Write a rule whose fields were checked. Raises RuleCodeTaken."""
    with unit_of_work():
        take_turn()
        if CommissionRule.objects.filter(code=code).exists():
            raise RuleCodeTaken(rule_code=code)
        rule: CommissionRule = CommissionRule.objects.create(
            organisation_id=organisation_id,
            code=code,
            name=name,
            bare_terms=bare_terms,
            created_at=clock.now(),
        )
        version = _write_version(rule, 1, terms=terms, valid_from=valid_from, by=by, reason=reason)
        audit.record(
            action="pool.create_rule",
            subject_type="rule",
            subject_id=rule.id,
            organisation_id=organisation_id,
            after={"code": code, "name": name, **_audited(version)},
            by=by,
            reason=reason,
        )
    return rule


def add_rule_version(
    *,
    rule_id: int,
    terms: Terms,
    by: Actor,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    reason: str = "",
    replace_scheduled: bool = False,
    within: Sequence[str] = EVERYWHERE,
) -> RuleVersion:
    """Give a rule new terms from a moment on (default: now); what was decided before stays.

    Versions scheduled for that moment or later never come into force once this one is written, so
    that a mistake in one can be mended before its day; `replace_scheduled` says that it is meant.
    With `valid_until`, as for a campaign, what was in force just before `valid_from` is in force
    again from that moment on, as a version of its own. Gives the version with the new terms.
    Estimates of the rule's offers are computed anew. `within`: paths of the caller's subtrees.

    Raises NotFound, RuleRefused, VersionStartsInThePast, LaterVersionScheduled,
    BareRuleNeverChanges, InvalidField.
    """
    reason = text.checked(reason, field="reason", most=_MOST_REASON, required=False)
    accepted_terms = accepted(terms)
    with unit_of_work():
        take_turn()
        moment = _start(valid_from)
        book = _book(rule_id, within)
        _check_scheduled(book, moment, replace_scheduled=replace_scheduled)
        back = _to_go_back_to(book, moment, valid_until)
        rule = CommissionRule(id=rule_id, organisation_id=book.organisation_id, code=book.code)
        number = book.versions[0].version + 1
        given: dict[str, Any] = {"by": by, "reason": reason}
        version = _write_version(rule, number, terms=accepted_terms, valid_from=moment, **given)
        if valid_until is not None and back is not None:
            _write_version(rule, number + 1, terms=back, valid_from=valid_until, **given)
        audit.record(
            action="pool.add_rule_version",
            subject_type="rule",
            subject_id=rule_id,
            organisation_id=book.organisation_id,
            before=_audited_before(book, moment),
            after={**_audited(version), **({"valid_until": valid_until} if back else {})},
            by=by,
            reason=reason,
        )
        refresh_estimates_of(rule_id)
    return version


def _start(valid_from: datetime | None) -> datetime:
    now = clock.now()
    if valid_from is not None and valid_from < now:
        raise VersionStartsInThePast(valid_from=valid_from)
    return valid_from or now


def _check_keeper(organisation_id: int, within: Sequence[str]) -> None:
    if not in_subtrees(tree(), organisation_id, within):
        raise NotFound(kind="organisation", ref=organisation_id)


def _book(rule_id: int, within: Sequence[str]) -> RuleBook:
    book = rule_books([rule_id]).get(rule_id)
    if book is None or not in_subtrees(tree(), book.organisation_id, within):
        raise NotFound(kind="rule", ref=rule_id)
    if book.bare:
        raise BareRuleNeverChanges(rule_code=book.code)
    return book


def _check_scheduled(book: RuleBook, moment: datetime, *, replace_scheduled: bool) -> None:
    scheduled = [each for each in book.from_on(moment) if each.valid_from >= moment]
    if scheduled and not replace_scheduled:
        first = scheduled[-1]
        raise LaterVersionScheduled(version=first.version, scheduled_for=first.valid_from)


def _to_go_back_to(
    book: RuleBook, moment: datetime, valid_until: datetime | None
) -> RuleTerms | None:
    """The terms that hold again after new ones for a time, checked anew; None without an end."""
    if valid_until is None:
        return None
    if valid_until <= moment:
        raise InvalidField(field="ends", reason=_("must be after the start"))
    before = book.at(moment - timedelta(microseconds=1))
    if before is None:
        raise InvalidField(field="ends", reason=_("there were no terms before to go back to"))
    return accepted(before.compiled.terms)


def _write_version(
    rule: CommissionRule,
    number: int,
    *,
    terms: RuleTerms,
    valid_from: datetime,
    by: Actor,
    reason: str,
) -> RuleVersion:
    version: RuleVersion = RuleVersion.objects.create(
        rule=rule,
        version=number,
        valid_from=valid_from,
        terms=terms.to_data(),
        created_at=clock.now(),
        created_by=str(by),
        reason=reason,
    )
    announce(
        RuleVersionAdded(
            organisation_id=rule.organisation_id,
            rule_id=rule.id,
            rule_code=rule.code,
            rule_version_id=version.id,
            version=number,
            valid_from=valid_from,
        )
    )
    return version


def _audited(version: RuleVersion) -> dict[str, object]:
    return {"version": version.version, "valid_from": version.valid_from, "terms": version.terms}


def _audited_before(book: RuleBook, moment: datetime) -> dict[str, object]:
    """The version that would have been in force."""
    before = book.at(moment)
    if before is None:
        return {}
    terms = before.compiled.terms.to_data()
    return {"version": before.version, "valid_from": before.valid_from, "terms": terms}
