"""Payments over the open API. They are recorded through their orders."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from yipan.kernel.caller import caller_of
from yipan.kernel.pagination import PageOf, PageQuery, paginate
from yipan.trade.payments import queries

router = Router(tags=["payments"])


class PaymentOut(Schema):
    """Money received for an order."""

    id: int
    order_id: int
    order_number: str
    provider: str
    reference: str
    amount: int = Field(description="Fen; goods and freight.")
    currency: str
    paid_at: datetime


@router.get("/payments", response=PageOf[PaymentOut], summary="List payments")
def payments(
    request: HttpRequest, page: Query[PageQuery], provider: str = "", reference: str = ""
) -> object:
    """Payments of the caller's subtree, newest first."""
    caller = caller_of(request, "payments.read")
    found = queries.payments(
        within=caller.organisation_path, provider=provider, reference=reference
    )
    return paginate(found, cursor=page.cursor, limit=page.limit, order=("-paid_at", "id"))
