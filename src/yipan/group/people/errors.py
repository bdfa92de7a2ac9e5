"""What can go wrong with accounts and roles."""

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from yipan.kernel.errors import DomainError


class UsernameTaken(DomainError):
    """Another person of the group has this user name."""

    code = "people.username_taken"
    status = HTTPStatus.CONFLICT
    message = _("The user name {value} is taken.")

    def __init__(self, *, value: str) -> None:
        super().__init__(field="username", value=value)


class PhoneTaken(DomainError):
    """Another active person of the group has this phone."""

    code = "people.phone_taken"
    status = HTTPStatus.CONFLICT
    message = _("Another account has this phone number.")

    def __init__(self) -> None:
        super().__init__(field="phone")


class PhoneInvalid(DomainError):
    """Not a phone number."""

    code = "people.phone_invalid"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("This is not a phone number such as 13800138000 or +85251234567.")

    def __init__(self) -> None:
        super().__init__(field="phone")


class PasswordRefused(DomainError):
    """The password is too easy."""

    code = "people.password_refused"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("This password will not do: {reason}")

    def __init__(self, *, reason: str) -> None:
        super().__init__(field="password", reason=reason)


class RoleUnknown(DomainError):
    """There is no such role."""

    code = "people.role_unknown"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("There is no role {role}.")

    def __init__(self, *, role: str) -> None:
        super().__init__(field="role", role=role)


class MoreThanOwn(DomainError):
    """Nobody gives, takes or uses rights that they do not hold themselves."""

    code = "people.more_than_own"
    status = HTTPStatus.FORBIDDEN
    message = _("This needs rights that you do not hold yourself: {permissions}.")

    def __init__(self, *, permissions: str) -> None:
        super().__init__(permissions=permissions)


class LastAdministrator(DomainError):
    """A group keeps at least one active administrator at headquarters."""

    code = "people.last_administrator"
    status = HTTPStatus.CONFLICT
    message = _("This is the last administrator at headquarters.")


class PersonInactive(DomainError):
    """The account was deactivated."""

    code = "people.inactive"
    status = HTTPStatus.CONFLICT
    message = _("The account {username} is deactivated.")

    def __init__(self, *, username: str) -> None:
        super().__init__(username=username)


class SignInRefused(DomainError):
    """Group, name or password are wrong, or the account is deactivated: it does not say which."""

    code = "people.sign_in_refused"
    status = HTTPStatus.UNAUTHORIZED
    message = _("Group, user name or password are not right.")


class TooManyAttempts(DomainError):
    """One name, or from one address, was tried too often; `retry_after` is in seconds."""

    code = "people.too_many_attempts"
    status = HTTPStatus.TOO_MANY_REQUESTS
    message = _("Too many attempts. Try again in {retry_after} seconds.")

    def __init__(self, *, retry_after: int, is_first: bool = False) -> None:
        super().__init__(retry_after=retry_after)
        self.is_first = is_first
        """Whether the attempts before it were let through."""
