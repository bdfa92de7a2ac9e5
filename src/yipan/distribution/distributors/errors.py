"""What can go wrong with distributors."""

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from yipan.kernel.errors import DomainError


class DistributorCodeTaken(DomainError):
    """Another distributor of the group has or had this code."""

    code = "distributors.code_taken"
    status = HTTPStatus.CONFLICT
    message = _("The distributor code {value} is taken.")

    def __init__(self, *, value: str) -> None:
        super().__init__(field="code", value=value)


class KindUnknown(DomainError):
    """There is no such kind of distributor."""

    code = "distributors.kind_unknown"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("There is no kind of distributor {kind}.")

    def __init__(self, *, kind: str) -> None:
        super().__init__(field="kind", kind=kind)


class PersonDistributesAlready(DomainError):
    """A person is one distributor, with one home organisation."""

    code = "distributors.person_distributes_already"
    status = HTTPStatus.CONFLICT
    message = _("This person is the distributor {value} already.")

    def __init__(self, *, value: str) -> None:
        super().__init__(field="person_id", value=value)


class UplineMakesCycle(DomainError):
    """The upline is the distributor, or stands below the distributor."""

    code = "distributors.upline_makes_cycle"
    status = HTTPStatus.CONFLICT
    message = _("{distributor} would stand above themselves.")

    def __init__(self, *, distributor: str) -> None:
        super().__init__(field="upline_id", distributor=distributor)


class ChainTooLong(DomainError):
    """A chain would have more than three levels."""

    code = "distributors.chain_too_long"
    status = HTTPStatus.CONFLICT
    message = _("A chain of {levels} levels is longer than the {most} allowed.")

    def __init__(self, *, levels: int, most: int) -> None:
        super().__init__(field="upline_id", levels=levels, most=most)


class DistributorNotActive(DomainError):
    """Only an active distributor can be an upline or a successor."""

    code = "distributors.not_active"
    status = HTTPStatus.CONFLICT
    message = _("The distributor {value} is {state}.")

    def __init__(self, *, field: str, value: str, state: str) -> None:
        super().__init__(field=field, value=value, state=state)


class DistributorHasLeft(DomainError):
    """Whoever has left comes back as a new distributor."""

    code = "distributors.has_left"
    status = HTTPStatus.CONFLICT
    message = _("The distributor {value} has left.")

    def __init__(self, *, value: str) -> None:
        super().__init__(value=value)


class SuccessorIsLeaver(DomainError):
    """Nobody succeeds themselves."""

    code = "distributors.successor_is_leaver"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("The successor is the one who leaves.")

    def __init__(self) -> None:
        super().__init__(field="successor_id")


class SpanEmpty(DomainError):
    """An end before or at its beginning."""

    code = "distributors.span_empty"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("{field}: the end must be after the beginning.")

    def __init__(self, *, field: str) -> None:
        super().__init__(field=field)
