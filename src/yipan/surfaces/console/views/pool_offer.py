"""One SKU in one organisation: whether it earns there and why, and what was said before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from yipan.distribution.pool import summary
from yipan.distribution.pool.models import PastOffer
from yipan.distribution.pool.offering import OfferState
from yipan.distribution.pool.queries import Reasons, Verdict, rule_books, why_not_in_pool
from yipan.distribution.pool.queries.grid import GridRow, grid_row, pair_of
from yipan.group.organisations.queries import tree
from yipan.kernel import clock
from yipan.kernel.models import AuditEntry
from yipan.surfaces.console.page import ConsoleRequest, console_page, console_view
from yipan.surfaces.console.views.pool_bulk import state_words
from yipan.surfaces.console.views.pool_grid import READ, WRITE, shown

LATEST: Final = 50
VERDICTS: Final[dict[Verdict, tuple[str | Promise, str]]] = {
    Verdict.IN_POOL: (gettext_lazy("Earns by this offer"), "good"),
    Verdict.NO_OFFER: (gettext_lazy("No offer here or above"), "neutral"),
    Verdict.SWITCHED_OFF: (gettext_lazy("Switched off: does not earn"), "warn"),
    Verdict.NOT_STARTED: (gettext_lazy("Has not started: the next one up decides"), "info"),
    Verdict.ENDED: (gettext_lazy("Is over: the next one up decides"), "neutral"),
    Verdict.NO_TERMS: (gettext_lazy("The rule has no terms in force"), "bad"),
    Verdict.OVERRULED: (gettext_lazy("A nearer offer decides"), "neutral"),
}


@dataclass(frozen=True, slots=True)
class Link:
    """One offer on the way up."""

    organisation: str
    rule: str
    rule_id: int
    words: str
    tone: str


@dataclass(frozen=True, slots=True)
class Past:
    """What the row said until a moment, and who changed it."""

    until: object
    words: str
    who: str
    reason: str


@require_GET
@console_view(READ)
def offer(request: ConsoleRequest, key: str) -> HttpResponse:
    """The page of one row."""
    row = grid_row(pair_of(key), request.scope.paths(READ))
    reasons = why_not_in_pool(sku_id=row.sku.id, organisation_id=row.node.id, at=clock.now())
    words, tone = _verdict(reasons)
    return console_page(
        request,
        "console/pool/offer.html",
        title=row.sku.name,
        crumbs=[(_("Distribution pool"), reverse("console-pool"))],
        each=shown(row, request.scope.paths(WRITE)),
        row=row,
        verdict=words,
        tone=tone,
        reasons=reasons,
        chain=[
            Link(
                tree().node(each.organisation_id).name,
                each.rule_code,
                each.rule_id,
                *_words(each.verdict),
            )
            for each in reasons.offers
        ],
        past=_past(row),
        said=summary.said(row.terms) if row.terms else [],
    )


def _words(verdict: Verdict) -> tuple[str, str]:
    words, tone = VERDICTS[verdict]
    return str(words), tone


def _verdict(reasons: Reasons) -> tuple[str, str]:
    """What comes of it when the organisation sells now."""
    if not reasons.distribution_effective:
        return _("Distribution is switched off for this organisation or above it."), "warn"
    if not reasons.on_sale:
        return _("The SKU is not on sale."), "warn"
    if reasons.verdict is Verdict.IN_POOL:
        return _("A sale here earns commission now."), "good"
    return _("A sale here earns nothing now."), "warn"


def _past(row: GridRow) -> list[Past]:
    """What the row said before, latest first. Three statements."""
    if row.offer is None:
        return []
    found = list(PastOffer.objects.filter(offer_id=row.offer.id).order_by("-until", "-id")[:LATEST])
    audited = AuditEntry.objects.filter(subject_type="offer", subject_id=row.offer.id)
    entries = sorted(audited.order_by("-at")[: LATEST + 1], key=lambda entry: entry.at)
    books = rule_books({each.rule_id for each in found})
    codes = {rule_id: book.code for rule_id, book in books.items()}
    listed = []
    for each in found:
        state = OfferState(each.rule_id, each.is_on, each.valid_from, each.valid_until)
        # Written in the same transaction, a moment later.
        entry = next((one for one in entries if one.at >= each.until), None)
        who = entry.actor.split(":", 2)[-1] if entry else ""
        reason = entry.reason if entry else ""
        listed.append(Past(each.until, state_words(state, codes), who, reason))
    return listed
