"""What was bought: orders, lines, refunds."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from yipan.goods.catalogue.models import PriceKind, Sku
from yipan.group.organisations.models import Organisation
from yipan.kernel.tenant_model import TenantModel
from yipan.trade.orders.rules import OrderState

STATE_NAMES = {
    OrderState.CAPTURED: _("to be paid"),
    OrderState.PAID: _("paid"),
    OrderState.COMPLETED: _("completed"),
    OrderState.CANCELLED: _("cancelled"),
}
"""The states of `rules.OrderState` in the reader's language."""


class Order(TenantModel):
    """One purchase, from our checkout or from an outside POS, ERP or mini-program."""

    channel = models.CharField(max_length=30)
    """Where it came from, such as `mall`, `pos`, `erp`."""
    number = models.CharField(max_length=64, db_collation="C")
    """The channel's order number, unique in it; looked for from its beginning."""
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """Who sells."""
    location_id = models.BigIntegerField(null=True)
    """Where the goods are taken from; None: stock is not kept for it."""
    member_id = models.BigIntegerField(null=True)
    """The buyer, if known."""
    visitor = models.CharField(max_length=64, default="")
    """The buyer's browser, if known."""
    distributor_code = models.CharField(max_length=40, default="")
    """A distributor's code typed or scanned at the till."""
    coupon_code = models.CharField(max_length=40, default="")
    """A coupon used."""
    campaign = models.CharField(max_length=60, default="")
    state = models.CharField(
        max_length=10, choices=[(s.value, name) for s, name in STATE_NAMES.items()]
    )
    currency = models.CharField(max_length=3, default="CNY")
    goods_amount = models.BigIntegerField()
    """Fen; sum of line amounts before the order discount."""
    discount_amount = models.BigIntegerField(default=0)
    """Fen; order-level discount, spread over the lines."""
    freight_amount = models.BigIntegerField(default=0)
    """Fen; never earns commission."""
    net_amount = models.BigIntegerField()
    """Fen; goods less discount, without freight."""
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    """When it reached us."""
    recorded_by = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "channel", "number"], name="order_once"),
        ]
        indexes: ClassVar = [
            # Orders of an organisation, newest first.
            models.Index(
                fields=["tenant_id", "organisation", "-placed_at", "id"], name="order_of_store"
            ),
            # Orders of the tenant, newest first; and what they come to day by day, of which a month
            # is summed without a look at the table.
            models.Index(
                fields=["tenant_id", "-placed_at", "id"],
                name="order_newest",
                include=["organisation", "state", "net_amount"],
            ),
            # Orders by their number from its beginning, whatever channel.
            models.Index(fields=["tenant_id", "number"], name="order_number"),
            # Orders with a distributor's code.
            models.Index(
                fields=["tenant_id", "distributor_code"],
                name="order_of_code",
                condition=~models.Q(distributor_code=""),
            ),
            # Orders of a member, newest first.
            models.Index(
                fields=["tenant_id", "member_id", "-placed_at"],
                name="order_of_member",
                condition=models.Q(member_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(TenantModel):
    """One SKU of an order."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="lines")
    line_no = models.PositiveIntegerField()
    sku = models.ForeignKey(Sku, models.PROTECT, related_name="+", db_index=False)
    quantity = models.BigIntegerField()
    unit_price = models.BigIntegerField()
    """Fen; deal price of one unit before discounts."""
    price_kind = models.CharField(max_length=10, choices=PriceKind.choices)
    discount_amount = models.BigIntegerField(default=0)
    """Fen; the line's own discount and its share of the order's."""
    net_amount = models.BigIntegerField()
    """Fen; what the buyer pays for the line, without freight."""
    refunded_quantity = models.BigIntegerField(default=0)
    refunded_amount = models.BigIntegerField(default=0)
    """Fen; sum of its refunds."""
    completed_at = models.DateTimeField(null=True)
    """Delivered or picked up."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "line_no"], name="line_no"),
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="line_quantity"),
            models.CheckConstraint(condition=models.Q(net_amount__gte=0), name="line_net_amount"),
            models.CheckConstraint(
                condition=models.Q(refunded_amount__lte=models.F("net_amount"))
                & models.Q(refunded_quantity__lte=models.F("quantity")),
                name="line_refunds_within_payment",
            ),
        ]
        indexes: ClassVar = [
            # What buyers got back of a span's orders: few lines of many.
            models.Index(
                fields=["tenant_id", "order"],
                name="line_refunded",
                include=["refunded_amount"],
                condition=models.Q(refunded_amount__gt=0),
            ),
        ]


class Refund(TenantModel):
    """Part or all of a paid line given back."""

    append_only = True

    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="refunds")
    sequence = models.PositiveIntegerField()
    """1, 2, 3 … of the line."""
    number = models.CharField(max_length=64)
    """The channel's refund number, unique for the line."""
    quantity = models.BigIntegerField()
    amount = models.BigIntegerField()
    """Fen; what the buyer gets back for this refund."""
    restocked = models.BooleanField()
    """Whether the units went back into stock."""
    reason = models.CharField(max_length=200, default="")
    refunded_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line", "number"], name="refund_once"),
            models.UniqueConstraint(fields=["line", "sequence"], name="refund_sequence"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="refund_amount"),
            models.CheckConstraint(condition=models.Q(quantity__gte=0), name="refund_quantity"),
        ]
        indexes: ClassVar = [
            # Whether a file's refund was imported before.
            models.Index(fields=["tenant_id", "number"], name="refund_number"),
        ]


class RequestState(models.TextChoices):
    """Where a refund request stands."""

    OPEN = "open", _("open")
    GRANTED = "granted", _("granted")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class RefundRequest(TenantModel):
    """A buyer asks for a refund; while it is open the line's commission is not released."""

    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="refund_requests")
    state = models.CharField(max_length=10, choices=RequestState.choices)
    quantity = models.BigIntegerField()
    amount = models.BigIntegerField()
    """Fen asked for."""
    reason = models.CharField(max_length=200, default="")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=200, default="")
    answer = models.CharField(max_length=200, default="")
    """What the buyer is told about the outcome."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["line"], condition=models.Q(state="open"), name="one_open_request"
            ),
        ]
