"""The group of the attribution tests, with something to share."""

from __future__ import annotations

import pytest

from tests.distribution.attribution.conftest import World, make_world
from tests.goods.catalogue.builders import make_sku
from yipan.goods.catalogue.models import Sku
from yipan.kernel.models import Tenant


@pytest.fixture
def world(tenant: Tenant) -> World:
    return make_world()


@pytest.fixture
def committed_world(committed_tenant: Tenant) -> World:
    return make_world()


@pytest.fixture
def tea(world: World) -> Sku:
    return make_sku("TEA", name="龙井茶", price=123_450, specification={"净含量": "500g"})
