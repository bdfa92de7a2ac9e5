"""我的: who one is, what one sold and earned, where the money is."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yipan.distribution.commissions.queries import balances_of, sums_of
from yipan.kernel import clock
from yipan.kernel.modules import is_enabled
from yipan.kernel.zones import day_of
from yipan.payouts.withdrawals.statements import paid_out
from yipan.surfaces.workbench.entry import Seller, SellerRequest, signed_in
from yipan.surfaces.workbench.standing import standing_of
from yipan.surfaces.workbench.views.parts import show


@signed_in
@require_safe
def home(request: SellerRequest) -> HttpResponse:
    """The first page."""
    seller = request.seller
    context = {
        "title": _("Me"),
        "seller": seller,
        "standing": standing_of(seller),
        "has_customers": is_enabled("attribution"),
        **figures_of(seller),
    }
    return show(request, "workbench/home.html", context, tab="home")


@signed_in
@require_safe
def figures(request: SellerRequest) -> HttpResponse:
    """The numbers of the first page, fetched again when something happened.

    With `part=balances` as they stand over the entries, without the sums.
    """
    found = balances_and_paid if request.GET.get("part") == "balances" else figures_of
    return render(request, "workbench/figures.html", found(request.seller))


def figures_of(seller: Seller) -> dict[str, object]:
    """Sums and balances; three statements."""
    sums = sums_of(seller.distributor.id)
    return {"sums": sums, "today": day_of(clock.now()), **balances_and_paid(seller)}


def balances_and_paid(seller: Seller) -> dict[str, object]:
    """The four balances; two statements."""
    distributor_id = seller.distributor.id
    return {
        "balances": balances_of([distributor_id])[distributor_id],
        "paid": paid_out(distributor_id),
    }
