"""What can go wrong with the tree."""

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from yipan.kernel.errors import DomainError


class TenantCodeTaken(DomainError):
    """Another retail group has this code."""

    code = "organisations.tenant_code_taken"
    status = HTTPStatus.CONFLICT
    message = _("The group code {value} is taken.")

    def __init__(self, *, value: str) -> None:
        super().__init__(field="code", value=value)


class OrganisationCodeTaken(DomainError):
    """Another organisation of the group has this code."""

    code = "organisations.code_taken"
    status = HTTPStatus.CONFLICT
    message = _("The organisation code {value} is taken.")

    def __init__(self, *, value: str) -> None:
        super().__init__(field="code", value=value)


class LevelUnknown(DomainError):
    """There are four levels, and this is none of them."""

    code = "organisations.level_unknown"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("There is no level {level}.")

    def __init__(self, *, level: str) -> None:
        super().__init__(field="level", level=level)


class LevelRefused(DomainError):
    """A node stands strictly below its parent's level; only headquarters has no parent."""

    code = "organisations.level_refused"
    status = HTTPStatus.CONFLICT
    message = _("An organisation of level {level} cannot stand under one of level {parent_level}.")

    def __init__(self, *, level: str, parent_level: str) -> None:
        super().__init__(field="level", level=level, parent_level=parent_level)


class StoreNeedsCompany(DomainError):
    """A store stands directly under the company that bears its expense."""

    code = "organisations.store_needs_company"
    status = HTTPStatus.CONFLICT
    message = _("A store stands under a company, not under one of level {parent_level}.")

    def __init__(self, *, parent_level: str) -> None:
        super().__init__(field="parent_id", parent_level=parent_level)


class MoveMakesCycle(DomainError):
    """The new parent is the node itself or lies below it."""

    code = "organisations.move_makes_cycle"
    status = HTTPStatus.CONFLICT
    message = _("{organisation} cannot be hung under itself.")

    def __init__(self, *, organisation: str) -> None:
        super().__init__(field="parent_id", organisation=organisation)


class HeadquartersStay(DomainError):
    """Headquarters are the root: they cannot be moved, closed or made twice."""

    code = "organisations.headquarters_stay"
    status = HTTPStatus.CONFLICT
    message = _("There is one headquarters, and it stays.")


class OrganisationClosed(DomainError):
    """Nothing new is hung under a closed organisation or bound to it."""

    code = "organisations.closed"
    status = HTTPStatus.CONFLICT
    message = _("{organisation} is closed.")

    def __init__(self, *, organisation: str) -> None:
        super().__init__(organisation=organisation)


class OrganisationHasOpenChildren(DomainError):
    """What stands below is closed or moved first."""

    code = "organisations.has_open_children"
    status = HTTPStatus.CONFLICT
    message = _("{organisation} has {count} open organisations under it.")

    def __init__(self, *, organisation: str, count: int) -> None:
        super().__init__(organisation=organisation, count=count)
