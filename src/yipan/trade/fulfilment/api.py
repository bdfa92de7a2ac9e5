"""Fulfilment over the open API, for warehouses, tills and carriers' programs."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router

from yipan.group.organisations.queries import Node, tree
from yipan.kernel import clock
from yipan.kernel.caller import ApiCaller, caller_of
from yipan.kernel.errors import NotFound
from yipan.kernel.pagination import PageOf, PageQuery, paginate
from yipan.kernel.policies import policy_in_force
from yipan.trade.fulfilment import actions, queries
from yipan.trade.fulfilment.policy import KIND, FulfilmentPolicy, set_fulfilment_policy
from yipan.trade.fulfilment.schemas import (
    AddressOut,
    FulfilmentFilters,
    FulfilmentOut,
    FulfilmentPolicyIn,
    FulfilmentPolicyOut,
    FulfilmentWithSteps,
    PickUpIn,
    ShipmentIn,
)

router = Router(tags=["fulfilment"])
_READ = "fulfilment.read"
_WRITE = "fulfilment.write"


@router.get("/fulfilments", response=PageOf[FulfilmentOut], summary="List fulfilments")
def fulfilments(
    request: HttpRequest, page: Query[PageQuery], filters: Query[FulfilmentFilters]
) -> object:
    """What the caller's subtree sends and hands over, newest first."""
    caller = caller_of(request, _READ)
    found = queries.fulfilments(
        within=caller.organisation_path,
        state=filters.state or "",
        method=filters.method or "",
        number=filters.number,
        is_paid=filters.is_paid,
    )
    rows = paginate(found, cursor=page.cursor, limit=page.limit, order=("-id",))
    return rows.map(FulfilmentOut.of)


@router.get(
    "/fulfilments/{int:fulfilment_id}", response=FulfilmentWithSteps, summary="Read a fulfilment"
)
def fulfilment(request: HttpRequest, fulfilment_id: int) -> FulfilmentWithSteps:
    """One fulfilment with its timeline; the address is masked."""
    return _out(caller_of(request, _READ), fulfilment_id)


@router.get(
    "/fulfilments/{int:fulfilment_id}/address", response=AddressOut, summary="Read an address"
)
def address(request: HttpRequest, fulfilment_id: int) -> AddressOut:
    """Where the parcel goes, in full. Needs `fulfilment.reveal`; every reading is audited."""
    caller = caller_of(request, "fulfilment.reveal")
    details = actions.reveal_address(
        fulfilment_id=fulfilment_id, by=caller.actor, within=caller.organisation_path
    )
    return AddressOut.of(details)


@router.post(
    "/fulfilments/{int:fulfilment_id}/packing", response=FulfilmentWithSteps, summary="Pack"
)
def pack(request: HttpRequest, fulfilment_id: int) -> FulfilmentWithSteps:
    """The goods of a delivery are packed. Again changes nothing."""
    caller = caller_of(request, _WRITE)
    actions.pack(fulfilment_id=fulfilment_id, by=caller.actor, within=caller.organisation_path)
    return _out(caller, fulfilment_id)


@router.post(
    "/fulfilments/{int:fulfilment_id}/shipment", response=FulfilmentWithSteps, summary="Ship"
)
def ship(request: HttpRequest, fulfilment_id: int, body: ShipmentIn) -> FulfilmentWithSteps:
    """The parcel is given to a carrier; with another number again, the number is corrected."""
    caller = caller_of(request, _WRITE)
    actions.ship(
        fulfilment_id=fulfilment_id,
        carrier=body.carrier,
        tracking_no=body.tracking_no,
        by=caller.actor,
        within=caller.organisation_path,
    )
    return _out(caller, fulfilment_id)


@router.post(
    "/fulfilments/{int:fulfilment_id}/receipt", response=FulfilmentWithSteps, summary="Receive"
)
def receive(request: HttpRequest, fulfilment_id: int) -> FulfilmentWithSteps:
    """The carrier says that the parcel arrived: the order is complete."""
    caller = caller_of(request, _WRITE)
    actions.record_receipt(
        fulfilment_id=fulfilment_id, by=caller.actor, within=caller.organisation_path
    )
    return _out(caller, fulfilment_id)


@router.post(
    "/fulfilments/{int:fulfilment_id}/readiness",
    response=FulfilmentWithSteps,
    summary="Put aside for pick-up",
)
def mark_ready(request: HttpRequest, fulfilment_id: int) -> FulfilmentWithSteps:
    """The goods of a pick-up wait at the store. Again changes nothing."""
    caller = caller_of(request, _WRITE)
    actions.mark_ready(
        fulfilment_id=fulfilment_id, by=caller.actor, within=caller.organisation_path
    )
    return _out(caller, fulfilment_id)


@router.post(
    "/fulfilments/{int:fulfilment_id}/hand-over",
    response=FulfilmentWithSteps,
    summary="Hand over",
)
def hand_over(request: HttpRequest, fulfilment_id: int, body: PickUpIn) -> FulfilmentWithSteps:
    """The goods are given to who shows the code: the order is complete."""
    caller = caller_of(request, _WRITE)
    actions.hand_over(
        fulfilment_id=fulfilment_id,
        code=body.code,
        by=caller.actor,
        within=caller.organisation_path,
    )
    return _out(caller, fulfilment_id)


@router.get(
    "/fulfilment/policy", response=FulfilmentPolicyOut, summary="Read the fulfilment policy"
)
def policy(request: HttpRequest, organisation: str = "") -> FulfilmentPolicyOut:
    """The policy in force for an organisation (default: the caller's own)."""
    return _policy(_node(caller_of(request, _READ), organisation))


@router.put("/fulfilment/policy", response=FulfilmentPolicyOut, summary="Set the fulfilment policy")
def set_policy(request: HttpRequest, body: FulfilmentPolicyIn) -> FulfilmentPolicyOut:
    """Set the policy of an organisation and its subtree, from now on."""
    caller = caller_of(request, _WRITE)
    node = _node(caller, body.organisation)
    set_fulfilment_policy(
        organisation_id=node.id,
        data={"auto_receipt_days": body.auto_receipt_days},
        by=caller.actor,
        reason=body.reason,
    )
    return _policy(node)


def _out(caller: ApiCaller, fulfilment_id: int) -> FulfilmentWithSteps:
    found = queries.fulfilment(fulfilment_id, within=caller.organisation_path)
    return FulfilmentWithSteps.with_steps(found)


def _node(caller: ApiCaller, code: str) -> Node:
    if not code:
        return tree().node(caller.organisation_id)
    node = tree().by_code.get(code)
    if node is None or not node.path.startswith(caller.organisation_path):
        raise NotFound(kind="organisation", ref=code)
    return node


def _policy(node: Node) -> FulfilmentPolicyOut:
    found = policy_in_force(kind=KIND, organisation_ids=node.lineage, at=clock.now())
    return FulfilmentPolicyOut(
        organisation_id=found.organisation_id,
        version=found.version,
        auto_receipt_days=FulfilmentPolicy.from_data(found.data).auto_receipt_days,
    )
