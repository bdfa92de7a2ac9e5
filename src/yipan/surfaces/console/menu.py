"""The sidebar: what the cards of the enabled modules name, as far as the reader may see it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from yipan.group.people.screens import scope_of_request
from yipan.kernel.modules import MenuEntry, enabled_modules
from yipan.kernel.sections import SECTIONS


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Sections in their fixed order, each with the entries in the order of modules and cards."""
    entries = [entry for module in enabled_modules() for entry in module.menu]
    groups: list[dict[str, Any]] = [
        {
            "title": "",
            "items": [
                _item(_("Overview"), reverse("admin:index"), "chart-line"),
                _item(_("Tasks"), reverse("console-work"), "circle-check"),
            ],
        }
    ]
    for section in SECTIONS:
        items = [
            _item(str(entry.title), _address(entry), entry.icon)
            for entry in entries
            if str(entry.section) == str(section) and _may_see(entry, request)
        ]
        if items:
            groups.append({"title": str(section), "items": items})
    return groups


def _item(title: str, link: str, icon: str) -> dict[str, Any]:
    return {"title": title, "link": link, "icon": icon}


def _may_see(entry: MenuEntry, request: HttpRequest) -> bool:
    if entry.url_name:
        return not entry.permission or scope_of_request(request).holds(entry.permission)
    model = apps.get_model(entry.model)
    if not admin.site.is_registered(model):
        return False
    return admin.site.get_model_admin(model).has_view_permission(request)


def _address(entry: MenuEntry) -> str:
    if entry.url_name:
        return reverse(entry.url_name)
    return reverse(f"admin:{entry.model.replace('.', '_').lower()}_changelist")
