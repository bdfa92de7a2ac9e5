"""A sheet with faults: each is named by row, column and reason; the good rows load, once."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from scripts.entrance import enter
from scripts.visit import Platform
from tests.e2e.conftest import Visit

SKU, AMOUNT = "SKU编码", "每件佣金(元)"


@pytest.mark.timeout(600)
def test_faulty_rows_are_told_and_the_good_ones_load(
    platform: Platform, visit: Visit, tmp_path: Path
) -> None:
    page = visit().page()
    enter(page, platform, "ops")
    answer = page.request.get(f"{platform.base}/console/pool/imports/template/")
    assert answer.ok
    template = load_workbook(io.BytesIO(answer.body()), read_only=True).worksheets[0]
    head = [str(cell) for cell in next(template.iter_rows(values_only=True))]
    page.goto("/console/pool/goods/")
    row = page.locator("[data-test=pool-row]").first.inner_text()
    sku = next(word for word in row.split() if word[:2].isalpha() and word[2:].isdigit())
    sheet = tmp_path / "offers.csv"
    with sheet.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        for code in (sku, "NO-SUCH-SKU"):
            row_of = {SKU: code, AMOUNT: "3.00"}
            writer.writerow([row_of.get(column, "") for column in head])
    page.goto("/console/pool/imports/")
    page.set_input_files("input[type=file]", sheet)
    page.click("[data-test=import-check]")
    faults = page.locator("[data-test=import-fault]")
    expect(faults.first).to_be_visible(timeout=60_000)
    expect(faults.filter(has_text="NO-SUCH-SKU")).to_have_count(1)
    page.locator("[data-test=import-load-good]").first.click()
    page.locator("[data-test=load-good-confirm]").click()
    # By this request, or by a worker that was faster: then the page tells how far it is.
    loaded = page.locator("[data-test=import-state][data-state=loaded]")
    expect(loaded).to_be_visible(timeout=60_000)
    page.goto(f"/console/pool/goods/?q={sku}")
    expect(page.locator("[data-test=pool-row]").filter(has_text="¥3.00").first).to_be_visible()
