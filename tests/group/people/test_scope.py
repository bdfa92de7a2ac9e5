from __future__ import annotations

import pytest

from yipan.group.people.scope import Scope, outermost
from yipan.kernel.caller import ApiCaller
from yipan.kernel.errors import NotAllowed

DECLARED = ("orders.read", "orders.write", "pool.read", "pool.write", "withdrawals.approve")


def scope(*assignments: tuple[str, str]) -> Scope:
    return Scope.of_roles(1, assignments, DECLARED)


def test_a_right_holds_in_the_subtree_of_its_role_and_nowhere_else() -> None:
    mei = scope(("store_manager", "/1/5/9/"))
    assert mei.allows("orders.write", "/1/5/9/")
    assert mei.allows("orders.write", "/1/5/9/12/")
    for elsewhere in ("/1/5/", "/1/", "/1/5/8/", "/1/5/99/", "/2/5/9/"):
        assert not mei.allows("orders.write", elsewhere)
    assert not mei.allows("pool.write", "/1/5/9/")


def test_each_right_keeps_its_own_place() -> None:
    mei = scope(("approver", "/1/"), ("store_manager", "/1/5/9/"))
    assert mei.paths("withdrawals.approve") == ("/1/",)
    assert mei.paths("orders.write") == ("/1/5/9/",)
    assert mei.paths("orders.read") == ("/1/",)
    assert mei.allows_everywhere("withdrawals.approve")
    assert not mei.allows_everywhere("orders.write")


def test_a_right_asked_for_and_not_held_is_named() -> None:
    with pytest.raises(NotAllowed) as refused:
        scope(("guide", "/1/5/9/")).require("orders.read")
    assert refused.value.data == {"permission": "orders.read"}
    assert scope(("approver", "/1/5/")).require("orders.read") == ("/1/5/",)


def test_nobody_without_a_role_may_anything() -> None:
    nobody = scope()
    assert nobody.paths("orders.read") == ()
    assert not nobody.holds("orders.read")
    assert not nobody.opens_console


@pytest.mark.parametrize(
    ("role", "opens"), [("guide", False), ("employee", False), ("store_manager", True)]
)
def test_the_console_opens_for_the_back_office_only(role: str, opens: bool) -> None:
    assert scope((role, "/1/5/9/")).opens_console is opens


def test_a_program_has_its_permissions_over_the_subtree_of_its_organisation() -> None:
    caller = ApiCaller(1, 7, "till", frozenset({"orders.write"}), 5, "/1/5/")
    till = Scope.of_caller(caller)
    assert till.allows("orders.write", "/1/5/9/")
    assert not till.allows("orders.write", "/1/")
    assert not till.holds("orders.read")


def test_what_is_lacking_is_listed_by_name() -> None:
    mei = scope(("store_manager", "/1/5/"))
    assert mei.lacks(["pool.write", "orders.read", "pool.read"], "/1/5/9/") == ["pool.write"]
    assert mei.lacks(["orders.read"], "/1/") == ["orders.read"]


def test_subtrees_inside_others_are_left_out() -> None:
    assert outermost(["/1/5/9/", "/1/5/", "/1/55/", "/1/5/"]) == ("/1/5/", "/1/55/")
    assert outermost([]) == ()
