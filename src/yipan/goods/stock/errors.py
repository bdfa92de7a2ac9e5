"""What can go wrong with stock."""

from __future__ import annotations

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from yipan.kernel.errors import DomainError


class LocationCodeTaken(DomainError):
    """Another location has the code."""

    code = "stock.location_code_taken"
    status = HTTPStatus.CONFLICT
    message = _("The location code {value} is taken.")

    def __init__(self, *, value: str) -> None:
        super().__init__(field="code", value=value)


class StockBelowZero(DomainError):
    """A SKU has been sold beyond its stock somewhere, so that cannot be forbidden yet."""

    code = "stock.below_zero"
    status = HTTPStatus.CONFLICT
    message = _("{sku} has {quantity} units at {location}: count or receive goods there first.")

    def __init__(self, *, sku: str, location: str, quantity: int) -> None:
        super().__init__(sku=sku, location=location, quantity=quantity)
