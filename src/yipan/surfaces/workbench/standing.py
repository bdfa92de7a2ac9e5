"""Whether the reader may share just now, for which shops, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from yipan.distribution.attribution.rules import may_distribute
from yipan.distribution.distributors.models import DistributorStatus
from yipan.distribution.distributors.queries import standings
from yipan.group.organisations.queries import Node, tree
from yipan.kernel import clock
from yipan.kernel.errors import NotFound
from yipan.surfaces.workbench.entry import Seller


@dataclass(frozen=True, slots=True)
class Standing:
    """How the reader stands now."""

    refusal: str
    """Why nothing may be shared, as a sentence; empty: it may."""
    shops: tuple[Node, ...]
    """Home first, then what was granted."""

    @property
    def may_share(self) -> bool:
        """Whether links may be made."""
        return not self.refusal

    def reaches(self, organisation_id: int) -> bool:
        """Whether what an organisation offers may be sold, by home or by grant."""
        home, *granted = (node.path for node in self.shops)
        return may_distribute(home, tree().node(organisation_id).path, granted)

    def shop(self, code: str) -> Node:
        """The shop of a code; home where none is given. Raises NotFound for any other."""
        if not code:
            return self.shops[0]
        for node in self.shops:
            if node.code == code:
                return node
        raise NotFound(kind="organisation", ref=code)


def standing_of(seller: Seller) -> Standing:
    """Of a seller at this moment; one statement."""
    found = standings([seller.distributor.id], clock.now())[seller.distributor.id]
    nodes = tree()
    granted = (nodes.by_id.get(each) for each in found.grants)
    shops = (seller.node, *(node for node in granted if node and node.is_active))
    return Standing(_refusal(seller, found.status, qualified=found.qualified), shops)


def _refusal(seller: Seller, status: str, *, qualified: bool) -> str:
    if status == DistributorStatus.SUSPENDED:
        return _("Your distribution is suspended: you can see your money, but not share.")
    if status == DistributorStatus.LEFT:
        return _(
            "You have left the company: what you earned stays yours, but you can no longer share."
        )
    if not qualified:
        return _("Your qualification is not valid at the moment, so you cannot share.")
    if not seller.node.distribution_effective:
        return _("Distribution is switched off at your organisation: sales would earn nothing.")
    return ""
