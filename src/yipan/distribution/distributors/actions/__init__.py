"""Changes of distributors, one file per verb or noun."""

from yipan.distribution.distributors.actions.details import (
    change_grade,
    change_kind,
    link_member,
    link_person,
    move_home,
    rename_distributor,
    set_qualification,
)
from yipan.distribution.distributors.actions.grants import grant, revoke_grant
from yipan.distribution.distributors.actions.portraits import set_portraits
from yipan.distribution.distributors.actions.register import (
    Registration,
    register_distributor,
    register_distributors,
)
from yipan.distribution.distributors.actions.standing import leave, reactivate, suspend
from yipan.distribution.distributors.actions.uplines import set_upline

__all__ = [
    "Registration",
    "change_grade",
    "change_kind",
    "grant",
    "leave",
    "link_member",
    "link_person",
    "move_home",
    "reactivate",
    "register_distributor",
    "register_distributors",
    "rename_distributor",
    "revoke_grant",
    "set_portraits",
    "set_qualification",
    "set_upline",
    "suspend",
]
