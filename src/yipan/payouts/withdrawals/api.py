"""Withdrawals, cards and verified names over the open API."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router, Status

from yipan.distribution.commissions.queries import distributor_in_reach
from yipan.distribution.distributors.models import Distributor
from yipan.group.organisations.queries import Node
from yipan.kernel import clock
from yipan.kernel.caller import ApiCaller, caller_of
from yipan.kernel.http import idempotent
from yipan.kernel.pagination import PageOf, PageQuery, paginate
from yipan.kernel.policies import policy_in_force
from yipan.payouts.settlement.queries import node_in_reach
from yipan.payouts.settlement.schemas import PolicyHead
from yipan.payouts.withdrawals import actions, queries
from yipan.payouts.withdrawals.rules.policy import KIND, WithdrawalPolicy
from yipan.payouts.withdrawals.schemas import (
    CardIn,
    CardOut,
    DecisionIn,
    PayeeIn,
    PayeeOut,
    QuoteIn,
    QuoteOut,
    RejectionIn,
    StepOut,
    WithdrawalDetailOut,
    WithdrawalFilters,
    WithdrawalIn,
    WithdrawalOut,
    WithdrawalPolicyIn,
    WithdrawalPolicyOut,
    WithdrawalSettings,
)

router = Router(tags=["withdrawals"])


@router.post("/withdrawals", response={201: WithdrawalOut})
@idempotent
def request_withdrawal(request: HttpRequest, body: WithdrawalIn) -> Status[WithdrawalOut]:
    """Ask for a payout of available commission; the money is reserved at once.

    Up to the policy's limit it is approved at once, above it a second person has to.
    """
    caller = caller_of(request, "withdrawals.write")
    distributor = distributor_in_reach(body.distributor, within=caller.organisation_path)
    withdrawal = actions.request_withdrawal(
        distributor=distributor,
        card=queries.card_within(caller.organisation_path, body.card_id),
        amount=body.amount,
        by=caller.actor,
    )
    return Status(201, WithdrawalOut.of(withdrawal))


@router.post("/withdrawals/quote", response=QuoteOut)
def quote(request: HttpRequest, body: QuoteIn) -> QuoteOut:
    """Quote what is withheld of an amount and what arrives; changes nothing."""
    caller = caller_of(request, "withdrawals.read")
    distributor = distributor_in_reach(body.distributor, within=caller.organisation_path)
    return QuoteOut.of(actions.quote_withdrawal(distributor=distributor, amount=body.amount))


@router.get("/withdrawals", response=PageOf[WithdrawalOut])
def withdrawals(
    request: HttpRequest,
    page: Query[PageQuery],
    wanted: Query[WithdrawalFilters],
) -> object:
    """List withdrawals of the caller's subtree, newest first."""
    caller = caller_of(request, "withdrawals.read")
    path = caller.organisation_path
    found = queries.withdrawals(
        path,
        distributor=_distributor(wanted.distributor, path),
        states=[wanted.state] if wanted.state else (),
        requested_from=wanted.requested_from,
        requested_until=wanted.requested_until,
    )
    rows = paginate(found, cursor=page.cursor, limit=page.limit, order=("-requested_at", "id"))
    return rows.map(WithdrawalOut.of)


@router.get("/withdrawals/{int:withdrawal_id}", response=WithdrawalDetailOut)
def withdrawal(request: HttpRequest, withdrawal_id: int) -> WithdrawalDetailOut:
    """Read a withdrawal with every step it took."""
    return _detail(caller_of(request, "withdrawals.read"), withdrawal_id)


@router.post("/withdrawals/{int:withdrawal_id}/approval", response=WithdrawalDetailOut)
@idempotent
def approve(request: HttpRequest, withdrawal_id: int, body: DecisionIn) -> WithdrawalDetailOut:
    """Approve a withdrawal, as another one than who asked and who is paid."""
    caller = caller_of(request, "withdrawals.approve")
    queries.withdrawal_within(caller.organisation_path, withdrawal_id)
    actions.approve_withdrawal(withdrawal_id=withdrawal_id, by=caller.actor, reason=body.reason)
    return _detail(caller, withdrawal_id)


@router.post("/withdrawals/{int:withdrawal_id}/rejection", response=WithdrawalDetailOut)
@idempotent
def reject(request: HttpRequest, withdrawal_id: int, body: RejectionIn) -> WithdrawalDetailOut:
    """Reject a withdrawal before it is handed over; the money is available again."""
    caller = caller_of(request, "withdrawals.approve")
    queries.withdrawal_within(caller.organisation_path, withdrawal_id)
    actions.reject_withdrawal(withdrawal_id=withdrawal_id, by=caller.actor, reason=body.reason)
    return _detail(caller, withdrawal_id)


@router.post("/withdrawals/{int:withdrawal_id}/cancellation", response=WithdrawalDetailOut)
@idempotent
def cancel(request: HttpRequest, withdrawal_id: int, body: DecisionIn) -> WithdrawalDetailOut:
    """Cancel a withdrawal before it is handed over; the money is available again."""
    caller = caller_of(request, "withdrawals.write")
    queries.withdrawal_within(caller.organisation_path, withdrawal_id)
    actions.cancel_withdrawal(withdrawal_id=withdrawal_id, by=caller.actor, reason=body.reason)
    return _detail(caller, withdrawal_id)


@router.get("/cards", response=PageOf[CardOut])
def cards(request: HttpRequest, page: Query[PageQuery], distributor: str = "") -> object:
    """List the bank cards of the distributors at home in the caller's subtree."""
    caller = caller_of(request, "withdrawals.read")
    path = caller.organisation_path
    found = queries.cards(path, distributor=_distributor(distributor, path))
    rows = paginate(found, cursor=page.cursor, limit=page.limit, order=("-created_at", "id"))
    return rows.map(CardOut.of)


@router.post("/cards", response={201: CardOut})
def add_card(request: HttpRequest, body: CardIn) -> Status[CardOut]:
    """Add a bank card; name and number are encrypted at once and never shown again."""
    caller = caller_of(request, "withdrawals.write")
    card = actions.add_card(
        distributor=distributor_in_reach(body.distributor, within=caller.organisation_path),
        holder=body.holder,
        number=body.number,
        bank=body.bank,
        by=caller.actor,
    )
    return Status(201, CardOut.of(card))


@router.post("/cards/{int:card_id}/verification", response=CardOut)
def verify_card(request: HttpRequest, card_id: int) -> CardOut:
    """Verify a card: its holder is the distributor, whose real name was verified before."""
    caller = caller_of(request, "withdrawals.approve")
    card = queries.card_within(caller.organisation_path, card_id)
    return CardOut.of(actions.verify_card(card=card, by=caller.actor))


@router.delete("/cards/{int:card_id}", response={204: None})
def remove_card(request: HttpRequest, card_id: int) -> Status[None]:
    """Remove a card to which no money is on its way."""
    caller = caller_of(request, "withdrawals.write")
    card = queries.card_within(caller.organisation_path, card_id)
    actions.remove_card(card=card, by=caller.actor)
    return Status(204, None)


@router.get("/payees/{distributor}", response=PayeeOut)
def payee(request: HttpRequest, distributor: str) -> PayeeOut:
    """Read whether a distributor's real name is verified."""
    caller = caller_of(request, "withdrawals.read")
    found = distributor_in_reach(distributor, within=caller.organisation_path)
    return PayeeOut.of(queries.payee_of(found), found.code)


@router.put("/payees/{distributor}", response=PayeeOut)
def verify_name(request: HttpRequest, distributor: str, body: PayeeIn) -> PayeeOut:
    """Verify a distributor's real name, which somebody has seen proven."""
    caller = caller_of(request, "withdrawals.approve")
    found = distributor_in_reach(distributor, within=caller.organisation_path)
    verified = actions.verify_name(distributor=found, name=body.name, by=caller.actor)
    return PayeeOut.of(verified, found.code)


@router.get("/policies/withdrawal", response=WithdrawalPolicyOut)
def policy(request: HttpRequest, organisation: str = "") -> WithdrawalPolicyOut:
    """Read the withdrawal policy in force for an organisation."""
    caller = caller_of(request, "withdrawals.read")
    return _policy(node_in_reach(organisation, within_path=caller.organisation_path))


@router.put("/policies/withdrawal", response=WithdrawalPolicyOut)
def set_policy(request: HttpRequest, body: WithdrawalPolicyIn) -> WithdrawalPolicyOut:
    """Set the withdrawal policy of an organisation and its subtree.

    The answer is the policy in force now.
    """
    caller = caller_of(request, "withdrawals.approve")
    node = node_in_reach(body.organisation, within_path=caller.organisation_path)
    actions.set_withdrawal_policy(
        organisation_id=node.id,
        data=body.settings.model_dump(mode="json"),
        by=caller.actor,
        reason=body.reason,
        valid_from=body.valid_from,
    )
    return _policy(node)


def _distributor(code: str, path: str) -> Distributor | None:
    return distributor_in_reach(code, within=path) if code else None


def _detail(caller: ApiCaller, withdrawal_id: int) -> WithdrawalDetailOut:
    found = queries.withdrawal_within(caller.organisation_path, withdrawal_id)
    steps = [StepOut.of(step) for step in queries.steps_of(found)]
    return WithdrawalDetailOut(**WithdrawalOut.fields_of(found), steps=steps)


def _policy(node: Node) -> WithdrawalPolicyOut:
    found = policy_in_force(kind=KIND, organisation_ids=node.lineage, at=clock.now())
    settings = WithdrawalPolicy.from_data(found.data).to_data()
    return WithdrawalPolicyOut(
        **PolicyHead.head_of(found, node), settings=WithdrawalSettings.model_validate(settings)
    )
