"""What stands in the paths of the API: for each resource a builder of one object.

`test_reach` walks every route of the API and puts objects of other organisations and other tenants
into its paths. A new resource `/things/{thing_id}` needs one entry here:

    register("things", lambda organisation: make_thing(organisation).id)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from tests.customers.members.builders import make_member
from tests.distribution.attribution.builders import capture, make_order
from tests.distribution.distributors.builders import make_distributor
from tests.distribution.pool.builders import make_offer, make_rule
from tests.goods.catalogue.builders import make_category, make_price, make_product, make_sku
from tests.goods.stock.builders import make_location
from tests.group.people.builders import give_role, make_person
from tests.payouts.settlement.builders import put_available
from tests.payouts.withdrawals.builders import BOSS, CLERK, card_with
from tests.surfaces.openapi.builders import make_client
from tests.surfaces.webhooks.builders import make_delivery, make_endpoint
from tests.trade.fulfilment.builders import HOME
from yipan.distribution.attribution.actions import bind_member
from yipan.distribution.commissions.models import BeneficiaryRole, Entry, EntryKind
from yipan.distribution.distributors.actions import grant
from yipan.distribution.distributors.models import Distributor
from yipan.distribution.sharing.actions import LinkWish, share
from yipan.group.organisations.models import Organisation
from yipan.group.people.models import Role
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.ids import next_id
from yipan.payouts.withdrawals.actions import (
    add_card,
    request_withdrawal,
    verify_card,
    verify_name,
)
from yipan.payouts.withdrawals.models import BankCard
from yipan.trade.fulfilment.actions import open_fulfilment
from yipan.trade.fulfilment.rules import Method
from yipan.trade.orders.models import Order, OrderLine, RefundRequest, RequestState
from yipan.trade.orders.rules import OrderState

Build = Callable[[Organisation], int | str]
_NAME = "王小明"


@dataclass(frozen=True)
class Resource:
    """How to make one object of an organisation, in the tenant in context."""

    build: Build
    """Returns what stands in the path: an id or a code, or `kind/id` for two in a row."""
    tenant_wide: bool
    """Seen by the whole tenant, such as an SKU: only other tenants must not reach it."""
    ordinal: bool
    """A number within the object before it, such as a line of an order."""
    headquarters_only: bool
    """Read by callers of headquarters alone."""


RESOURCES: dict[str, Resource] = {}
BODIES: dict[str, object] = {
    "post /api/v1/refund-requests/{request_id}/answer": {"outcome": "refused"},
}
"""Bodies where the document has no example that says enough."""


def register(
    segment: str,
    build: Build,
    *,
    tenant_wide: bool = False,
    ordinal: bool = False,
    headquarters_only: bool = False,
) -> None:
    """Say how to make what stands behind `/segment/` in a path."""
    RESOURCES[segment] = Resource(build, tenant_wide, ordinal, headquarters_only)


def _distributor(organisation: Organisation) -> Distributor:
    return make_distributor(organisation, f"D{next_id()}")


def _role(organisation: Organisation) -> int:
    return give_role(make_person(), organisation, Role.GUIDE).id


def _person(organisation: Organisation) -> int:
    return make_person(f"p{next_id()}", organisation, Role.GUIDE).id


def _grant(organisation: Organisation) -> int:
    given = grant(
        distributor=_distributor(organisation),
        organisation=Organisation.objects.get(parent=None),
        valid_from=None,
        valid_until=None,
        by=SYSTEM,
    )
    return given.id


def _payee(organisation: Organisation) -> str:
    distributor = _distributor(organisation)
    verify_name(distributor=distributor, name=_NAME, by=CLERK)
    return distributor.code


def _account(organisation: Organisation) -> str:
    put_available(_distributor(organisation), 100)
    return f"commission_expense/{organisation.id}"


def _entry(organisation: Organisation) -> int:
    now = clock.now()
    entry: Entry = Entry.objects.create(
        kind=EntryKind.ACCRUAL,
        line_id=next_id(),
        order_id=_order(organisation).id,
        role=BeneficiaryRole.SELLER,
        sequence=0,
        distributor_id=_distributor(organisation).id,
        organisation_id=organisation.id,
        company_id=organisation.id,
        sku_id=1,
        offer_id=1,
        rule_version_id=1,
        amount=0,
        currency="CNY",
        paid_at=now,
        recorded_at=now,
        explanation={
            "gates": {"closed": "PRICE_KIND_EXCLUDED"},
            "line": {"price_kind": "list", "net_amount": 100, "quantity": 1},
            "rule": {"floor_price": None},
        },
    )
    return entry.id


def _order(organisation: Organisation) -> Order:
    now = clock.now()
    order: Order = Order.objects.create(
        channel="pos",
        number=f"N{next_id()}",
        organisation=organisation,
        state=OrderState.PAID,
        goods_amount=100,
        net_amount=100,
        placed_at=now,
        paid_at=now,
        recorded_at=now,
        recorded_by=str(SYSTEM),
    )
    return order


def _captured_order(organisation: Organisation) -> int:
    order = _order(organisation)
    capture(make_order(organisation)._replace(id=order.id, number=order.number))
    return order.id


def _line(order: Order) -> OrderLine:
    line: OrderLine = OrderLine.objects.create(
        order=order,
        line_no=1,
        sku=make_sku(f"K{next_id()}"),
        quantity=1,
        unit_price=100,
        price_kind="list",
        net_amount=100,
    )
    return line


def _bound_member(organisation: Organisation) -> int:
    member = make_member(organisation=organisation)
    holder = _distributor(organisation)
    bind_member(member_id=member.id, distributor=holder.code, reason="walk", by=SYSTEM)
    return member.id


def _link(organisation: Organisation) -> int:
    return share(wish=LinkWish(_distributor(organisation).code, organisation.code)).id


def _refund_request(organisation: Organisation) -> int:
    request: RefundRequest = RefundRequest.objects.create(
        line=_line(_order(organisation)),
        state=RequestState.OPEN,
        quantity=1,
        amount=100,
        opened_at=clock.now(),
    )
    return request.id


def _fulfilment(organisation: Organisation) -> int:
    order = _order(organisation)
    _line(order)
    return open_fulfilment(
        order_id=order.id,
        order_number=order.number,
        organisation_id=organisation.id,
        member_id=make_member(organisation=organisation).id,
        method=Method.DELIVERY,
        address=HOME,
        by=SYSTEM,
    ).id


def _card(distributor: Distributor) -> BankCard:
    verify_name(distributor=distributor, name=_NAME, by=CLERK)
    card = add_card(
        distributor=distributor, holder=_NAME, number=card_with("8888"), bank="工商银行", by=CLERK
    )
    return verify_card(card=card, by=BOSS)


def _withdrawal(organisation: Organisation) -> int:
    distributor = _distributor(organisation)
    put_available(distributor, 100_000)
    card = _card(distributor)
    return request_withdrawal(distributor=distributor, card=card, amount=50_000, by=CLERK).id


register("api-clients", lambda organisation: make_client(organisation, ["orders.read"]).client.id)
register("webhooks", lambda organisation: make_endpoint(organisation).endpoint.id)
register(
    "deliveries",
    lambda organisation: (
        make_delivery(
            make_endpoint(organisation).endpoint, next_at=clock.now() + timedelta(days=1)
        ).id
    ),
)
register("bindings", _bound_member)
register("organisations", lambda organisation: organisation.id)
register("people", _person)
register("roles", _role)
register("distributors", lambda organisation: _distributor(organisation).id)
register("grants", _grant)
register("accounts", _account, headquarters_only=True)
register("balances", lambda organisation: _distributor(organisation).code)
register("payees", _payee)
register("entries", _entry)
register("orders", _captured_order)
register("lines", lambda organisation: _line(_order(organisation)).line_no, ordinal=True)
register("refund-requests", _refund_request)
register("fulfilments", _fulfilment)
register("links", _link)
register("cards", lambda organisation: _card(_distributor(organisation)).id)
register("withdrawals", _withdrawal)
register("rules", lambda organisation: make_rule(organisation=organisation).id)
register("offers", lambda organisation: make_offer(make_sku(), organisation).id)
register("categories", lambda _: make_category(f"C{next_id()}").id, tenant_wide=True)
register("products", lambda _: make_product(f"P{next_id()}").id, tenant_wide=True)
register("skus", lambda _: make_sku(f"K{next_id()}").id, tenant_wide=True)
register("prices", lambda organisation: make_price(make_sku(), 900, organisation).id)
register("locations", lambda organisation: make_location(organisation, is_default=False).id)
register("members", lambda organisation: make_member(organisation=organisation).id)
