"""Products and stock in the console: found, pictured, priced, counted; each in its reach."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from tests.goods.catalogue.builders import make_category, make_product, make_sku
from tests.goods.stock.builders import make_location, make_stock
from tests.group.organisations.builders import GroupTree
from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from yipan.goods.catalogue.models import Picture, Price, Product, Sku
from yipan.goods.stock.models import StockLevel
from yipan.group.people.models import Role
from yipan.kernel.models import AuditEntry

PAGE = "goods/"


def listed(answer: Any) -> list[str]:
    return [row[0].code for row in answer.context["rows"]]


def ask(console: Console, product: Product, act: str, **values: str) -> Any:
    return console.client.post(f"/console/goods/{product.id}/{act}/", values)


def test_products_are_searched_and_filtered(boss: Console) -> None:
    tea, silk = make_category("TEA"), make_category("SILK")
    make_product("P1", category=tea, name="龙井", tags=("新品",))
    make_product("P2", category=silk, name="真丝衬衫")
    assert sorted(listed(boss.get(PAGE))) == ["P1", "P2"]
    assert listed(boss.get(f"{PAGE}?q=龙井")) == ["P1"]
    assert listed(boss.get(f"{PAGE}?category={silk.id}")) == ["P2"]
    assert listed(boss.get(f"{PAGE}?tag=新品")) == ["P1"]
    assert listed(boss.get(f"{PAGE}?state=inactive&sort=nonsense&page=x&category=x")) == []


def test_a_product_is_made_described_given_skus_prices_and_taken_off_sale(boss: Console) -> None:
    tea = make_category("TEA")
    new = {
        "code": "P9", "name": "龙井", "category": str(tea.id), "tags": "新品，热卖",
        "description": "",
    }  # fmt: skip
    answer = boss.client.post("/console/goods/new/", new)
    made = Product.objects.get(code="P9")
    assert answer["HX-Redirect"].endswith(f"/goods/{made.id}/")
    assert made.tags == ["新品", "热卖"]
    ask(boss, made, "sku", code="S9", specification="规格：礼盒\n产地: 杭州")
    sku = Sku.objects.get(code="S9")
    assert sku.specification == {"规格": "礼盒", "产地": "杭州"}
    priced = ask(
        boss, made, "price",
        sku=str(sku.id), kind="list", amount="128.50", organisation="", starts="", ends="",
    )  # fmt: skip
    assert priced.status_code == 200
    assert Price.objects.get(sku=sku).amount == 12_850
    assert "¥128.50" in boss.get(f"{PAGE}{made.id}/").content.decode()
    ask(boss, made, "change-sku", sku=str(sku.id), name="龙井礼盒", is_active="on")
    assert Sku.objects.get(code="S9").name == "龙井礼盒"
    ask(boss, made, "switch")
    assert not Sku.objects.get(code="S9").on_sale
    assert AuditEntry.objects.filter(action="catalogue.deactivate_product").exists()


def test_what_is_wrong_is_said_at_its_field(boss: Console) -> None:
    made = make_product("P1")
    sku = make_sku("S1", product=made)
    wrong = ask(boss, made, "sku", code="S2", specification="红")
    assert wrong.status_code == 422
    assert "colon" in wrong.content.decode()
    taken = ask(boss, made, "sku", code="S1", specification="")
    assert taken.status_code == 422
    back = {"starts": "2099-02-01T00:00", "ends": "2099-01-01T00:00"}
    span = ask(boss, made, "price", sku=str(sku.id), kind="list", amount="1", **back)
    assert span.status_code == 422
    assert ask(boss, made, "price", sku="1", kind="list", amount="1").status_code == 404


def test_pictures_are_added_put_first_and_removed(boss: Console) -> None:
    made = make_product("P1")
    address = f"/console/goods/{made.id}/pictures/"
    for colour in ("red", "blue"):
        out = BytesIO()
        Image.new("RGB", (60, 60), colour).save(out, "PNG")
        file = SimpleUploadedFile(f"{colour}.png", out.getvalue(), "image/png")
        assert boss.client.post(address, {"added": file}).status_code == 302
    first, second = Picture.objects.filter(product=made).order_by("position")
    boss.client.post(address, {"main": str(second.pk)})
    now = list(Picture.objects.filter(product=made).order_by("position"))
    assert [each.file for each in now] == [second.file, first.file]
    boss.client.post(address, {"remove": str(now[0].pk)})
    assert [each.file for each in Picture.objects.filter(product=made)] == [first.file]
    text = SimpleUploadedFile("x.png", b"no picture", "image/png")
    boss.client.post(address, {"added": text})
    assert Picture.objects.filter(product=made).count() == 1


def test_goods_are_changed_at_headquarters_prices_in_ones_own_reach(group: GroupTree) -> None:
    made = make_product("P1")
    sku = make_sku("S1", product=made)
    company = Console.of(make_person("part", group["R1"], Role.OPERATIONS))
    page = company.get(f"{PAGE}{made.id}/").content.decode()
    assert 'data-test="act-describe"' not in page
    for act in ("describe", "switch", "sku", "change-sku"):
        assert ask(company, made, act).status_code == 404, act
    assert company.client.post(f"/console/goods/{made.id}/pictures/").status_code == 404
    assert company.client.post("/console/goods/new/").status_code == 404
    given = {"sku": str(sku.id), "kind": "promo", "amount": "1", "starts": "", "ends": ""}
    for place in ("", str(group["F1"].id)):
        refused = ask(company, made, "price", organisation=place, **given)
        assert refused.status_code == 422, place
    ask(company, made, "price", organisation=str(group["R1-A"].id), **given)
    assert Price.objects.get(sku=sku, kind="promo").organisation == group["R1-A"]


def test_stock_is_found_and_counted_in_ones_reach(group: GroupTree) -> None:
    sku = make_sku("S1")
    mine = make_location(group["R1-A"], "MINE")
    theirs = make_location(group["F1-A"], "THEIRS")
    make_stock(mine, sku, 3)
    make_stock(theirs, sku, 7)
    console = Console.of(make_person("manager", group["R1"], Role.STORE_MANAGER))
    rows = console.get("stock/?level=low").context["rows"]
    assert [(row.location.code, may) for row, may in rows] == [("MINE", True)]
    assert "THEIRS" not in console.get("stock/").content.decode()
    assert console.get(f"stock/?organisation={group['F1'].id}").context["rows"] == []
    there = StockLevel.objects.get(location=mine)
    other = StockLevel.objects.get(location=theirs)
    ask_at = "/console/stock/{}/{}/".format
    assert console.client.post(ask_at(there.id, "count"), {"quantity": "5"}).status_code == 200
    assert console.client.post(ask_at(there.id, "receive"), {"quantity": "2"}).status_code == 200
    assert console.client.post(ask_at(there.id, "receive"), {"quantity": "0"}).status_code == 422
    assert StockLevel.objects.get(pk=there.pk).quantity == 7
    assert console.client.post(ask_at(other.id, "count"), {"quantity": "5"}).status_code == 404
    assert StockLevel.objects.get(pk=other.pk).quantity == 7


def test_statements_do_not_grow_with_goods(boss: Console, group: GroupTree) -> None:
    def statements(address: str) -> int:
        boss.get(address)
        with CaptureQueriesContext(connection) as run:
            assert boss.get(address).status_code == 200
        return len(run)

    made = make_product("P1")
    location = make_location(group["R1-A"], "L1")
    make_stock(location, make_sku("S1", product=made), 3)
    pages = (PAGE, f"{PAGE}{made.id}/", "stock/")
    before = [statements(page) for page in pages]
    for number in range(4):
        make_product(f"MORE{number}")
        make_stock(location, make_sku(f"S1{number}", product=made), 3)
    assert [statements(page) for page in pages] == before
    assert max(before) <= 12
