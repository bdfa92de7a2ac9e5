"""Attribution over the open API: touches, coupons, bindings, decisions, policy."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

from django.http import HttpRequest
from ninja import Query, Router, Status

from yipan.distribution.attribution import actions, queries, schemas
from yipan.distribution.distributors.models import Distributor
from yipan.distribution.distributors.queries import distributors_in
from yipan.group.organisations.queries import Node, tree
from yipan.kernel import clock
from yipan.kernel.caller import ApiCaller, caller_of
from yipan.kernel.errors import NotFound
from yipan.kernel.pagination import PageOf, PageQuery, paginate
from yipan.trade.orders.queries import order as order_in_reach

router = Router(tags=["attribution"])

_READ = "attribution.read"
_WRITE = "attribution.write"
_BINDING = "/bindings/{int:member_id}"
_DECISIONS = "/orders/{int:order_id}/decisions"


@router.post("/touches", response={201: schemas.TouchesOut}, summary="Record touches")
def record_touches(request: HttpRequest, body: schemas.TouchesIn) -> Status[dict[str, object]]:
    """Distributors' codes were typed or scanned; up to 1,000, all or none.

    Codes typed in an order come with the order, and opened links with `/links/opening`.
    """
    caller = caller_of(request, _WRITE)
    touches = [
        each.touch(_node(caller, each.organisation).id if each.organisation else None)
        for each in body.touches
    ]
    recorded = actions.record_code_touches(touches=touches, within=caller.organisation_path)
    return Status(HTTPStatus.CREATED, {"touch_ids": [each.touch_id for each in recorded]})


@router.get("/coupons", response=PageOf[schemas.CouponOut], summary="List owned coupons")
def coupons(request: HttpRequest, page: Query[PageQuery], distributor: str = "") -> object:
    """Coupons that belong to distributors of the caller's subtree."""
    caller = caller_of(request, _READ)
    found = queries.coupons(
        paths=[caller.organisation_path], distributor_id=_distributor_id(caller, distributor)
    )
    rows = paginate(found, cursor=page.cursor, limit=page.limit, order=("code",))
    known = _known(caller, (row.distributor_id for row in rows.items))
    return rows.map(lambda row: schemas.CouponOut.of(row, known))


@router.post("/coupons", response=schemas.CouponsOut, summary="Give coupons to a distributor")
def register_coupons(request: HttpRequest, body: schemas.CouponsIn) -> dict[str, object]:
    """Whoever uses one in an order is credited to the distributor; saying it again is harmless."""
    caller = caller_of(request, _WRITE)
    kept = actions.register_coupons(
        distributor=body.distributor,
        coupons=body.coupons,
        by=caller.actor,
        within=caller.organisation_path,
    )
    return {"coupons": kept}


@router.get("/bindings", response=PageOf[schemas.BindingOut], summary="List live bindings")
def bindings(
    request: HttpRequest,
    page: Query[PageQuery],
    distributor: str = "",
    member_id: int | None = None,
) -> object:
    """Who belongs to distributors of the caller's subtree now, the newest first."""
    caller = caller_of(request, _READ)
    found = queries.live_bindings(
        at=clock.now(),
        paths=[caller.organisation_path],
        distributor_id=_distributor_id(caller, distributor),
        member_id=member_id,
    )
    rows = paginate(found, cursor=page.cursor, limit=page.limit, order=("-id",))
    known = _known(caller, (row.distributor_id for row in rows.items))
    return rows.map(lambda row: schemas.BindingOut.of(row, known))


@router.post("/bindings", response={201: schemas.BindingOut}, summary="Bind a member")
def bind(request: HttpRequest, body: schemas.BindingIn) -> Status[schemas.BindingOut]:
    """Give a member to a distributor, whoever they belonged to before; logged with the reason."""
    caller = caller_of(request, _WRITE)
    actions.bind_member(**body.model_dump(), by=caller.actor, within=caller.organisation_path)
    return Status(HTTPStatus.CREATED, _last_of(caller, body.member_id))


@router.post("/bindings/hand-over", response=schemas.HandOverOut, summary="Hand bindings over")
def hand_over(request: HttpRequest, body: schemas.HandOverIn) -> dict[str, int]:
    """Give all members of one distributor to another; every binding keeps its terms."""
    caller = caller_of(request, _WRITE)
    moved = actions.hand_over_bindings(
        from_id=_distributor(caller, body.distributor).id,
        to_id=_distributor(caller, body.successor).id,
        reason=body.reason,
        by=caller.actor,
    )
    return {"members": moved}


@router.get(_BINDING, response=PageOf[schemas.BindingOut], summary="A member's bindings")
def history(request: HttpRequest, member_id: int, page: Query[PageQuery]) -> object:
    """To whom a member belonged, the newest first; the first row counts."""
    caller = caller_of(request, _READ)
    if not queries.member_is_in_reach(member_id, caller.organisation_path):
        raise NotFound(kind="member", ref=member_id)
    found = queries.bindings_of_member(member_id)
    rows = paginate(found, cursor=page.cursor, limit=page.limit, order=("-sequence",))
    known = _known(caller, (row.distributor_id for row in rows.items))
    return rows.map(lambda row: schemas.BindingOut.of(row, known))


@router.post(f"{_BINDING}/removal", response=schemas.BindingOut, summary="Unbind a member")
def unbind(
    request: HttpRequest, member_id: int, body: schemas.BindingRemovalIn
) -> schemas.BindingOut:
    """The member belongs to nobody until something binds them again."""
    caller = caller_of(request, _WRITE)
    actions.unbind_member(
        member_id=member_id,
        reason=body.reason,
        by=caller.actor,
        within=caller.organisation_path,
    )
    return _last_of(caller, member_id)


@router.get(_DECISIONS, response=list[schemas.DecisionOut], summary="Who is credited, and why")
def decisions(request: HttpRequest, order_id: int) -> list[schemas.DecisionOut]:
    """The decisions of one order with all their evidence."""
    caller = caller_of(request, _READ)
    order_in_reach(order_id, within=caller.organisation_path)
    rows = list(queries.decisions_with_evidence(order_id))
    known = _known(caller, (row.distributor_id for row in rows))
    return [schemas.DecisionOut.of(row, known) for row in rows]


@router.get(
    f"{_DECISIONS}/replay", response=schemas.DecisionReplayOut, summary="Decide again and compare"
)
def replay(request: HttpRequest, order_id: int) -> dict[str, object]:
    """Whether the recorded facts still give the decisions that were made."""
    caller = caller_of(request, _READ)
    order_in_reach(order_id, within=caller.organisation_path)
    found = queries.replay(order_id)
    return {"same": found.same, "missing": list(found.missing), "again": list(found.again)}


@router.get(
    "/policies/attribution",
    response=schemas.AttributionPolicyOut,
    summary="Read the attribution policy",
)
def policy(request: HttpRequest, organisation: str = "") -> schemas.AttributionPolicyOut:
    """The policy in force for an organisation: its own, or the nearest one above it."""
    return _policy(_node(caller_of(request, _READ), organisation))


@router.put(
    "/policies/attribution",
    response=schemas.AttributionPolicyOut,
    summary="Set the attribution policy",
)
def set_policy(
    request: HttpRequest, body: schemas.AttributionPolicyIn
) -> schemas.AttributionPolicyOut:
    """A new version; decisions made before stay. The answer is the policy in force now."""
    caller = caller_of(request, _WRITE)
    node = _node(caller, body.organisation)
    actions.set_attribution_policy(
        organisation_id=node.id,
        data=body.settings.model_dump(),
        by=caller.actor,
        reason=body.reason,
        valid_from=body.valid_from,
        within=caller.organisation_path,
    )
    return _policy(node)


@router.get(
    "/policies/attribution/versions",
    response=PageOf[schemas.AttributionPolicyVersionOut],
    summary="List attribution policy versions",
)
def versions(request: HttpRequest, page: Query[PageQuery], organisation: str = "") -> object:
    """The versions set for one organisation, the newest first, those to come too."""
    node = _node(caller_of(request, _READ), organisation)
    found = queries.policy_versions(node.id)
    rows = paginate(found, cursor=page.cursor, limit=page.limit, order=("-version",))
    return rows.map(schemas.AttributionPolicyVersionOut.of)


def _policy(node: Node) -> schemas.AttributionPolicyOut:
    found = queries.attribution_policy(lineage=node.lineage, at=clock.now())
    return schemas.AttributionPolicyOut.of(node, found)


def _node(caller: ApiCaller, code: str) -> Node:
    """An organisation of the caller's subtree; empty: the caller's own. Raises NotFound."""
    organisations = tree()
    if not code:
        return organisations.node(caller.organisation_id)
    node = organisations.by_code.get(code)
    if node is None or not node.path.startswith(caller.organisation_path):
        raise NotFound(kind="organisation", ref=code)
    return node


def _distributor(caller: ApiCaller, code: str) -> Distributor:
    found = distributors_in([caller.organisation_path], code=code).first() if code else None
    if found is None:
        raise NotFound(kind="distributor", ref=code)
    return found


def _distributor_id(caller: ApiCaller, code: str) -> int | None:
    """Of a filter; None where it is not used. Raises NotFound."""
    return _distributor(caller, code).id if code else None


def _known(caller: ApiCaller, ids: Iterable[int | None]) -> dict[int, Distributor]:
    """Those of the distributors whom the caller may see, in one statement."""
    wanted = {id_ for id_ in ids if id_ is not None}
    found = distributors_in([caller.organisation_path]).filter(pk__in=wanted)
    return {each.id: each for each in found}


def _last_of(caller: ApiCaller, member_id: int) -> schemas.BindingOut:
    row = queries.bindings_of_member(member_id)[0]
    return schemas.BindingOut.of(row, _known(caller, [row.distributor_id]))
