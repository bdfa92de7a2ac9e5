"""What can keep somebody from buying."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from yipan.kernel.errors import DomainError
from yipan.trade.checkout.rules.changes import Change
from yipan.trade.checkout.words import told


class NotForSale(DomainError):
    """There is no such SKU, or it is not sold at present."""

    code = "checkout.not_for_sale"
    status = HTTPStatus.NOT_FOUND
    message = _("These goods are not for sale at present.")

    def __init__(self, *, sku_id: int) -> None:
        super().__init__(sku_id=sku_id)


class QuantityRefused(DomainError):
    """So many units of one SKU cannot be bought at once."""

    code = "checkout.quantity_refused"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("You can buy 1 to {most} of these at once.")

    def __init__(self, *, most: int) -> None:
        super().__init__(field="quantity", most=most)


class BasketFull(DomainError):
    """No more kinds of goods fit into the basket."""

    code = "checkout.basket_full"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("The basket holds at most {most} different goods.")

    def __init__(self, *, most: int) -> None:
        super().__init__(most=most)


class NothingToOrder(DomainError):
    """No goods were chosen."""

    code = "checkout.nothing_to_order"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("Choose what you want to order first.")


class SignInNeeded(DomainError):
    """Orders are of members: who they are must be known."""

    code = "checkout.sign_in_needed"
    status = HTTPStatus.UNAUTHORIZED
    message = _("Please sign in to order.")


class AddressNeeded(DomainError):
    """A delivery needs to know where to."""

    code = "checkout.address_needed"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("Please choose a delivery address.")

    def __init__(self) -> None:
        super().__init__(field="address")


class PickUpStoreUnknown(DomainError):
    """Nothing can be picked up there."""

    code = "checkout.pick_up_store_unknown"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("Please choose a store for the pick-up.")

    def __init__(self) -> None:
        super().__init__(field="pick_up_at")


class QuoteChanged(DomainError):
    """Something moved between looking and ordering; nothing was ordered or charged."""

    code = "checkout.quote_changed"
    status = HTTPStatus.CONFLICT
    message = _("Something changed meanwhile, so nothing was ordered: {told}")

    def __init__(self, changes: Sequence[Change]) -> None:
        self.changes = tuple(changes)
        super().__init__(
            changes=[change.as_data() for change in changes],
            told=" ".join(told(change) for change in changes),
        )
