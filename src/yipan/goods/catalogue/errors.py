"""What can go wrong in the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from yipan.kernel.errors import DomainError, InvalidField


class CodeTaken(DomainError):
    """Another category, product or SKU has the code."""

    code = "catalogue.code_taken"
    status = HTTPStatus.CONFLICT
    message = _("The {kind} code {value} is taken.")

    def __init__(self, *, kind: str, value: str) -> None:
        super().__init__(field="code", kind=kind, value=value)


class CategoryUnknown(DomainError):
    """A row names a category that there is not, and gives no name to create it with."""

    code = "catalogue.category_unknown"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("There is no category {value}.")

    def __init__(self, *, value: str) -> None:
        super().__init__(field="category", value=value)


class CategoryMakesCycle(DomainError):
    """A category cannot be hung under itself or under one of its own."""

    code = "catalogue.category_makes_cycle"
    status = HTTPStatus.CONFLICT
    message = _("{name} cannot be moved into itself.")

    def __init__(self, *, name: str) -> None:
        super().__init__(name=name)


class CategoryTooDeep(DomainError):
    """The category tree has a limit of levels."""

    code = "catalogue.category_too_deep"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("Categories have at most {most} levels.")

    def __init__(self, *, most: int) -> None:
        super().__init__(most=most)


class SkuOfOtherProduct(DomainError):
    """A row names a SKU that belongs to another product than the row says."""

    code = "catalogue.sku_of_other_product"
    status = HTTPStatus.CONFLICT
    message = _("{field}: {sku} belongs to the product {product}.")

    def __init__(self, *, sku: str, product: str) -> None:
        super().__init__(field="product_code", sku=sku, product=product)


class CodeRepeated(DomainError):
    """Two rows of one request have the same code."""

    code = "catalogue.code_repeated"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("{value} stands in the row {first} already (rows count from 0).")

    def __init__(self, *, value: str, first: int) -> None:
        super().__init__(field="code", value=value, first=first)


class PriceOverlaps(DomainError):
    """Of two prices of one kind it would not be clear which one counts."""

    code = "catalogue.price_overlaps"
    status = HTTPStatus.CONFLICT
    message = _("A {kind} price of {amount} fen is set from {valid_from} to {valid_until} already.")

    def __init__(
        self, *, kind: str, amount: int, valid_from: datetime, valid_until: datetime | None
    ) -> None:
        super().__init__(
            kind=kind,
            amount=amount,
            valid_from=valid_from.isoformat(),
            valid_until=valid_until.isoformat() if valid_until else None,
        )


class PriceEnded(DomainError):
    """A price that is over cannot be given another end."""

    code = "catalogue.price_ended"
    status = HTTPStatus.CONFLICT
    message = _("This price ended at {valid_until}.")

    def __init__(self, *, valid_until: datetime) -> None:
        super().__init__(valid_until=valid_until.isoformat())


class ChangedAtHeadquarters(DomainError):
    """What counts for the whole group is changed by those who act for the whole group."""

    code = "catalogue.changed_at_headquarters"
    status = HTTPStatus.FORBIDDEN
    message = _("This counts for the whole group and is changed at headquarters.")


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why one row of a bulk request was not taken. Rows count from 0."""

    row: int
    error: DomainError


class PictureRefused(InvalidField):
    """A file that is not taken as a picture."""

    code = "catalogue.picture_refused"

    def __init__(self, *, reason: str) -> None:
        super().__init__(field="picture", reason=reason)
