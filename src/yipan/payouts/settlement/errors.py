"""What settlement refuses."""

from __future__ import annotations

from django.utils.translation import gettext as _

from yipan.kernel.errors import InvalidField


class UnknownSetting(InvalidField):
    """A policy names a setting that there is not."""

    code = "payouts.unknown_setting"

    def __init__(self, *, field: str) -> None:
        super().__init__(field=field, reason=_("is not a setting of this policy"))


class NotAWholeNumber(InvalidField):
    """A setting that counts something is not a whole number in its range."""

    code = "payouts.not_a_whole_number"

    def __init__(self, *, field: str, least: int, most: int) -> None:
        reason = _("must be a whole number from {least} to {most}")
        super().__init__(
            field=field, reason=reason.format(least=least, most=most), least=least, most=most
        )


class NotAShare(InvalidField):
    """A setting that is a share is not an exact decimal from 0 to 1."""

    code = "payouts.not_a_share"

    def __init__(self, *, field: str) -> None:
        reason = _('must be a decimal from 0 to 1 as text, such as "0.5", with at most 6 places')
        super().__init__(field=field, reason=reason)


class UnknownChoice(InvalidField):
    """A setting has a value that is not one of those allowed."""

    code = "payouts.unknown_choice"

    def __init__(self, *, field: str, allowed: str) -> None:
        reason = _("must be one of {allowed}").format(allowed=allowed)
        super().__init__(field=field, reason=reason, allowed=allowed)


class LimitsCrossed(InvalidField):
    """A lower limit stands above its upper limit."""

    code = "payouts.limits_crossed"

    def __init__(self, *, field: str, other: str) -> None:
        reason = _("must not be above {other}").format(other=other)
        super().__init__(field=field, reason=reason, other=other)
