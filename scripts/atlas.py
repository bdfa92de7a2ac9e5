"""Every page people see: where it is, who looks at it, and whether with a phone or at a desk.

Screenshots, the accessibility check and the benchmark of pages walk through this one list. A place
that shows one object is found from its list as a person finds it, by following a link.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Page


@dataclass(frozen=True, slots=True)
class Place:
    """One page."""

    name: str
    """Its name as a file, such as `workbench-earnings`."""
    path: str
    """Where one gets in; `{group}` is the group's code."""
    role: str
    """Whose sign-in of the demo; `consumer` is a member, `visitor` is nobody."""
    phone: bool
    follow: tuple[str, ...] = ()
    """Selectors of links to follow from there, each the first that is found."""
    click: str = ""
    """What is pressed before one looks, such as the button of a sheet."""

    def visit(self, page: Page, group: str) -> int:
        """Go there; the status of the last answer."""
        answer = page.goto(self.path.format(group=group), wait_until="load")
        for selector in self.follow:
            href = page.locator(selector).first.get_attribute("href", timeout=5_000)
            answer = page.goto(str(href), wait_until="load")
        if self.click:
            page.locator(self.click).first.click(timeout=5_000)
            page.wait_for_timeout(400)
        return answer.status if answer else 0


def _phone(name: str, path: str, role: str, *follow: str, click: str = "") -> Place:
    return Place(name, path, role, phone=True, follow=follow, click=click)


def _desk(name: str, path: str, role: str, *follow: str, click: str = "") -> Place:
    return Place(name, path, role, phone=False, follow=follow, click=click)


_ENTRY: Final = "[data-test=entry-why]"

PLACES: Final = (
    _phone("workbench-home", "/w/", "guide"),
    _phone("workbench-goods", "/w/goods/", "guide"),
    _phone("workbench-share", "/w/goods/", "guide", click="[data-test=share-open]"),
    _phone("workbench-counter", "/w/counter/", "guide"),
    _phone("workbench-earnings", "/w/earnings/", "guide"),
    _phone("workbench-why", "/w/earnings/", "guide", click=_ENTRY),
    _phone("workbench-statements", "/w/statements/", "guide"),
    _phone("workbench-customers", "/w/customers/", "guide"),
    _phone("workbench-withdraw", "/w/withdraw/", "guide"),
    _phone("workbench-withdrawal", "/w/withdraw/", "guide", "[data-test=withdrawal-row] a"),
    _phone("workbench-cards", "/w/cards/", "guide"),
    _phone("workbench-employee", "/w/", "employee"),
    _phone("workbench-partner", "/w/", "partner"),
    _phone("workbench-sign-in", "/w/sign-in/", "visitor"),
    _phone("mall-home", "/m/{group}/", "visitor"),
    _phone("mall-categories", "/m/{group}/categories/", "visitor"),
    _phone("mall-search", "/m/{group}/search/?q=茶", "visitor"),
    _phone("mall-product", "/m/{group}/", "visitor", "a[data-test=product-card]"),
    _phone("mall-sign-in", "/m/{group}/sign-in/", "visitor"),
    _phone("mall-basket", "/m/{group}/basket/", "consumer"),
    _phone("mall-orders", "/m/{group}/orders/", "consumer"),
    _phone("mall-order", "/m/{group}/orders/", "consumer", "[data-test=order-row] a"),
    _phone("mall-me", "/m/{group}/me/", "consumer"),
    _phone("mall-addresses", "/m/{group}/me/addresses/", "consumer"),
    _desk("demo", "/demo/", "visitor"),
    _desk("landing", "/", "visitor"),
    _desk("console-sign-in", "/console/login/", "visitor"),
    _desk("console-overview", "/console/", "admin"),
    _desk("console-organisations", "/console/organisations/", "admin"),
    _desk("console-people", "/console/people/", "admin"),
    _desk("console-person", "/console/people/", "admin", "[data-test=person]"),
    _desk("console-person-new", "/console/people/new/", "admin"),
    _desk("console-distributors", "/console/distributors/", "admin"),
    _desk("console-distributor", "/console/distributors/", "admin", "[data-test=distributor]"),
    _desk("console-distributor-new", "/console/distributors/new/", "admin"),
    _desk("console-goods", "/console/goods/", "admin"),
    _desk("console-product", "/console/goods/", "admin", "[data-test=goods-link]"),
    _desk("console-stock", "/console/stock/", "admin"),
    _desk("console-pool", "/console/pool/goods/", "admin"),
    _desk("console-rules", "/console/pool/rules/", "admin"),
    _desk("console-rule-new", "/console/pool/rules/new/", "admin"),
    _desk("console-imports", "/console/pool/imports/", "admin"),
    _desk("console-orders", "/console/orders/order/", "admin"),
    _desk("console-order", "/console/orders/order/", "admin", "[data-test=order-row] a"),
    _desk("console-parcels", "/console/fulfilment/fulfilment/", "admin"),
    _desk("console-refund-requests", "/console/orders/refundrequest/", "admin"),
    _desk("console-entries", "/console/commissions/entry/", "admin"),
    _desk("console-settlement", "/console/commissions/entrystate/", "admin"),
    _desk("console-withdrawals", "/console/withdrawals/withdrawal/", "admin"),
    _desk(
        "console-withdrawal",
        "/console/withdrawals/withdrawal/",
        "admin",
        "[data-test=withdrawal-row] td a",
    ),
    _desk("console-bank-files", "/console/withdrawals/bankfile/", "admin"),
    _desk("console-policies", "/console/policies/", "admin"),
    _desk("console-audit", "/console/audit/", "admin"),
    _desk("console-api-clients", "/console/openapi/apiclient/", "admin"),
    _desk("console-webhooks", "/console/webhooks/endpoint/", "admin"),
    _desk("console-work", "/console/work/", "admin"),
    _desk("console-design", "/console/design/", "admin"),
    _desk("console-operations", "/console/", "ops"),
    _desk("console-finance", "/console/", "finance"),
    _desk("console-auditor", "/console/", "auditor"),
    _desk("console-group", "/console/", "group"),
    _desk("console-approver", "/console/", "approver"),
    _desk("console-manager", "/console/", "manager"),
    _desk("console-company", "/console/", "company"),
)
