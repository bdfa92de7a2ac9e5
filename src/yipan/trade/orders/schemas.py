"""What orders look like over the API. Amounts in fen, moments in ISO 8601 with a zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field

from yipan.kernel.http import ErrorOut
from yipan.kernel.money import CNY
from yipan.trade.orders.models import Order, OrderLine, Refund, RefundRequest
from yipan.trade.orders.requests import (
    Captured,
    LineRequest,
    OrderRequest,
    Refunded,
    RefundOrder,
)

ORDER_EXAMPLE: dict[str, Any] = {
    "channel": "pos",
    "number": "T1-20260308-0042",
    "organisation": "store-001",
    "placed_at": "2026-03-08T10:15:00+08:00",
    "buyer": {"scheme": "crm", "value": "M-10017"},
    "distributor_code": "G0001",
    "discount": 500,
    "payment": {
        "paid_at": "2026-03-08T10:16:30+08:00",
        "provider": "wechat",
        "reference": "4200001",
    },
    "lines": [
        {"sku": "TEA-500G", "quantity": 2, "unit_price": 8990},
        {"sku": "CUP-RED", "quantity": 1, "price_kind": "member"},
    ],
}


class In(Schema):
    """Input: fields that nobody knows are refused rather than dropped."""

    model_config = ConfigDict(extra="forbid")


class LineIn(In):
    """One line to be sold."""

    sku: str = Field(max_length=60, description="Code of the SKU.")
    quantity: int = Field(ge=1, strict=True, description="Units.")
    unit_price: int | None = Field(
        None,
        ge=0,
        strict=True,
        description="Deal price of one unit in fen; without it the price in force is taken.",
    )
    price_kind: str = Field("list", description="`list`, `member` or `promo`.")
    discount: int = Field(0, ge=0, strict=True, description="The line's own discount in fen.")


class BuyerIn(In):
    """By which name a channel knows the buyer."""

    scheme: str = Field(max_length=30, examples=["crm"])
    value: str = Field(max_length=120, examples=["M-10017"])


class PaymentIn(In):
    """How and when an order was paid."""

    paid_at: AwareDatetime
    provider: str = Field("", max_length=30, examples=["wechat"])
    reference: str = Field("", max_length=80, description="The provider's transaction number.")


class OrderIn(In):
    """An order to be taken down; with `payment` it is paid at once."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [ORDER_EXAMPLE]})
    channel: str = Field(max_length=30, description="Where it comes from: `mall`, `pos`, `erp` …")
    number: str = Field(max_length=64, description="The channel's order number, unique in it.")
    organisation: str = Field(max_length=40, description="Code of the organisation that sells.")
    placed_at: AwareDatetime
    lines: list[LineIn]
    buyer: BuyerIn | None = None
    visitor: str = Field("", max_length=64, description="The buyer's visitor cookie.")
    distributor_code: str = Field("", max_length=40, description="Typed or scanned at the till.")
    coupon_code: str = Field("", max_length=40)
    campaign: str = Field("", max_length=60)
    discount: int = Field(0, ge=0, strict=True, description="Order-level discount in fen.")
    freight: int = Field(0, ge=0, strict=True, description="Fen; never earns commission.")
    currency: str = Field(CNY, max_length=3)
    location: str = Field("", max_length=40, description="Code of where the goods are taken from.")
    payment: PaymentIn | None = None
    completed_at: AwareDatetime | None = Field(
        None, description="When the goods were handed over, as at a till."
    )

    def request(self) -> OrderRequest:
        """As the action takes it."""
        return OrderRequest(
            channel=self.channel,
            number=self.number,
            organisation=self.organisation,
            lines=tuple(
                LineRequest(
                    line.sku, line.quantity, line.unit_price, line.price_kind, line.discount
                )
                for line in self.lines
            ),
            placed_at=self.placed_at,
            paid_at=self.payment.paid_at if self.payment else None,
            completed_at=self.completed_at,
            buyer_scheme=self.buyer.scheme if self.buyer else "",
            buyer=self.buyer.value if self.buyer else "",
            visitor=self.visitor,
            distributor_code=self.distributor_code,
            coupon_code=self.coupon_code,
            campaign=self.campaign,
            discount=self.discount,
            freight=self.freight,
            currency=self.currency,
            location=self.location,
            payment_provider=self.payment.provider if self.payment else "",
            payment_reference=self.payment.reference if self.payment else "",
        )


class OrdersIn(In):
    """Up to 500 orders; each succeeds or fails by itself."""

    orders: list[OrderIn] = Field(min_length=1, max_length=500)


class CapturedOut(Schema):
    """What became of one order."""

    channel: str
    number: str
    order_id: int | None = Field(description="Its id, or null where it failed.")
    error: ErrorOut | None

    @classmethod
    def of(cls, captured: Captured) -> CapturedOut:
        """From what the action answered."""
        error = ErrorOut.of(captured.error) if captured.error else None
        return cls(
            channel=captured.channel,
            number=captured.number,
            order_id=captured.order_id,
            error=error,
        )


class CapturedBatchOut(Schema):
    """What became of each order, in the order they were sent."""

    captured: int
    failed: int
    results: list[CapturedOut]


class RefundOut(Schema):
    """Part of a line given back. Amount in fen."""

    id: int
    number: str
    sequence: int
    quantity: int
    amount: int
    restocked: bool
    reason: str
    refunded_at: datetime


class LineOut(Schema):
    """One line of an order. Amounts in fen."""

    id: int
    line_no: int
    sku: str
    name: str
    quantity: int
    unit_price: int
    price_kind: str
    discount: int
    net_amount: int
    refunded_quantity: int
    refunded_amount: int
    completed_at: datetime | None
    refunds: list[RefundOut]

    @classmethod
    def of(cls, line: OrderLine, refunds: Iterable[Refund]) -> LineOut:
        """From the rows."""
        return cls(
            id=line.id,
            line_no=line.line_no,
            sku=line.sku.code,
            name=line.sku.name,
            quantity=line.quantity,
            unit_price=line.unit_price,
            price_kind=line.price_kind,
            discount=line.discount_amount,
            net_amount=line.net_amount,
            refunded_quantity=line.refunded_quantity,
            refunded_amount=line.refunded_amount,
            completed_at=line.completed_at,
            refunds=[RefundOut.from_orm(refund) for refund in refunds],
        )


class OrderSummaryOut(Schema):
    """An order without its lines. Amounts in fen."""

    id: int
    channel: str
    number: str
    organisation: str
    member_id: int | None
    state: str
    currency: str
    goods_amount: int
    discount_amount: int
    freight_amount: int
    net_amount: int
    placed_at: datetime
    paid_at: datetime | None
    completed_at: datetime | None
    cancelled_at: datetime | None

    _FIELDS: ClassVar[tuple[str, ...]] = (
        "id", "channel", "number", "member_id", "state", "currency", "goods_amount",
        "discount_amount", "freight_amount", "net_amount", "placed_at", "paid_at",
        "completed_at", "cancelled_at",
    )  # fmt: skip

    @classmethod
    def values_of(cls, order: Order) -> dict[str, Any]:
        """The fields that both forms share."""
        values = {name: getattr(order, name) for name in cls._FIELDS}
        return {**values, "organisation": order.organisation.code}

    @classmethod
    def summary(cls, order: Order) -> OrderSummaryOut:
        """From the row with its organisation."""
        return OrderSummaryOut(**cls.values_of(order))


class OrderOut(OrderSummaryOut):
    """A whole order."""

    lines: list[LineOut]

    @classmethod
    def of(cls, order: Order) -> OrderOut:
        """From the row with its lines and their refunds fetched."""
        lines = sorted(order.lines.all(), key=lambda line: line.line_no)
        return cls(
            **cls.values_of(order), lines=[LineOut.of(line, line.refunds.all()) for line in lines]
        )


class CompletionIn(In):
    """Goods were delivered or picked up."""

    completed_at: AwareDatetime
    line_nos: list[int] | None = Field(None, description="Without it: every line not yet done.")


class CancellationIn(In):
    """An unpaid order is given up."""

    reason: str = Field(min_length=1, max_length=500)


class RefundIn(In):
    """Part or all of a line to give back."""

    number: str = Field(max_length=64, description="The channel's refund number.")
    line_no: int
    quantity: int = Field(ge=0, strict=True, description="Units taken back; 0: goods are kept.")
    amount: int = Field(gt=0, strict=True, description="Fen the buyer gets back.")
    refunded_at: AwareDatetime
    restock: bool = Field(default=True, description="Whether the units go back into stock.")
    reason: str = Field("", max_length=200)

    def order(self, line_id: int) -> RefundOrder:
        """As the action takes it."""
        return RefundOrder(
            line_id,
            self.number,
            self.quantity,
            self.amount,
            self.refunded_at,
            self.restock,
            self.reason,
        )


class RefundsIn(In):
    """Refunds of one order's lines; each succeeds or fails by itself."""

    refunds: list[RefundIn] = Field(min_length=1, max_length=500)


class RefundedOut(Schema):
    """What became of one refund."""

    line_id: int
    number: str
    refund_id: int | None
    error: ErrorOut | None

    @classmethod
    def of(cls, refunded: Refunded) -> RefundedOut:
        """From what the action answered."""
        error = ErrorOut.of(refunded.error) if refunded.error else None
        return cls(
            line_id=refunded.line_id,
            number=refunded.number,
            refund_id=refunded.refund_id,
            error=error,
        )


class RefundRequestIn(In):
    """A buyer asks for money back."""

    quantity: int = Field(ge=0, strict=True)
    amount: int = Field(gt=0, strict=True, description="Fen.")
    reason: str = Field("", max_length=200)


class RefundRequestOut(Schema):
    """A refund request. Amount in fen."""

    id: int
    line_id: int
    state: str
    quantity: int
    amount: int
    reason: str
    answer: str
    opened_at: datetime
    closed_at: datetime | None

    @classmethod
    def of(cls, request: RefundRequest) -> RefundRequestOut:
        """From the row."""
        return cls.from_orm(request)


class AnswerIn(In):
    """How a refund request was answered."""

    outcome: str = Field(description="`granted` (refunds what was asked), `refused`, `withdrawn`.")
    restock: bool = True
    answer: str = Field("", max_length=200, description="What the buyer is told.")
