"""Sharing: a link for each way, a poster in three templates, and never another's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.surfaces.workbench.builders import Phone, count_of, opened_shop, text_of
from tests.trade.orders.builders import Shop
from yipan.distribution.distributors.models import Distributor, DistributorStatus
from yipan.distribution.sharing.models import ShareLink
from yipan.kernel.models import Tenant

Desk = tuple[Shop, Phone]


@pytest.fixture
def desk(tenant: Tenant, settings: Any, tmp_path: Path) -> Desk:
    settings.YIPAN_MEDIA_ROOT = tmp_path
    return opened_shop()


def link_of(shop: Shop, channel: str) -> ShareLink:
    found: ShareLink = ShareLink.objects.get(distributor=shop.guide, channel=channel)
    return found


def test_each_way_has_its_own_link_and_asking_again_makes_no_other(desk: Desk) -> None:
    shop, phone = desk
    first, second = phone.part("share/LINE/"), phone.get("share/LINE/")
    assert ShareLink.objects.count() == 4
    address = re.search(r'data-link="([^"]+)"', text_of(first))
    assert address is not None
    assert address[1] in text_of(second)
    assert "/s/acme/" in address[1]
    link = link_of(shop, "link")
    assert (link.sku_id, link.organisation_id) == (shop.skus["LINE"].id, shop.tree["R1-A"].id)


def test_a_text_to_send_goes_along_with_the_link(desk: Desk) -> None:
    shop, phone = desk
    words = re.search(
        r'data-copy="([^"]+)"[^>]*data-test="share-words"', text_of(phone.part("share/LINE/"))
    )
    assert words is not None
    pitch, address = words[1].splitlines()
    assert "¥100.00" in pitch
    assert shop.tree["R1-A"].name in pitch
    assert address in text_of(phone.part("share/LINE/"))
    assert "/s/acme/" in address


def test_a_poster_that_does_not_arrive_can_be_asked_for_again(desk: Desk) -> None:
    _, phone = desk
    sheet = phone.part("share/LINE/")
    assert count_of(sheet, "poster-frame") == 2  # small, and large to be pressed long
    assert count_of(sheet, "poster-again") == 2
    assert 'width="1080" height="1920"' in text_of(sheet)


def test_the_shop_as_a_whole_can_be_shared(desk: Desk) -> None:
    shop, phone = desk
    assert count_of(phone.part("share/"), "share-copy") == 1
    assert link_of(shop, "link").sku_id is None


def test_the_poster_comes_in_every_template_and_small(desk: Desk) -> None:
    shop, phone = desk
    sheet = text_of(phone.part("share/LINE/"))
    link = link_of(shop, "poster")
    for template in ("classic", "bold", "card"):
        assert f'data-test="poster-template-{template}"' in sheet
        part = text_of(phone.part(f"poster/{link.id}/{template}/"))
        assert f'data-template="{template}"' in part
        answer = phone.get(f"poster/{link.id}/{template}.png")
        assert answer["Content-Type"] == "image/png"
        assert b"".join(answer)[:4] == b"\x89PNG"
    saved = phone.get(f"poster/{link.id}/card.png", download="1")
    assert "attachment" in saved["Content-Disposition"]
    assert phone.get(f"poster/{link.id}/unknown.png").status_code == 404
    assert phone.get(f"poster/{link.id}/unknown/").status_code == 404


def test_the_code_for_the_own_screen_is_a_drawing(desk: Desk) -> None:
    shop, phone = desk
    phone.part("share/LINE/")
    answer = phone.get(f"code/{link_of(shop, 'qr').id}.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert "private" in answer["Cache-Control"]


def test_what_belongs_to_another_distributor_is_not_there(desk: Desk) -> None:
    shop, phone = desk
    phone.part("share/LINE/")
    link = link_of(shop, "poster")
    other = Phone.of(shop.leader)
    for address in (
        f"poster/{link.id}/classic/",
        f"poster/{link.id}/classic.png",
        f"code/{link.id}.svg",
    ):
        assert other.get(address).status_code == 404, address
        assert phone.get(address).status_code == 200, address
    assert phone.get("share/UNKNOWN/").status_code == 404
    assert phone.get("share/LINE/", shop="R1-B").status_code == 404


def test_who_may_not_share_gets_no_link(desk: Desk) -> None:
    shop, phone = desk
    Distributor.objects.filter(id=shop.guide.id).update(status=DistributorStatus.SUSPENDED)
    answer = phone.part("share/LINE/")
    assert answer.status_code == 200
    assert "suspended" in text_of(answer)
    assert ShareLink.objects.count() == 0


def test_sharing_takes_a_constant_number_of_statements(desk: Desk) -> None:
    _, phone = desk
    counts = []
    for _ in range(2):
        phone.part("share/LINE/")
        with CaptureQueriesContext(connection) as captured:
            phone.part("share/LINE/")
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 20
