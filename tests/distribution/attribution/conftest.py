"""A group with three guides and a buyer."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.distribution.attribution.builders import make_distributor, make_member
from tests.group.organisations.builders import GroupTree, make_tree
from yipan.distribution.distributors.models import Distributor
from yipan.group.organisations.models import Organisation
from yipan.kernel.models import Tenant


@dataclass
class World:
    """Wang and Li sell at R1-A, Chen at F1-A."""

    tree: GroupTree
    wang: Distributor
    li: Distributor
    chen: Distributor
    member: int

    @property
    def store(self) -> Organisation:
        return self.tree["R1-A"]


def make_world() -> World:
    tree = make_tree()
    return World(
        tree,
        make_distributor(tree["R1-A"], "WANG"),
        make_distributor(tree["R1-A"], "LI"),
        make_distributor(tree["F1-A"], "CHEN"),
        make_member(),
    )


@pytest.fixture
def world(tenant: Tenant) -> World:
    return make_world()


@pytest.fixture
def committed_world(committed_tenant: Tenant) -> World:
    return make_world()
