"""Faults as a csv file that a spreadsheet opens without running anything in it."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO
from typing import Final

from django.utils.translation import gettext as _

from yipan.distribution.pool.faults import Fault

_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def faults_csv(faults: Iterable[Fault]) -> bytes:
    """Row, column, value and reason of every fault; UTF-8 with a mark, so that Excel knows it."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([_("row"), _("column"), _("value"), _("reason")])
    for fault in faults:
        value = str(fault.data.get("value", ""))
        writer.writerow([fault.number, fault.field, harmless(value), harmless(fault.reason)])
    return b"\xef\xbb\xbf" + text.getvalue().encode()
