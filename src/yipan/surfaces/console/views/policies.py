"""Rules and policies: in words, with their history, and new versions."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from yipan.group.organisations.models import Level
from yipan.group.organisations.queries import Node, tree
from yipan.kernel.errors import NotFound
from yipan.kernel.text import whole
from yipan.surfaces.console.organisation_tree import outermost
from yipan.surfaces.console.page import ConsoleRequest, console_page, console_view
from yipan.surfaces.console.policy_form import PolicyForm
from yipan.surfaces.console.policy_page import KINDS, cards_of, changes_of, in_force, kinds_for
from yipan.surfaces.design.once import sent_once

_READ: Final = "policies.read"


@console_view(_READ)
def policies(request: ConsoleRequest) -> HttpResponse:
    """The policies at one organisation (`organisation`; default: the outermost one reads)."""
    paths = request.scope.paths(_READ)
    asked = request.GET.get("organisation", "")
    chosen = whole(asked)
    node = _node(chosen, paths) if chosen is not None else outermost(tree(), paths)[0]
    return console_page(
        request,
        "console/policies.html",
        title=_("Policies"),
        node=node,
        level=Level(node.level).label,
        cards=cards_of(node, request.scope),
        organisations=_choices(paths, node),
    )


@console_view(_READ)
@sent_once(optional=True)
def new_version(request: ConsoleRequest, kind: str, organisation_id: int) -> HttpResponse:
    """The form for a new version, for those who may set the policy there."""
    found = KINDS.get(kind)
    if found is None or found not in kinds_for(request.scope):
        raise NotFound(kind="policy", ref=kind)
    node = _node(organisation_id, request.scope.paths(found.write))
    now = in_force(found, node)
    form = PolicyForm(request.POST or None, kind=found, data_now=now.data)
    home = f"{reverse('console-policies')}?organisation={node.id}"
    if request.method == "POST" and form.is_valid():
        within = next(p for p in request.scope.paths(found.write) if node.path.startswith(p))
        made = form.save(node.id, request.actor, within)
        if made is not None:
            messages.success(request, _("Version %d was set.") % made.version)
            return HttpResponseRedirect(home)
    return console_page(
        request,
        "console/policies/new.html",
        title=f"{found.name}: {_('new version')}",
        crumbs=[(_("Policies"), home)],
        status=422 if form.errors else 200,
        form=form,
        kind=found,
        node=node,
        home=home,
        now=found.words(now.data),
        differs=changes_of(found, {}, now.data),
    )


def _node(organisation_id: int, paths: tuple[str, ...]) -> Node:
    node = tree().by_id.get(organisation_id)
    if node is None or not paths or not node.path.startswith(paths):
        raise NotFound(kind="organisation", ref=organisation_id)
    return node


def _choices(paths: tuple[str, ...], node: Node) -> list[tuple[int, str]]:
    """The organisations to choose from: all but stores, and the one that is shown."""
    return [
        (each.id, "\u3000" * (len(each.lineage) - 1) + each.name)
        for each in tree().by_id.values()
        if each.path.startswith(paths) and (each.level != Level.STORE or each.id == node.id)
    ]
