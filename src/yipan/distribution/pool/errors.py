"""What the pool refuses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from yipan.distribution.pool.faults import Fault
from yipan.distribution.pool.rules import RuleRefused
from yipan.distribution.pool.rules.refusal import Problem
from yipan.kernel.errors import DomainError


class TermsRefused(RuleRefused):
    """The commission rule cannot be saved or used; every problem names its field."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems)
        language = get_language() or "en"
        self.data = {
            "summary": self.summary(language),
            "problems": [
                {"field": each.field, "code": each.code, "message": each.sentence(language)}
                for each in self.problems
            ],
        }

    def __str__(self) -> str:
        return gettext("The commission rule is refused: %s.") % self.data["summary"]


class RuleCodeTaken(DomainError):
    """Another rule of the tenant has the code."""

    code = "pool.rule_code_taken"
    status = HTTPStatus.CONFLICT
    message = _("There is already a commission rule with the code {rule_code}.")

    def __init__(self, *, rule_code: str) -> None:
        super().__init__(field="code", rule_code=rule_code)


class BareRuleNeverChanges(DomainError):
    """A rule made for a bare amount or rate keeps its terms: offers are given another rule."""

    code = "pool.bare_rule_never_changes"
    status = HTTPStatus.CONFLICT
    message = _("The rule {rule_code} stands for one amount or rate; give the offers another rule.")

    def __init__(self, *, rule_code: str) -> None:
        super().__init__(rule_code=rule_code)


class VersionStartsInThePast(DomainError):
    """A version from the past would change what was already decided."""

    code = "pool.version_starts_in_the_past"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("valid_from: {valid_from} is over; a version may start now at the earliest.")

    def __init__(self, *, valid_from: datetime) -> None:
        super().__init__(field="valid_from", valid_from=valid_from.isoformat())


class LaterVersionScheduled(DomainError):
    """A version is scheduled for the same or a later moment; replacing it must be asked for."""

    code = "pool.later_version_scheduled"
    status = HTTPStatus.CONFLICT
    message = _(
        "Version {version} is scheduled for {scheduled_for}; say that it is to be replaced."
    )

    def __init__(self, *, version: int, scheduled_for: datetime) -> None:
        super().__init__(
            field="valid_from", version=version, scheduled_for=scheduled_for.isoformat()
        )


class OffersRefused(DomainError):
    """Some of the offers cannot be put on; none of them was. `problems` lists every fault."""

    code = "pool.offers_refused"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("{count} faults: {summary}")

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            count=len(self.faults),
            summary="; ".join(f"{each.place}: {each.reason}" for each in self.faults[:3]),
            problems=[
                {"field": each.place, "code": each.code, "message": each.reason}
                for each in self.faults[:1000]
            ],
        )


class SheetUnreadable(DomainError):
    """The file as a whole cannot be read as a table of offers."""

    code = "pool.sheet_unreadable"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = "{reason}"

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(reason=fault.reason, fault=fault.code)


class SheetHasFaults(DomainError):
    """All rows were to be loaded and some cannot be; none was."""

    code = "pool.sheet_has_faults"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("{faulty_rows} rows have faults; nothing was loaded.")

    def __init__(self, *, faulty_rows: int, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            faulty_rows=faulty_rows,
            problems=[each.as_data() for each in self.faults[:1000]],
        )


class PoolChangedMeanwhile(DomainError):
    """What was agreed to is not what would happen now; nothing was done."""

    code = "pool.changed_meanwhile"
    status = HTTPStatus.CONFLICT
    message = _(
        "The pool or the goods changed since the preview, so that something else would come of it. "
        "Nothing was done; look at the fresh preview and decide again."
    )


class FileGone(DomainError):
    """The file of an upload is not kept any more, or is not the one that was looked at."""

    code = "pool.file_gone"
    status = HTTPStatus.CONFLICT
    message = _("The file is not kept any more, or was changed. Upload it again.")


class UploadNotReady(DomainError):
    """An upload that is being checked or loaded, or was decided on already."""

    code = "pool.upload_not_ready"
    status = HTTPStatus.CONFLICT
    message = _("This file is not waiting for a decision any more.")
