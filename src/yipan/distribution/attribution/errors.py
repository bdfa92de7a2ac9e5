"""What attribution refuses. A policy's own faults are `rules.PolicyRefused`."""

from __future__ import annotations

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from yipan.kernel.errors import DomainError


class BindingChanged(DomainError):
    """Somebody else changed the member's binding at the same moment."""

    code = "attribution.binding_changed"
    status = HTTPStatus.CONFLICT
    message = _("The binding of this member was changed at the same moment; look at it again.")

    def __init__(self, *, member_id: int) -> None:
        super().__init__(member_id=member_id)


class NotBound(DomainError):
    """There is no binding to take off."""

    code = "attribution.not_bound"
    status = HTTPStatus.CONFLICT
    message = _("This member belongs to no distributor.")

    def __init__(self, *, member_id: int) -> None:
        super().__init__(member_id=member_id)


class CouponTaken(DomainError):
    """A coupon has one owner for ever."""

    code = "attribution.coupon_taken"
    status = HTTPStatus.CONFLICT
    message = _("These coupons belong to another distributor already: {coupons}.")

    def __init__(self, *, coupons: list[str]) -> None:
        super().__init__(coupons=", ".join(coupons))
