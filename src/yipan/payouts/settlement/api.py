"""Settlement over the open API: what is due, held and why, batches, preview, policy."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import AwareDatetime

from yipan.distribution.commissions.queries import distributor_in_reach
from yipan.group.organisations.queries import Node
from yipan.kernel import clock
from yipan.kernel.caller import caller_of
from yipan.kernel.pagination import PageOf, PageQuery, paginate
from yipan.kernel.policies import policy_in_force
from yipan.payouts.settlement import actions, queries
from yipan.payouts.settlement.queries import Standing
from yipan.payouts.settlement.rules.policy import KIND, SettlementPolicy
from yipan.payouts.settlement.schemas import (
    BatchOut,
    LatenessOut,
    PolicyHead,
    PreviewOut,
    SettlementEntryOut,
    SettlementPolicyIn,
    SettlementPolicyOut,
    SettlementSettings,
)

router = Router(tags=["settlement"])


@router.get("/settlement/entries", response=PageOf[SettlementEntryOut])
def entries(
    request: HttpRequest,
    page: Query[PageQuery],
    standing: Standing = Standing.DUE,
    organisation: str = "",
    distributor: str = "",
) -> object:
    """List entries by where they stand on their way to being available.

    Of the caller's subtree or one organisation in it; oldest due first, released ones newest first.
    """
    caller = caller_of(request, "settlement.read")
    node = queries.node_in_reach(organisation, within_path=caller.organisation_path)
    now = clock.now()
    found = queries.entries_standing(standing, scope_path=node.path, at=now)
    if distributor:
        who = distributor_in_reach(distributor, within=caller.organisation_path)
        found = found.filter(distributor_id=who.id)
    order = queries.ORDER[standing]
    rows = paginate(found, cursor=page.cursor, limit=page.limit, order=order)
    return rows.map(lambda state: SettlementEntryOut.of(state, now))


@router.get("/settlement/batches", response=PageOf[BatchOut])
def batches(request: HttpRequest, page: Query[PageQuery]) -> object:
    """List the chunks of the release job, newest first.

    A chunk has entries of every company: only callers at headquarters see any.
    """
    caller = caller_of(request, "settlement.read")
    found = queries.batches(caller.organisation_path)
    return paginate(found, cursor=page.cursor, limit=page.limit, order=("-released_at",))


@router.get("/settlement/lateness", response=LatenessOut)
def lateness(request: HttpRequest) -> LatenessOut:
    """Read how far the release job is behind in the caller's subtree."""
    caller = caller_of(request, "settlement.read")
    return LatenessOut.of(queries.lateness(caller.organisation_path))


@router.get("/settlement/preview", response=PreviewOut)
def preview(
    request: HttpRequest, until: AwareDatetime | None = None, organisation: str = ""
) -> PreviewOut:
    """Preview what will be released up to a moment (default: now) if nothing happens before."""
    caller = caller_of(request, "settlement.read")
    node = queries.node_in_reach(organisation, within_path=caller.organisation_path)
    moment = until or clock.now()
    return PreviewOut.of(queries.would_release(scope_path=node.path, until=moment), moment)


@router.get("/policies/settlement", response=SettlementPolicyOut)
def policy(request: HttpRequest, organisation: str = "") -> SettlementPolicyOut:
    """Read the settlement policy in force for an organisation."""
    caller = caller_of(request, "settlement.read")
    return _policy(queries.node_in_reach(organisation, within_path=caller.organisation_path))


@router.put("/policies/settlement", response=SettlementPolicyOut)
def set_policy(request: HttpRequest, body: SettlementPolicyIn) -> SettlementPolicyOut:
    """Set the settlement policy of an organisation and its subtree.

    The answer is the policy in force now. Commission earned before keeps its due moment.
    """
    caller = caller_of(request, "settlement.write")
    node = queries.node_in_reach(body.organisation, within_path=caller.organisation_path)
    actions.set_settlement_policy(
        organisation_id=node.id,
        data=body.settings.model_dump(),
        by=caller.actor,
        reason=body.reason,
        valid_from=body.valid_from,
    )
    return _policy(node)


def _policy(node: Node) -> SettlementPolicyOut:
    found = policy_in_force(kind=KIND, organisation_ids=node.lineage, at=clock.now())
    settings = SettlementPolicy.from_data(found.data).to_data()
    return SettlementPolicyOut(
        **PolicyHead.head_of(found, node), settings=SettlementSettings.model_validate(settings)
    )
