"""Distributors have a picture, or none."""

from __future__ import annotations

import pytest

from tests.distribution.distributors.builders import again, make_distributor
from tests.group.organisations.builders import make_tree
from yipan.distribution.distributors.actions import set_portraits
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.models import AuditEntry, Tenant


def test_portraits_are_given_together_and_told_to_the_auditors(tenant: Tenant) -> None:
    home = make_tree()["HQ"]
    first, second = make_distributor(home), make_distributor(home)
    assert first.portrait == ""
    set_portraits({first.id: "portraits/a.webp", second.id: "portraits/b.webp"}, by=SYSTEM)
    assert again(second).portrait == "portraits/b.webp"
    assert AuditEntry.objects.filter(action="distributors.set_portrait").count() == 2
    set_portraits({second.id: ""}, by=SYSTEM)
    assert again(second).portrait == ""


def test_portraits_are_taken_for_all_or_for_none(tenant: Tenant) -> None:
    one = make_distributor(make_tree()["HQ"])
    with pytest.raises(NotFound):
        set_portraits({one.id: "portraits/a.webp", 7: "portraits/b.webp"}, by=SYSTEM)
    with pytest.raises(InvalidField):
        set_portraits({one.id: "x" * 201}, by=SYSTEM)
    assert again(one).portrait == ""
