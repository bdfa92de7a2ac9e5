"""Where the console shows organisations and people."""

from __future__ import annotations

from django.contrib import admin

from yipan.group.organisations.models import Organisation
from yipan.group.people.models import Person
from yipan.group.people.screens import ElsewhereAdmin


@admin.register(Organisation)
class OrganisationAdmin(ElsewhereAdmin):
    """The tree."""

    permission = "organisations"
    list_page = "console-organisations"
    row_page = "console-organisation"


@admin.register(Person)
class PersonAdmin(ElsewhereAdmin):
    """Everybody with a role in the reader's subtrees."""

    permission = "people"
    list_page = "console-people"
    row_page = "console-person"
