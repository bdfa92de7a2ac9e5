"""A poster is drawn once, for as long as nothing on it changes."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import RequestFactory
from PIL import Image

from tests.distribution.attribution.conftest import World
from tests.distribution.sharing.builders import make_link
from tests.distribution.sharing.posters.builders import read
from tests.goods.catalogue.builders import make_sku
from tests.surfaces.openapi.builders import caller
from yipan.distribution.distributors.actions import set_portraits
from yipan.distribution.distributors.models import Distributor
from yipan.distribution.sharing.actions import revoke_links
from yipan.distribution.sharing.errors import LinkGone, UnknownTemplate
from yipan.distribution.sharing.models import ShareLink
from yipan.distribution.sharing.posters import (
    TEMPLATES,
    Poster,
    forget_unused_posters,
    making,
    poster,
    sent,
    thumbnail,
)
from yipan.distribution.sharing.posters.content import content_of
from yipan.goods.catalogue.actions import PriceRow, set_prices
from yipan.goods.catalogue.models import Sku
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import NotFound
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context


@pytest.fixture(autouse=True)
def media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "YIPAN_MEDIA_ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def link_id(world: World, tea: Sku) -> int:
    return make_link(sku="TEA").id


@pytest.mark.parametrize("template", [template.code for template in TEMPLATES])
def test_it_leads_to_the_link(world: World, tea: Sku, template: str) -> None:
    made = make_link(sku="TEA")
    drawn = poster(link_id=made.id, template=template, language="en")
    with Image.open(drawn.path) as image:
        assert (image.format, image.size) == ("PNG", (drawn.width, drawn.height))
        assert read(image.convert("RGB")) == [made.url]


def test_the_same_one_is_drawn_once_and_another_one_for_every_change(
    tea: Sku, link_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Poster] = []

    def look(**more: Any) -> None:
        drawn = poster(link_id=link_id, **more)
        made_at = drawn.path.stat().st_mtime_ns
        assert poster(link_id=link_id, **more) == drawn
        assert drawn.path.stat().st_mtime_ns == made_at
        seen.append(drawn)

    look()
    look(language="en")
    look(template="bold")
    now = clock.now()
    set_prices([PriceRow(tea.id, "promo", 99_900, now, now + timedelta(days=1))], by=SYSTEM)
    look()
    wang = ShareLink.objects.get(pk=link_id).distributor
    set_portraits({wang.id: "portraits/wang.webp"}, by=SYSTEM)
    look()
    Distributor.objects.filter(pk=wang.id).update(name="王新名")
    look()
    monkeypatch.setattr(settings, "YIPAN_BASE_URL", "https://shop.example")
    look()
    assert len({drawn.etag for drawn in seen}) == len({drawn.path for drawn in seen}) == 7


def test_the_price_is_that_of_a_passer_by(tea: Sku, link_id: int) -> None:
    assert (content_of(link_id).price, content_of(link_id).list_price) == (123_450, None)
    now = clock.now()
    wanted = [
        PriceRow(tea.id, "promo", 99_900, now, now + timedelta(days=1)),
        PriceRow(tea.id, "member", 88_800, now),
    ]
    set_prices(wanted, by=SYSTEM)
    assert (content_of(link_id).price, content_of(link_id).list_price) == (99_900, 123_450)


def test_nobody_gets_the_poster_of_anothers_link_or_of_a_dead_one(link_id: int) -> None:
    wang = ShareLink.objects.get(pk=link_id).distributor_id
    assert poster(link_id=link_id, distributor_id=wang).path.exists()
    for wanted in ({"link_id": link_id, "distributor_id": wang + 1}, {"link_id": link_id + 10**9}):
        with pytest.raises(NotFound):
            poster(**wanted)
        with pytest.raises(NotFound):
            thumbnail(**wanted)
    with pytest.raises(UnknownTemplate):
        poster(link_id=link_id, template="../classic")
    revoke_links(link_ids=[link_id], reason="印错", by=SYSTEM)
    with pytest.raises(LinkGone):
        poster(link_id=link_id)


def test_a_link_that_was_tampered_with_gets_none(link_id: int) -> None:
    ShareLink.objects.filter(pk=link_id).update(mac=b"x" * 32)
    with pytest.raises(LinkGone):
        poster(link_id=link_id)


def test_an_expired_link_gets_none(world: World, tea: Sku) -> None:
    made = make_link(sku="TEA", expires_at=clock.now() + timedelta(hours=1))
    assert poster(link_id=made.id).path.exists()
    with clock.at(clock.now() + timedelta(hours=2)), pytest.raises(LinkGone):
        poster(link_id=made.id)


def test_a_shop_has_one_too(world: World) -> None:
    made = make_link()
    with Image.open(poster(link_id=made.id).path) as image:
        assert read(image.convert("RGB")) == [made.url]


def test_a_thumbnail_is_the_same_made_small(link_id: int) -> None:
    small = thumbnail(link_id=link_id, template="card")
    with Image.open(small.path) as image:
        assert image.size == (small.width, small.height) == (360, 626)


def test_it_takes_three_statements(link_id: int, django_assert_num_queries: Any) -> None:
    poster(link_id=link_id)
    with django_assert_num_queries(3):
        poster(link_id=link_id, template="card")


def test_of_many_who_ask_at_once_one_draws(
    committed_world: World,
    committed_tenant: Tenant,
    run_concurrently: Callable[[Callable[[int], Poster], int], list[Poster]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_sku("TEA", name="龙井茶", price=123_450)
    made = make_link(sku="TEA")
    drawn: list[int] = []
    original = making.encoded

    def counted(image: Image.Image) -> bytes:
        drawn.append(threading.get_ident())
        return original(image)

    monkeypatch.setattr(making, "encoded", counted)

    def ask(_number: int) -> Poster:
        with tenant_context(committed_tenant.id):
            return poster(link_id=made.id)

    assert len({found.etag for found in run_concurrently(ask, 5)}) == 1
    assert len(drawn) == 1


def test_what_nobody_asks_for_is_forgotten(link_id: int) -> None:
    drawn = poster(link_id=link_id)
    assert forget_unused_posters() == 0
    long_ago = (clock.now() - timedelta(days=15)).timestamp()
    os.utime(drawn.path, (long_ago, long_ago))
    assert forget_unused_posters() == 1
    assert poster(link_id=link_id).path.exists()


def test_it_is_sent_once_and_under_a_name_if_wanted(link_id: int) -> None:
    drawn = poster(link_id=link_id)
    response = sent(RequestFactory().get("/"), drawn, name="海报-龙井茶")
    assert response["Content-Type"] == "image/png"
    assert "attachment" in response["Content-Disposition"]
    again = RequestFactory().get("/", headers={"If-None-Match": f'W/"0", {response["ETag"]}'})
    assert sent(again, drawn).status_code == 304


def test_programs_get_it_within_their_organisation(world: World, tea: Sku) -> None:
    made = make_link(sku="TEA")
    address = f"/links/{made.id}/poster.png"
    company = caller(world.tree["R1"], ["sharing.read"])
    response = company.get(f"{address}?template=bold&language=en")
    assert response["Content-Type"] == "image/png"
    assert response["ETag"]
    assert company.get(f"{address}?template=none").status_code == 404
    assert company.get("/links/7/poster.png").status_code == 404
    assert caller(world.tree["F1"], ["sharing.read"]).get(address).status_code == 404
    assert caller(world.tree["R1"], ["orders.read"]).get(address).status_code == 403
