"""佣金规则: the list, one rule with its versions, and the editor with its live trial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yipan.distribution.pool import summary
from yipan.distribution.pool.actions import add_rule_version, create_rule
from yipan.distribution.pool.errors import (
    LaterVersionScheduled,
    RuleCodeTaken,
    VersionStartsInThePast,
)
from yipan.distribution.pool.models import CommissionRule, RuleVersion
from yipan.distribution.pool.queries import rule_books, rule_in_reach, rules_in_reach
from yipan.distribution.pool.queries.books import RuleBook, Version
from yipan.distribution.pool.queries.usage import offers_using, uses_of
from yipan.group.organisations.queries import tree
from yipan.kernel import clock
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.pagination import paginate
from yipan.kernel.text import whole
from yipan.surfaces.console.page import ConsoleRequest, console_page, console_view
from yipan.surfaces.console.views.pool_grid import READ, WRITE, moment_given
from yipan.surfaces.console.views.pool_query import home_of, organisation_choices
from yipan.surfaces.console.views.pool_rule_form import (
    RuleDraft,
    draft_of_form,
    draft_of_terms,
    empty_draft,
)
from yipan.surfaces.console.views.pool_trial import TrialForm, kinds, suggestions, try_out
from yipan.surfaces.design.once import sent_once

PER_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class ListedRule:
    """A rule as the list shows it."""

    rule: CommissionRule
    words: str
    offers: int
    next: Version | None
    """Scheduled, if any."""


@dataclass(frozen=True, slots=True)
class ListedVersion:
    """A version with what it says differently from the one before."""

    row: RuleVersion
    state: str
    tone: str
    who: str
    changes: list[summary.Difference]


@require_GET
@console_view(READ)
def rules(request: ConsoleRequest) -> HttpResponse:
    """The rules in the reader's reach."""
    paths = request.scope.paths(READ)
    text = request.GET.get("q", "").strip()[:80]
    kind = "files" if request.GET.get("kind") == "files" else ""
    found = rules_in_reach(paths, text=text, bare=bool(kind))
    cursor = request.GET.get("cursor") or None
    page = paginate(found, cursor=cursor, limit=PER_PAGE, order=("-created_at", "-id"))
    ids = [rule.id for rule in page.items]
    books, used, now = rule_books(ids), offers_using(ids), clock.now()
    listed = []
    for rule in page.items:
        book = books[rule.id]
        version = book.at(now) or book.versions[-1]
        later = [each for each in book.from_on(now) if each.valid_from > now]
        words = summary.in_short(version.compiled.terms)
        listed.append(ListedRule(rule, words, used.get(rule.id, 0), later[-1] if later else None))
    return console_page(
        request,
        "console/pool/rules.html",
        title=_("Commission rules"),
        crumbs=_crumbs(),
        rules=listed,
        next_cursor=page.next_cursor,
        first_page=not cursor,
        text=text,
        kind=kind,
        kinds=[("", _("Rules")), ("files", _("Amounts from files"))],
        may_write=request.scope.holds(WRITE),
    )


@require_GET
@console_view(READ)
def rule(request: ConsoleRequest, rule_id: int) -> HttpResponse:
    """One rule: what it says now, its versions, where it is used."""
    paths = request.scope.paths(READ)
    found = rule_in_reach(rule_id, paths)
    book = rule_books([rule_id])[rule_id]
    now = clock.now()
    version = book.at(now) or book.versions[0]
    terms = version.compiled.terms
    return console_page(
        request,
        "console/pool/rule.html",
        title=found.name,
        crumbs=[*_crumbs(), (_("Commission rules"), reverse("console-pool-rules"))],
        rule=found,
        short=summary.in_short(terms),
        said=summary.said(terms),
        ladder=summary.ladder(terms) if len(terms.tiers) > 1 else [],
        versions=_versions(book),
        uses=uses_of(rule_id, paths),
        may_write=_may_write(request, found),
        may_copy=request.scope.holds(WRITE),
        tried=try_out(terms, TrialForm(), tree().node(found.organisation_id)),
    )


@require_http_methods(["GET", "POST"])
@console_view(WRITE)
@sent_once(optional=True)
def new_rule(request: ConsoleRequest) -> HttpResponse:
    """The editor for a new rule, empty or as a copy of another one."""
    home = home_of(request.scope.paths(WRITE))
    given = request.POST
    named = {
        "code": given.get("code", ""),
        "name": given.get("name", ""),
        "organisation": given.get("organisation", str(home.id)),
    }
    if request.method == "POST":
        draft = draft_of_form(given)
        faults = _create(request, draft, named)
        if isinstance(faults, HttpResponse):
            return faults
        return _editor(request, draft, named=named, faults=faults, status=422)
    draft = empty_draft()
    copied = whole(request.GET.get("copy", ""))
    if copied is not None:
        source = rule_in_reach(copied, request.scope.paths(READ))
        draft = draft_of_terms(_terms_now(rule_books([source.id])[source.id]))
        named |= {"name": _("{name} (copy)").format(name=source.name)}
    return _editor(request, draft, named=named)


@require_http_methods(["GET", "POST"])
@console_view(WRITE)
@sent_once(optional=True)
def new_version(request: ConsoleRequest, rule_id: int) -> HttpResponse:
    """The editor for other terms of a rule, from a moment on."""
    found = rule_in_reach(rule_id, request.scope.paths(READ))
    if not _may_write(request, found):
        raise NotFound(kind="rule", ref=rule_id)
    book = rule_books([rule_id])[rule_id]
    if request.method != "POST":
        return _editor(request, draft_of_terms(_terms_now(book)), rule=found, book=book)
    draft = draft_of_form(request.POST)
    faults = _add_version(request, draft, found)
    if isinstance(faults, HttpResponse):
        return faults
    return _editor(request, draft, rule=found, book=book, faults=faults, status=422)


@require_POST
@console_view(READ)
def rule_fields(request: ConsoleRequest) -> HttpResponse:
    """The fields again, for another kind or measure, with a tier more or less."""
    context = _fields(draft_of_form(request.POST))
    answer = render(request, "console/pool/rule_fields.html", context)
    answer["HX-Trigger-After-Swap"] = "tiers-changed"  # the trial follows
    return answer


@require_POST
@console_view(READ)
def rule_trial(request: ConsoleRequest) -> HttpResponse:
    """What a sale would earn by the terms in the form, and what is wrong with them."""
    draft = draft_of_form(request.POST)
    node = _place(request)
    tried = try_out(draft.terms, TrialForm.of(request.POST), node)
    context = {"tried": tried, "draft": draft, "out_of_band": True, "price_kinds": kinds()}
    return render(request, "console/pool/trial_result.html", context)


@require_GET
@console_view(READ)
def trial_skus(request: ConsoleRequest) -> HttpResponse:
    """SKUs that a typed text may mean, as choices."""
    found = suggestions(request.GET.get("trial-sku", ""))
    return render(request, "console/pool/trial_skus.html", {"skus": found})


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Distribution pool"), reverse("console-pool"))]


def _may_write(request: ConsoleRequest, found: CommissionRule) -> bool:
    if found.bare_terms:
        return False
    return request.scope.allows(WRITE, tree().node(found.organisation_id).path)


def _terms_now(book: RuleBook) -> Any:
    """What the rule says last: the terms that an editor starts from."""
    return book.versions[0].compiled.terms


def _place(request: ConsoleRequest) -> Any:
    """Whose prices the trial takes."""
    given = request.POST.get("organisation", "")
    node = tree().by_id.get(whole(given) or 0)
    paths = request.scope.paths(READ)
    if node is None or not node.path.startswith(paths):
        return home_of(paths)
    return node


def _versions(book: RuleBook) -> list[ListedVersion]:
    """The versions, last one written first. One statement."""
    rows = list(RuleVersion.objects.filter(rule_id=book.rule_id).order_by("-version"))
    now = clock.now()
    in_force = book.at(now)
    listed = []
    for place, (row, version) in enumerate(zip(rows, book.versions, strict=True)):
        earlier = book.versions[place + 1] if place + 1 < len(book.versions) else None
        state, tone = _state_of(version, in_force, now)
        who = row.created_by.split(":", 2)[-1]
        changes = (
            summary.differences(earlier.compiled.terms, version.compiled.terms) if earlier else []
        )
        listed.append(ListedVersion(row, state, tone, who, changes))
    return listed


def _state_of(version: Version, in_force: Version | None, now: Any) -> tuple[str, str]:
    if in_force is not None and version.id == in_force.id:
        return pgettext("rule version", "In force"), "good"
    if version.is_replaced:
        return _("Replaced before it started"), "neutral"
    if version.valid_from > now:
        return pgettext("rule version", "Scheduled"), "info"
    return pgettext("rule version", "Over"), "neutral"


def _fields(draft: RuleDraft) -> dict[str, Any]:
    return {
        "draft": draft,
        "modes": [(each.value, words) for each, words in summary.MODES.items()],
        "measures": [(each.value, words) for each, words in summary.MEASURES.items()],
        "methods": [(each.value, words) for each, words in summary.METHODS.items()],
    }


def _editor(
    request: ConsoleRequest,
    draft: RuleDraft,
    *,
    named: dict[str, str] | None = None,
    rule: CommissionRule | None = None,
    book: RuleBook | None = None,
    faults: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    given = request.POST
    organisation_id = rule.organisation_id if rule else whole((named or {})["organisation"]) or 0
    node = tree().by_id.get(organisation_id) or home_of(request.scope.paths(WRITE))
    now = clock.now()
    scheduled = [each for each in book.from_on(now) if each.valid_from > now] if book else []
    crumbs = [*_crumbs(), (_("Commission rules"), reverse("console-pool-rules"))]
    if rule:
        crumbs.append((rule.name, reverse("console-pool-rule", args=(rule.id,))))
    return console_page(
        request,
        "console/pool/rule_editor.html",
        title=_("New version") if rule else _("New rule"),
        crumbs=crumbs,
        status=status,
        rule=rule,
        named=named,
        faults=faults or {},
        starts=given.get("starts", ""),
        ends=given.get("ends", ""),
        reason=given.get("reason", ""),
        scheduled=scheduled[-1] if scheduled else None,
        organisations=organisation_choices(request.scope.paths(WRITE)),
        node=node,
        used=offers_using([rule.id]).get(rule.id, 0) if rule else 0,
        tried=try_out(draft.terms, TrialForm.of(given), node),
        price_kinds=kinds(),
        **_fields(draft),
    )


def _create(
    request: ConsoleRequest, draft: RuleDraft, named: dict[str, str]
) -> HttpResponse | dict[str, str]:
    """Make the rule; the faults by field where it cannot be made."""
    if draft.terms is None:
        return {}
    place = named["organisation"]
    try:
        made = create_rule(
            organisation_id=whole(place) or 0,
            code=named["code"].strip(),
            name=named["name"],
            terms=draft.terms,
            by=request.actor,
            valid_from=moment_given(request.POST.get("starts", ""), is_end=False),
            reason=request.POST.get("reason", ""),
            within=request.scope.paths(WRITE),
        )
    except RuleCodeTaken as error:
        return {"code": str(error)}
    except InvalidField as error:
        return {str(error.data["field"]): str(error.data["reason"])}
    messages.success(request, _("The rule {name} is made.").format(name=made.name))
    return HttpResponseRedirect(reverse("console-pool-rule", args=(made.id,)))


def _add_version(
    request: ConsoleRequest, draft: RuleDraft, found: CommissionRule
) -> HttpResponse | dict[str, str]:
    """Write the version; the faults by field where it cannot be written."""
    if draft.terms is None:
        return {}
    given = request.POST
    if not given.get("reason", "").strip():
        return {"reason": _("Say why: the reason is kept in the audit trail.")}
    try:
        made = add_rule_version(
            rule_id=found.id,
            terms=draft.terms,
            by=request.actor,
            valid_from=moment_given(given.get("starts", ""), is_end=False),
            valid_until=moment_given(given.get("ends", ""), is_end=True),
            reason=given.get("reason", ""),
            replace_scheduled="replace_scheduled" in given,
            within=request.scope.paths(WRITE),
        )
    except (VersionStartsInThePast, LaterVersionScheduled) as error:
        return {"starts": str(error)}
    except InvalidField as error:
        return {str(error.data["field"]): str(error.data["reason"])}
    messages.success(request, _("Version {version} is written.").format(version=made.version))
    return HttpResponseRedirect(reverse("console-pool-rule", args=(found.id,)))
