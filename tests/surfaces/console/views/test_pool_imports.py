"""Imports: looked at first, loaded as decided, once; found again by whoever handed them in."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from tests.distribution.pool.builders import make_rule
from tests.distribution.pool.sheets.files import csv_file, xlsx_file
from tests.surfaces.console.views.pools import (
    IMPORTS,
    PoolShop,
    browser,
    open_pool,
    statements,
    text_of,
)
from yipan.distribution.pool.actions import switch_offers
from yipan.distribution.pool.models import ImportRun, Offer, Upload
from yipan.kernel import long_work
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import AuditEntry, LongWork, LongWorkPart, Tenant
from yipan.surfaces.console.views import pool_imports

HEADER = ("SKU编码", "规则编码", "失效日期")


@pytest.fixture
def pool(tenant: Tenant) -> PoolShop:
    return open_pool()


def hand_in(client: Any, rows: Sequence[Sequence[Any]], name: str = "六月.csv") -> Upload:
    content = (xlsx_file if name.endswith("xlsx") else csv_file)(rows, header=HEADER)
    answer = client.post(IMPORTS, {"file": SimpleUploadedFile(name, content)}, follow=True)
    assert answer.status_code == 200
    found: Upload = Upload.objects.latest("uploaded_at")
    return found


def decide(client: Any, upload: Upload, choice: str) -> Any:
    return client.post(
        f"{IMPORTS}{upload.id}/decide/", {"choice": choice}, headers={"HX-Request": "true"}
    )


def good_and_faulty(pool: PoolShop) -> list[list[str]]:
    return [
        [pool.skus[0].code, "FIVE", ""],
        [pool.skus[3].code, "FIXED", ""],
        ["NOBODY", "FIVE", ""],
        [pool.skus[4].code, "NONE", "someday"],
    ]


def test_files_are_found_by_name_and_state(pool: PoolShop) -> None:
    client = browser(pool)
    june = hand_in(client, good_and_faulty(pool))
    july = hand_in(client, good_and_faulty(pool), "July.csv")
    decide(client, july, "none")

    def found(**asked: str) -> list[int]:
        return [each.id for each, _tone in client.get(IMPORTS, asked).context["imports"]]

    assert found(q="JULY") == found(state="discarded") == [july.id]
    assert found(q="六月", state="checked") == [june.id]
    assert found(q="%") == []
    assert found(state="x") == [july.id, june.id]


def test_a_preview_lists_every_faulty_row_and_changes_nothing(pool: PoolShop) -> None:
    client = browser(pool)
    upload = hand_in(client, good_and_faulty(pool))
    counts = (upload.rows, upload.created, upload.changed, upload.unchanged, upload.faulty)
    assert (upload.state, counts) == ("checked", (4, 1, 0, 1, 2))
    page = client.get(f"{IMPORTS}{upload.id}/")
    assert [(row, column) for row, column, _value, _why in page.context["faults"]] == [
        (4, "SKU code"), (5, "valid until"),
    ]  # fmt: skip
    assert "there is no SKU NOBODY" in text_of(page)
    assert "import-load-good" in text_of(page)
    assert Offer.objects.count() == 3


def test_the_good_rows_are_loaded_once(pool: PoolShop) -> None:
    client = browser(pool)
    upload = hand_in(client, good_and_faulty(pool))
    assert 'data-state="loaded"' in text_of(decide(client, upload, "good_rows"))
    assert Offer.objects.count() == 4
    second = decide(client, upload, "good_rows")
    assert "not waiting" in second["HX-Trigger"]
    assert ImportRun.objects.count() == 1
    upload.refresh_from_db()
    assert upload.run_id == ImportRun.objects.get().id
    entry = AuditEntry.objects.get(action="pool.import_offers")
    assert entry.actor.startswith("person:")


def test_nothing_is_loaded_where_that_is_chosen(pool: PoolShop) -> None:
    client = browser(pool)
    upload = hand_in(client, good_and_faulty(pool))
    assert 'data-state="discarded"' in text_of(decide(client, upload, "none"))
    decide(client, upload, "good_rows")
    assert Offer.objects.count() == 3
    assert AuditEntry.objects.filter(action="pool.discard_upload").exists()


def test_a_pool_that_changed_meanwhile_is_looked_at_again(pool: PoolShop) -> None:
    client = browser(pool)
    upload = hand_in(client, [[pool.skus[0].code, "FIVE", ""], [pool.skus[3].code, "FIVE", ""]])
    assert (upload.created, upload.unchanged) == (1, 1)
    offer = Offer.objects.get(sku=pool.skus[0])
    switch_offers(offer_ids=[offer.id], on=False, by=SYSTEM)
    answer = decide(client, upload, "all")
    upload.refresh_from_db()
    assert (upload.state, upload.created, upload.changed) == ("checked", 1, 1)
    assert "changed since the preview" in text_of(answer)
    assert Offer.objects.count() == 3
    decide(client, upload, "all")
    assert Offer.objects.count() == 4


def test_another_file_in_place_of_the_one_looked_at_is_refused(pool: PoolShop) -> None:
    client = browser(pool)
    upload = hand_in(client, [[pool.skus[3].code, "FIVE", ""]])
    LongWorkPart.objects.filter(work_id=upload.work_id).update(content=b"SKU,rule\nX,Y\n")
    decide(client, upload, "all")
    work = LongWork.objects.get(kind="pool.load_upload")
    assert (work.state, Offer.objects.count()) == ("failed", 3)
    assert "Upload it again" in work.error
    assert "Upload it again" in text_of(client.get(f"{IMPORTS}{upload.id}/"))


def test_a_load_that_failed_can_be_begun_again(pool: PoolShop) -> None:
    client = browser(pool)
    upload = hand_in(client, [[pool.skus[3].code, "FIVE", ""]])
    assert "not waiting" in decide(client, upload, "again")["HX-Trigger"]
    work = LongWork.objects.get(id=upload.work_id)
    Upload.objects.filter(id=upload.id).update(state="loading", load_work_id=work.id)
    LongWork.objects.filter(id=work.id).update(state="failed", error="The server stopped.")
    stuck = text_of(client.get(f"{IMPORTS}{upload.id}/"))
    assert "The server stopped." in stuck
    assert "import-again" in stuck
    assert "import-load-good" in text_of(decide(client, upload, "again"))
    decide(client, upload, "all")
    assert Offer.objects.count() == 4


def test_a_file_that_is_no_sheet_says_so(pool: PoolShop) -> None:
    client = browser(pool)
    client.post(IMPORTS, {"file": SimpleUploadedFile("x.csv", b"a,b\n1,2\n")})
    upload = Upload.objects.get()
    assert upload.state == "unreadable"
    page = text_of(client.get(f"{IMPORTS}{upload.id}/"))
    assert "cannot be read" in page
    assert upload.problem in page
    nothing = client.post(IMPORTS, {})
    assert (nothing.status_code, "Choose a file." in text_of(nothing)) == (422, True)


def test_faulty_rows_come_back_as_a_sheet_with_the_reasons(pool: PoolShop) -> None:
    client = browser(pool)
    upload = hand_in(client, good_and_faulty(pool), "六月.xlsx")
    answer = client.get(f"{IMPORTS}{upload.id}/faults/")
    sheet = load_workbook(BytesIO(answer.content)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == [*HEADER, "Row in the file", "Reason"]
    assert [row[0] for row in rows[1:]] == ["NOBODY", pool.skus[4].code]
    assert rows[1][3] == 4
    assert "there is no SKU NOBODY" in str(rows[1][4])


def test_the_sheet_of_a_large_file_is_written_by_a_task(
    pool: PoolShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(pool)
    upload = hand_in(client, good_and_faulty(pool), "六月.xlsx")
    monkeypatch.setattr(pool_imports, "AT_ONCE_BYTES", 10)
    address = f"{IMPORTS}{upload.id}/faults/"
    assert client.get(address).status_code == 302
    assert not LongWork.objects.filter(kind="pool.faulty_rows").exists()
    answer = client.post(address)
    work = LongWork.objects.get(kind="pool.faulty_rows")
    assert answer["Location"].endswith(f"work/{work.id}/")
    long_work.do(work.id)
    work.refresh_from_db()
    assert (work.state, work.summary) == ("done", {"rows": 2})
    content = b"".join(client.get(f"/console/work/{work.id}/file/"))
    rows = list(load_workbook(BytesIO(content)).worksheets[0].values)
    assert [row[0] for row in rows[1:]] == ["NOBODY", pool.skus[4].code]
    assert browser(pool, "F1").post(address).status_code == 404


def test_a_large_file_is_left_to_the_worker(
    pool: PoolShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_imports, "AT_ONCE_BYTES", 10)
    client = browser(pool)
    upload = hand_in(client, [[pool.skus[3].code, "FIVE", ""]])
    address = f"{IMPORTS}{upload.id}/"
    assert upload.state == "checking"
    assert "every 1s" in text_of(client.get(address))
    long_work.do(upload.work_id)
    assert "import-load-good" in text_of(client.get(address, headers={"HX-Request": "true"}))
    assert upload.file_name in text_of(client.get(IMPORTS))


def test_what_is_exported_can_be_loaded_and_changes_nothing(pool: PoolShop) -> None:
    client = browser(pool)
    for file_format in ("csv", "xlsx"):
        answer = client.post("/console/pool/export/", {"format": file_format}, follow=True)
        work = answer.context["work"]
        assert (work.state, work.summary) == ("done", {"rows": 3})
        file = client.get(f"/console/work/{work.id}/file/")
        content = file.getvalue()
        assert len(content) == work.file_size
        sent = {"file": SimpleUploadedFile(work.file_name, content)}
        client.post(IMPORTS, sent)
        upload = Upload.objects.latest("uploaded_at")
        assert (upload.rows, upload.unchanged, upload.faulty) == (3, 3, 0), file_format


def test_the_template_can_be_handed_in(pool: PoolShop) -> None:
    client = browser(pool)
    answer = client.get(f"{IMPORTS}template/")
    book = load_workbook(BytesIO(answer.content))
    assert [cell.value for cell in book.worksheets[0][1]][:3] == [
        "SKU code", "organisation code", "rule code",
    ]  # fmt: skip


def test_files_of_others_are_not_there(pool: PoolShop) -> None:
    make_rule(organisation=pool.tree["R1"], code="R1RULE")
    mine = hand_in(browser(pool, "R1"), [[pool.skus[3].code, "R1RULE", ""]])
    assert mine.organisation_id == pool.tree["R1"].id
    other = browser(pool, "F1")
    for page in ("", "faults/"):
        assert other.get(f"{IMPORTS}{mine.id}/{page}").status_code == 404
    assert decide(other, mine, "all").status_code == 404
    assert mine.file_name not in text_of(other.get(IMPORTS))
    reader = browser(pool, "HQ", "auditor")
    assert reader.get(f"{IMPORTS}{mine.id}/").status_code == 200
    assert decide(reader, mine, "all").status_code == 404
    assert reader.post(IMPORTS, {}).status_code == 404
    assert "import-load-good" not in text_of(reader.get(f"{IMPORTS}{mine.id}/"))


def test_statements_do_not_grow_with_the_files(pool: PoolShop) -> None:
    client = browser(pool)
    hand_in(client, [[pool.skus[3].code, "FIVE", ""]])
    statements(client, IMPORTS)
    few = statements(client, IMPORTS)
    for _number in range(4):
        hand_in(client, good_and_faulty(pool))
    assert statements(client, IMPORTS) <= few <= 10
