"""What waits for somebody on the last day: shelves that run out, a file of offers with faults."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import Final

from django.utils import translation

from yipan.demo.goods import room_code
from yipan.demo.trade import Market
from yipan.distribution.pool.actions.uploads import hand_in
from yipan.distribution.pool.sheets.workbooks import names
from yipan.goods.stock.actions import StockRow, set_stock
from yipan.group.people.models import Role
from yipan.kernel import long_work
from yipan.kernel.actor import SYSTEM

_RUNNING_OUT: Final = (0, 1, 2, 1, 3, 0, 2)
"""Units left of goods that sell well, from the fifth on: the first ones are for the tour."""
_FIRST: Final = 4
_GOOD_ROWS: Final = 14
_FILE: Final = "双十二上架清单.csv"


def run_out(market: Market) -> None:
    """Leave the first store with little of some of what it sells."""
    store = market.group.stores[0]
    wares = sorted(market.ranges[store.industry.code].wares, key=lambda ware: -ware.weight)
    some = wares[_FIRST : _FIRST + len(_RUNNING_OUT)]
    rows = [
        StockRow(room_code(store), ware.code, units)
        for ware, units in zip(some, _RUNNING_OUT, strict=False)
    ]
    faults = set_stock(rows=rows, by=SYSTEM)
    if faults:
        raise faults[0].error


def hand_in_offers(market: Market) -> None:
    """Leave a file that was looked at and waits for a decision; some of its rows have faults."""
    by = market.group.staff[Role.OPERATIONS]
    head = market.group.headquarters
    upload = hand_in(file=BytesIO(_offers(market)), file_name=_FILE, organisation_id=head.id, by=by)
    if upload.work_id is not None:
        long_work.do(upload.work_id)


def _offers(market: Market) -> bytes:
    wares = [ware for range_ in market.ranges.values() for ware in range_.wares]
    chosen = market.dice.sample(wares, min(_GOOD_ROWS, len(wares)))
    good = [(ware.code, "", "", "", "8", "2030-12-01", "2030-12-12", "上架") for ware in chosen]
    code = chosen[0].code
    bad = [
        ("FS999901", "", "", "", "8", "2030-12-01", "2030-12-12", "上架"),
        (chosen[1].code, "NOWHERE", "", "", "8", "2030-12-01", "2030-12-12", "上架"),
        (chosen[2].code, "FS", "", "", "150", "2030-12-01", "2030-12-12", "上架"),
        (chosen[3].code, "FS", "", "", "8", "2030-12-12", "2030-12-01", "上架"),
        (code, "", "", "", "6", "2030-12-01", "2030-12-12", "上架"),
    ]
    out = StringIO()
    with translation.override("zh-hans"):
        written = csv.writer(out)
        written.writerow(names().values())
        written.writerows([*good[:6], *bad[:3], *good[6:], *bad[3:]])
    return out.getvalue().encode("utf-8-sig")
