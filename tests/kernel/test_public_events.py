"""The events that programs outside may hear of."""

from __future__ import annotations

from typing import Any

from yipan.kernel.public_events import event_types


def test_public_events_are_known_by_name_with_what_they_mean() -> None:
    kinds = event_types()
    names = [kind.name for kind in kinds]
    assert names == sorted(set(names))
    assert {"order.captured", "order.paid"} <= set(names)
    assert all(kind.description for kind in kinds)
    assert {kind.module for kind in kinds if kind.name.startswith("order.")} == {"orders"}


def test_events_of_a_module_that_is_off_are_not_among_them(settings: Any) -> None:
    settings.YIPAN_MODULES_OFF = ["withdrawals"]
    assert not [kind for kind in event_types() if kind.module == "withdrawals"]
