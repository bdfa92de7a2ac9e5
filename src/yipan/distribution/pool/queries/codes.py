"""What codes of programs mean."""

from __future__ import annotations

from collections.abc import Sequence

from yipan.distribution.pool.offering import EVERYWHERE, in_subtrees
from yipan.distribution.pool.queries.listing import OfferCard, offer_cards
from yipan.goods.catalogue.queries import skus_by_code
from yipan.group.organisations.queries import tree
from yipan.kernel.errors import NotFound


def organisation_of(code: str, own_id: int, *, within: Sequence[str] = EVERYWHERE) -> int:
    """The id of the organisation with a code, the own one for none. Raises NotFound."""
    if not code:
        return own_id
    node = tree().by_code.get(code)
    if node is None or not in_subtrees(tree(), node.id, within):
        raise NotFound(kind="organisation", ref=code)
    return node.id


def sku_of(code: str) -> int:
    """The id of the SKU with a code. Raises NotFound."""
    found = skus_by_code([code]).get(code)
    if found is None:
        raise NotFound(kind="sku", ref=code)
    return found.id


def offer_in_reach(offer_id: int, paths: Sequence[str]) -> OfferCard:
    """An offer of these subtrees. Raises NotFound."""
    card = offer_cards([offer_id]).get(offer_id)
    if card is None or not in_subtrees(tree(), card.organisation_id, paths):
        raise NotFound(kind="offer", ref=offer_id)
    return card
