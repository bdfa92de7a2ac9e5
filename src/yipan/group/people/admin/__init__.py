"""The screens of the wing: of people, and of the organisations below them.

Screens are scoped by roles, which organisations know nothing of; so theirs stand here.
"""

from yipan.group.people.admin.organisations import OrganisationAdmin
from yipan.group.people.admin.people import PersonAdmin

__all__ = ["OrganisationAdmin", "PersonAdmin"]
