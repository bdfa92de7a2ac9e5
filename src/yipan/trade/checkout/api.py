"""The checkout policy over the open API. Amounts in fen."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from yipan.group.organisations.queries import Node, tree
from yipan.kernel import clock
from yipan.kernel.caller import ApiCaller, caller_of
from yipan.kernel.errors import NotFound
from yipan.kernel.http import Input
from yipan.kernel.policies import policy_in_force
from yipan.trade.checkout.policy import KIND, CheckoutPolicy, set_checkout_policy

router = Router(tags=["checkout"])


class CheckoutPolicyOut(Schema):
    """The policy in force for an organisation."""

    organisation_id: int | None = Field(description="Where it was set; none: the defaults.")
    version: int
    freight: int = Field(description="Fen for the delivery of an order.")
    free_from: int | None = Field(description="Fen of goods from which delivery is free, if ever.")
    most_units: int = Field(description="Units of one SKU in one order.")


class CheckoutPolicyIn(Input):
    """A new version of the policy; what is left out has its default."""

    organisation: str = Field("", max_length=40, description="Code; empty: the caller's own.")
    freight: int = Field(1_000, ge=0, le=10_000_000, strict=True)
    free_from: int | None = Field(9_900, ge=0, le=10_000_000, strict=True)
    most_units: int = Field(99, ge=1, le=9_999, strict=True)
    reason: str = Field("", max_length=300)


@router.get("/checkout/policy", response=CheckoutPolicyOut, summary="Read the checkout policy")
def policy(request: HttpRequest, organisation: str = "") -> CheckoutPolicyOut:
    """The policy in force for an organisation (default: the caller's own)."""
    return _policy(_node(caller_of(request, "checkout.read"), organisation))


@router.put("/checkout/policy", response=CheckoutPolicyOut, summary="Set the checkout policy")
def set_policy(request: HttpRequest, body: CheckoutPolicyIn) -> CheckoutPolicyOut:
    """Set freight and limits of an organisation and its subtree, from now on."""
    caller = caller_of(request, "checkout.write")
    node = _node(caller, body.organisation)
    set_checkout_policy(
        organisation_id=node.id,
        data={
            "freight": body.freight,
            "free_from": body.free_from,
            "most_units": body.most_units,
        },
        by=caller.actor,
        reason=body.reason,
    )
    return _policy(node)


def _node(caller: ApiCaller, code: str) -> Node:
    if not code:
        return tree().node(caller.organisation_id)
    node = tree().by_code.get(code)
    if node is None or not node.path.startswith(caller.organisation_path):
        raise NotFound(kind="organisation", ref=code)
    return node


def _policy(node: Node) -> CheckoutPolicyOut:
    found = policy_in_force(kind=KIND, organisation_ids=node.lineage, at=clock.now())
    policy_ = CheckoutPolicy.from_data(found.data)
    return CheckoutPolicyOut(
        organisation_id=found.organisation_id,
        version=found.version,
        freight=policy_.freight,
        free_from=policy_.free_from,
        most_units=policy_.most_units,
    )
