"""Share links over the open API."""

from __future__ import annotations

from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from tests.distribution.attribution.conftest import World
from tests.distribution.sharing.builders import make_link
from tests.surfaces.openapi.builders import Caller, caller
from yipan.distribution.attribution.models import Touch
from yipan.goods.catalogue.models import Sku


@pytest.fixture
def company(world: World) -> Caller:
    """Speaks for R1, where Wang and Li are at home."""
    return caller(world.tree["R1"])


WISH = {"distributor": "WANG", "organisation": "R1-A", "sku": "TEA", "channel": "poster"}


def test_a_link_is_made_once_and_read(world: World, tea: Sku, company: Caller) -> None:
    made = company.post("/links", WISH).json()
    assert company.post("/links", WISH).json() == made
    assert made["url"].endswith(f"/s/acme/{made['token']}")
    read = company.get(f"/links/{made['id']}").json()
    assert (read["distributor"], read["sku"], read["token"]) == ("WANG", "TEA", made["token"])


def test_links_are_made_in_bulk_all_or_none(world: World, tea: Sku, company: Caller) -> None:
    wishes = [{**WISH, "campaign": f"c{number % 600}"} for number in range(1000)]
    made = company.post("/links/batch", {"links": wishes}).json()["links"]
    assert len(made) == 1000
    assert made[0] == made[600]
    assert company.post("/links/batch", {"links": [*wishes, WISH]}).status_code == 422
    faulty = company.post("/links/batch", {"links": [WISH, {**WISH, "sku": "NOTHING"}]})
    assert faulty.status_code == 422
    assert faulty.json()["errors"][0]["field"] == "links.1.sku"


def test_links_are_listed_filtered_and_paged(world: World, tea: Sku, company: Caller) -> None:
    for number in range(5):
        make_link(sku="TEA", campaign=f"c{number}")
    make_link("LI")
    make_link("CHEN", "F1-A")
    first = company.get("/links?limit=4").json()
    second = company.get(f"/links?limit=4&cursor={first['next_cursor']}").json()
    listed = [*first["items"], *second["items"]]
    assert [each["distributor"] for each in listed] == ["LI", *["WANG"] * 5]
    assert len(company.get("/links?distributor=LI").json()["items"]) == 1
    assert len(company.get("/links?sku=TEA&campaign=c3").json()["items"]) == 1
    company.post(f"/links/{listed[0]['id']}/revocation", {"reason": "印错"})
    assert len(company.get("/links?live=true").json()["items"]) == 5


def test_a_revoked_link_says_so(world: World, company: Caller) -> None:
    link = make_link()
    answer = company.post(f"/links/{link.id}/revocation", {"reason": "印错"})
    assert answer.json()["revoked_at"] is not None
    assert company.post("/links/opening", {"token": link.token, "visitor": "v"}).status_code == 404


def test_links_of_others_are_not_found(world: World, company: Caller) -> None:
    link = make_link("CHEN", "F1-A")
    answers = [
        company.get(f"/links/{link.id}"),
        company.get(f"/links/{link.id}/qr.svg"),
        company.get(f"/links/{link.id}/qr.png"),
        company.post(f"/links/{link.id}/revocation", {"reason": "x"}),
        company.post("/links/opening", {"token": link.token, "visitor": "v"}),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5
    wish = {"distributor": "CHEN", "organisation": "F1-A"}
    assert company.post("/links", wish).status_code == 422
    assert not Touch.objects.exists()


def test_another_front_end_opens_a_link(world: World, tea: Sku, company: Caller) -> None:
    link = make_link(sku="TEA", campaign="spring")
    body = {"token": link.token, "visitor": "openid-1", "member_id": world.member}
    answer = company.post("/links/opening", body)
    assert answer.json() == {
        "link_id": link.id,
        "organisation": "R1-A",
        "sku": "TEA",
        "channel": "",
        "campaign": "spring",
    }
    touch = Touch.objects.get()
    assert (touch.visitor, touch.member_id, touch.link_id) == ("openid-1", world.member, link.id)
    gone = company.post("/links/opening", {**body, "token": link.token[::-1]})
    assert (gone.status_code, gone.json()["code"]) == (404, "sharing.link_gone")


def test_the_codes_of_a_link_lead_to_it(world: World, company: Caller) -> None:
    link = make_link()
    picture = company.get(f"/links/{link.id}/qr.png?size=300")
    assert picture["Content-Type"] == "image/png"
    image = Image.open(BytesIO(picture.content))
    assert image.width <= 300
    (found,) = zxingcpp.read_barcodes(image)
    assert found.text == link.url
    drawing = company.get(f"/links/{link.id}/qr.svg")
    assert drawing["Content-Type"] == "image/svg+xml"
    assert drawing.content.startswith(b"<?xml")
    assert company.get(f"/links/{link.id}/qr.png?size=9").status_code == 422
