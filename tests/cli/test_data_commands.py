"""Demo, export, import and verification, on one small group."""

from __future__ import annotations

import csv
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pytest
from psycopg.conninfo import make_conninfo
from pyarrow import parquet

from tests.cli.conftest import run_statement
from tests.cli.harness import SECRET, Shell, shell
from tests.conftest import SERVER
from yipan.demo.plan import PASSWORD

SIZE = ("--days", "12", "--orders", "150", "--stores", "4", "--skus", "60")


@dataclass(frozen=True, slots=True)
class Traded:
    """A deployment with a demo in it."""

    here: Shell
    database: str

    def ask(self, statement: str) -> Any:
        """One value, as the owner sees it."""
        with psycopg.connect(self.database) as connection:
            row = connection.execute(statement).fetchone()
        return row[0] if row else None


@pytest.fixture(scope="module")
def traded(template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traded]:
    name = f"cli_{os.getpid()}_traded"
    run_statement("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    run_statement("CREATE DATABASE {} TEMPLATE {}", name, template_database)
    url = make_conninfo(SERVER, dbname=name)
    here = shell(tmp_path_factory.mktemp("traded"), DATABASE_URL=url, YIPAN_SECRET_KEY=SECRET)
    ran = here.yipan("demo", *SIZE)
    assert ran.code == 0, ran.err
    yield Traded(here, url)
    run_statement("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def test_the_demo_says_how_to_get_in_and_keeps_it_to_itself(traded: Traded) -> None:
    kept = Path(traded.here.environment["YIPAN_HOME"]) / "demo.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    told = json.loads(kept.read_text())
    assert told["password"] != PASSWORD  # not in demo mode
    assert told["api_key"].startswith("yk_demo_")
    assert {one["username"] for one in told["sign_ins"]} >= {"admin", "finance", "guide"}


def test_a_second_demo_of_the_same_code_is_refused(traded: Traded) -> None:
    ran = traded.here.yipan("demo", *SIZE)
    assert ran.code == 1
    assert "demo" in ran.err
    assert "Traceback" not in ran.err


def test_the_ledger_of_the_demo_is_whole(traded: Traded) -> None:
    ran = traded.here.yipan("ledger", "verify")
    assert (ran.code, ran.out) == (0, "")


def test_a_balance_that_was_changed_by_hand_is_found(traded: Traded) -> None:
    change = (
        "UPDATE ledger_balance SET amount = amount {} 1 "
        "WHERE id = (SELECT min(id) FROM ledger_balance)"
    )
    with psycopg.connect(traded.database) as owner:
        owner.execute(change.format("+"))
    try:
        ran = traded.here.yipan("ledger", "verify", "--tenant", "demo")
    finally:
        with psycopg.connect(traded.database) as owner:
            owner.execute(change.format("-"))
    assert ran.code == 1
    assert "the balance says" in ran.out
    assert "1 problems" in ran.err


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_orders_are_exported_line_by_line_to_the_fen(traded: Traded, tmp_path: Path) -> None:
    ran = traded.here.yipan("export", "orders", "--to", str(tmp_path / "orders.csv"))
    assert ran.code == 0, ran.err
    rows = rows_of(tmp_path / "orders.csv")
    assert len(rows) == traded.ask("SELECT count(*) FROM orders_orderline")
    net = sum(int(row["net_amount"]) for row in rows)
    assert net == traded.ask("SELECT sum(net_amount) FROM orders_orderline")
    assert rows[0]["placed_at"].endswith("Z")
    assert rows[0]["organisation_name"].endswith("店")


def test_two_spans_that_meet_are_the_whole(traded: Traded, tmp_path: Path) -> None:
    middle = traded.ask(
        "SELECT (percentile_disc(0.5) WITHIN GROUP (ORDER BY placed_at) "
        "AT TIME ZONE 'Asia/Shanghai')::date FROM orders_order"
    )
    before, after = tmp_path / "before.csv", tmp_path / "after.csv"
    following = f"{middle:%Y-%m-%d}"
    day_before = traded.ask(f"SELECT date '{following}' - 1")
    for path, words in (
        (before, ("--until", f"{day_before:%Y-%m-%d}")),
        (after, ("--since", following)),
    ):
        ran = traded.here.yipan("export", "orders", "--to", str(path), *words)
        assert ran.code == 0, ran.err
    counts = len(rows_of(before)), len(rows_of(after))
    assert min(counts) > 0
    assert sum(counts) == traded.ask("SELECT count(*) FROM orders_orderline")


def test_entries_are_exported_with_their_explanation(traded: Traded, tmp_path: Path) -> None:
    path = tmp_path / "entries.parquet"
    ran = traded.here.yipan("export", "entries", "--to", str(path))
    assert ran.code == 0, ran.err
    table = parquet.read_table(path)
    assert table.schema.field("paid_at").type == pa.timestamp("us", tz="UTC")
    assert table.num_rows == traded.ask("SELECT count(*) FROM commissions_entry")
    amounts: list[int] = table.column("amount").to_pylist()
    assert sum(amounts) == traded.ask("SELECT sum(amount) FROM commissions_entry")
    assert json.loads(table.column("explanation")[0].as_py())
    assert None not in table.column("distributor").to_pylist()


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_facts_are_exported_both_ways(traded: Traded, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"facts.{suffix}"
    ran = traded.here.yipan("export", "facts", "--to", str(path))
    assert ran.code == 0, ran.err
    count = len(rows_of(path)) if suffix == "csv" else parquet.read_table(path).num_rows
    assert count == traded.ask("SELECT count(*) FROM facts_fact")


def test_an_export_that_cannot_be_written_leaves_no_file(traded: Traded, tmp_path: Path) -> None:
    for name in ("orders.xls", "nowhere/orders.csv"):
        ran = traded.here.yipan("export", "orders", "--to", str(tmp_path / name))
        assert ran.code == 1
        assert "Traceback" not in ran.err
    assert list(tmp_path.iterdir()) == []


MAPPING = """
channel = "till"
completed = "at_payment"
amounts = "yuan"
[columns]
number = "单号"
placed_at = "时间"
sku = "商品"
quantity = "数量"
unit_price = "单价"
organisation = "门店"
buyer = "会员"
"""


def test_a_file_is_imported_and_every_row_accounted_for(traded: Traded, tmp_path: Path) -> None:
    sku = traded.ask("SELECT min(code) FROM catalogue_sku")
    store = traded.ask("SELECT min(code) FROM organisations_organisation WHERE level = 'store'")
    tmp_path.joinpath("map.toml").write_text(MAPPING)
    lines = [
        "单号,时间,商品,数量,单价,门店,会员",
        f"T1,2026-01-05 10:00,{sku},1,19.90,{store},M-1",
        f"T2,2026-01-05 11:00,nothing,1,5,{store},M-1",
        f"T3,2026-01-06 10:00,{sku},-1,19.90,{store},M-1",
    ]
    tmp_path.joinpath("till.csv").write_text("\n".join(lines))
    words = (
        "import",
        "orders",
        str(tmp_path / "till.csv"),
        "--mapping",
        str(tmp_path / "map.toml"),
    )
    ran = traded.here.yipan(*words, "--faults", str(tmp_path / "faults.csv"))
    assert ran.code == 0, ran.err
    assert counts_in(ran.out) == ["3", "1", "1", "0", "1"]
    (fault,) = rows_of(tmp_path / "faults.csv")
    assert (fault["row"], fault["field"]) == ("2", "sku")
    again = traded.here.yipan(*words)
    assert counts_in(again.out) == ["3", "0", "0", "2", "1"]


def counts_in(said: str) -> list[str]:
    """The numbers of the one row of the table."""
    row = next(line for line in said.splitlines() if "3" in line)
    return [cell.strip() for cell in row.replace("┃", "│").split("│") if cell.strip()]


def test_a_mapping_that_cannot_be_used_is_told_in_one_line(traded: Traded, tmp_path: Path) -> None:
    tmp_path.joinpath("map.toml").write_text('channel = "till"\ncolour = "red"\n')
    tmp_path.joinpath("till.csv").write_text("a,b\n1,2\n")
    ran = traded.here.yipan(
        "import", "orders", str(tmp_path / "till.csv"), "--mapping", str(tmp_path / "map.toml")
    )
    assert ran.code == 1
    assert "colour" in ran.err
    assert "Traceback" not in ran.err
