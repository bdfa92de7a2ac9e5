"""Where the console shows distributors."""

from __future__ import annotations

from django.contrib import admin

from yipan.distribution.distributors.models import Distributor
from yipan.group.people.screens import ElsewhereAdmin


@admin.register(Distributor)
class DistributorAdmin(ElsewhereAdmin):
    """Who may share and earn."""

    permission = "distributors"
    list_page = "console-distributors"
    row_page = "console-distributor"
