"""The rows of a load, and what can be said of one without looking at the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from django.utils.translation import gettext as _

from yipan.goods.catalogue.actions import categories, products, skus
from yipan.goods.catalogue.errors import RowFault
from yipan.kernel import text
from yipan.kernel.errors import InvalidField

_MOST_FEN: Final = 10**13
_FILE: Final = 200


@dataclass(frozen=True, slots=True)
class CategoryStep:
    """One level of the way to a category."""

    code: str
    name: str = ""
    """Creates the category where it is missing; empty: it must be there."""


@dataclass(frozen=True, slots=True)
class SkuRow:
    """One SKU to load. What is missing of its category and product is created."""

    code: str
    categories: tuple[CategoryStep, ...]
    """From the top to the product's own. Only counts for a new product."""
    name: str = ""
    """Empty: product name and specification."""
    product_code: str = ""
    """Empty: the SKU's own code, so a product of one SKU."""
    product_name: str = ""
    """Empty: the SKU's name. Only counts for a new product, as do description and tags."""
    description: str = ""
    tags: tuple[str, ...] = ()
    specification: Mapping[str, str] = field(default_factory=dict)
    oversell: bool = False
    """Whether stock may go below zero."""
    list_price: int | None = None
    """Fen; group-wide, from the moment of loading on. None: sets none."""
    member_price: int | None = None
    promo_price: int | None = None
    picture: str = ""
    """Main picture of a new product: path under the media folder, or an https address."""

    def prices(self) -> dict[str, int]:
        """The prices it gives, by kind."""
        given = {"list": self.list_price, "member": self.member_price, "promo": self.promo_price}
        return {kind: amount for kind, amount in given.items() if amount is not None}


@dataclass(slots=True)
class LoadReport:
    """What became of the rows of a load."""

    ids: dict[str, int] = field(default_factory=dict)
    """Id by code, of every row without a fault."""
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    faults: list[RowFault] = field(default_factory=list)


def checked_row(row: SkuRow) -> SkuRow:
    """The row with its texts in order and its defaults filled in. Raises InvalidField."""
    code = text.checked_code(row.code, most=skus.CODE)
    product_name = row.product_name.strip() or row.name.strip()
    specification = skus.checked_specification(row.specification)
    name = row.name.strip() or skus.default_name(product_name, specification)
    for kind, amount in row.prices().items():
        if not 0 <= amount <= _MOST_FEN:
            reason = _("must be 0 to %d fen") % _MOST_FEN
            raise InvalidField(field=f"{kind}_price", reason=reason)
    if not row.categories:
        raise InvalidField(field="categories", reason=_("must not be empty"))
    return replace(
        row,
        code=code,
        name=text.checked(name, field="name", most=skus.NAME),
        product_code=text.checked_code(
            row.product_code.strip() or code, field="product_code", most=products.CODE
        ),
        product_name=text.checked(product_name, field="product_name", most=products.NAME),
        tags=tuple(products.checked_tags(row.tags)),
        specification=specification,
        categories=tuple(map(_checked_step, row.categories)),
        picture=text.checked(row.picture, field="picture", most=_FILE, required=False),
    )


def _checked_step(step: CategoryStep) -> CategoryStep:
    return CategoryStep(
        text.checked_code(step.code, field="categories", most=categories.CODE),
        text.checked(step.name, field="categories", most=categories.NAME, required=False),
    )
