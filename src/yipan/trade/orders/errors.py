"""What can go wrong with an order."""

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from yipan.kernel.errors import DomainError


class NegativeLineAmount(DomainError):
    """A discount cannot be spread over a line with an amount below zero. Lines count from 0."""

    code = "orders.negative_line_amount"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("{field}: a line amount of {amount} fen is below zero.")

    def __init__(self, *, line: int, amount: int) -> None:
        super().__init__(field=f"lines.{line}.amount", amount=amount)


class NegativeDiscount(DomainError):
    """A discount below zero would be a surcharge."""

    code = "orders.negative_discount"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("{field}: a discount of {discount} fen is below zero.")

    def __init__(self, *, discount: int) -> None:
        super().__init__(field="discount", discount=discount)


class DiscountExceedsTotal(DomainError):
    """The order's discount is more than its lines add up to. Amounts in fen."""

    code = "orders.discount_exceeds_total"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("{field}: {discount} fen is more than the {total} fen of the lines.")

    def __init__(self, *, discount: int, total: int) -> None:
        super().__init__(field="discount", discount=discount, total=total)


class OrderStateRefused(DomainError):
    """The order is not in a state in which this can be done to it."""

    code = "orders.state_refused"
    status = HTTPStatus.CONFLICT
    message = _("A {state} order cannot do this: {step}.")

    def __init__(self, *, state: str, step: str) -> None:
        super().__init__(state=state, step=step)


class LineNotPaid(DomainError):
    """Nothing was paid for the line yet, or its order was cancelled."""

    code = "orders.line_not_paid"
    status = HTTPStatus.CONFLICT
    message = _("Only a paid line can be refunded; its order is {state}.")

    def __init__(self, *, state: str) -> None:
        super().__init__(state=state)


class RefundQuantityNegative(DomainError):
    """A refund takes back no units, or some; never fewer than none."""

    code = "orders.refund_quantity_negative"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("{field}: {asked} units cannot be refunded.")

    def __init__(self, *, asked: int) -> None:
        super().__init__(field="quantity", asked=asked)


class RefundAmountNotPositive(DomainError):
    """A refund gives some money back. Amount in fen."""

    code = "orders.refund_amount_not_positive"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _("{field}: {asked} fen cannot be refunded.")

    def __init__(self, *, asked: int) -> None:
        super().__init__(field="amount", asked=asked)


class RefundExceedsQuantity(DomainError):
    """The refunds of a line would take back more units than were sold."""

    code = "orders.refund_exceeds_quantity"
    status = HTTPStatus.CONFLICT
    message = _("Of {sold} units {already_refunded} are refunded; {asked} more cannot be.")

    def __init__(self, *, sold: int, already_refunded: int, asked: int) -> None:
        super().__init__(
            field="quantity", sold=sold, already_refunded=already_refunded, asked=asked
        )


class RefundExceedsPayment(DomainError):
    """The refunds of a line would be more than was paid for it. Amounts in fen."""

    code = "orders.refund_exceeds_payment"
    status = HTTPStatus.CONFLICT
    message = _("Of {paid} fen paid {already_refunded} are refunded; {asked} more cannot be.")

    def __init__(self, *, paid: int, already_refunded: int, asked: int) -> None:
        super().__init__(field="amount", paid=paid, already_refunded=already_refunded, asked=asked)


class OrderExists(DomainError):
    """The channel's order number was taken down before."""

    code = "orders.exists"
    status = HTTPStatus.CONFLICT
    message = _("Order {number} of channel {channel} was taken down before.")

    def __init__(self, *, channel: str, number: str) -> None:
        super().__init__(field="number", channel=channel, number=number)


class OutOfStock(DomainError):
    """There are not enough units, and the SKU forbids going below zero."""

    code = "orders.out_of_stock"
    status = HTTPStatus.CONFLICT
    message = _("Order {number} cannot be served from stock.")

    def __init__(self, *, number: str) -> None:
        super().__init__(field="lines", number=number)


class RefundExists(DomainError):
    """The channel's refund number was booked for this line before."""

    code = "orders.refund_exists"
    status = HTTPStatus.CONFLICT
    message = _("Refund {number} of this line was booked before.")

    def __init__(self, *, number: str, refund_id: int | None = None) -> None:
        super().__init__(field="number", number=number, refund_id=refund_id)


class RequestClosed(DomainError):
    """The refund request was answered before."""

    code = "orders.refund_request_closed"
    status = HTTPStatus.CONFLICT
    message = _("This refund request was answered before.")


class RequestOpenAlready(DomainError):
    """The line has an open refund request."""

    code = "orders.refund_request_open"
    status = HTTPStatus.CONFLICT
    message = _("This line has an open refund request already.")
