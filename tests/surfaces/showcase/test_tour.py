"""The tour lets anybody be anybody of the demo, and ticks what really happened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.distribution.attribution.builders import make_distributor, open_link
from tests.goods.catalogue.builders import make_sku
from tests.group.organisations.builders import GroupTree, make_tree
from tests.group.people.builders import make_person
from yipan.config import urls
from yipan.customers.members.actions import create_member
from yipan.customers.members.models import Member
from yipan.distribution.commissions.models import Entry, EntryState
from yipan.distribution.distributors.models import Distributor
from yipan.kernel import audit, clock, text_messages
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import AuditEntry, Tenant
from yipan.kernel.uow import unit_of_work
from yipan.payouts.settlement.actions import release_due
from yipan.surfaces.showcase import urls as showcase_urls
from yipan.surfaces.showcase.accounts import CONSUMER_PHONE
from yipan.surfaces.showcase.actions import let_time_pass
from yipan.trade.orders.models import Order, OrderLine

TOUR = "/demo/"


class Everything:
    """The site with the tour, as in demo mode."""

    urlpatterns = [*urls.urlpatterns, *showcase_urls.urlpatterns]


@pytest.fixture(autouse=True)
def _demo(settings: Any, tmp_path: Any) -> None:
    settings.ROOT_URLCONF = Everything
    settings.LANGUAGE_CODE = "en"
    settings.YIPAN_DEMO = True
    settings.YIPAN_SMS_URL = ""
    settings.HOME = tmp_path
    settings.YIPAN_MODULES_OFF = []


@pytest.fixture
def tree(tenant: Tenant) -> GroupTree:
    return make_tree()


@pytest.fixture
def guide(tree: GroupTree) -> Distributor:
    make_person("ops", tree["HQ"], "operations", name="Olga")
    person = make_person("guide", tree["R1-A"], "guide", name="Gina", phone="13800001009")
    return make_distributor(tree["R1-A"], "GINA", person=person)


@pytest.fixture
def consumer(tree: GroupTree) -> Member:
    return create_member(
        name="Carl", phone=CONSUMER_PHONE, organisation_id=tree["R1-A"].id, by=SYSTEM
    )


def ticks(page: Any) -> dict[str, bool]:
    """Which step is ticked."""
    parts = page.content.decode().split('data-test="step-')[1:]
    return {part.split('"')[0]: 'data-done="yes"' in part[:200] for part in parts}


def test_outside_of_demo_mode_there_is_nothing(
    client: Client, guide: Distributor, settings: Any
) -> None:
    settings.YIPAN_DEMO = False
    for address in (TOUR, "/demo/steps/", "/demo/inbox/", "/demo/inbox/messages/"):
        assert client.get(address).status_code == 404, address
    for address in ("/demo/as/ops/", "/demo/wait/", "/demo/restart/"):
        assert client.post(address).status_code == 404, address


def test_one_click_is_a_form_with_its_key_and_not_a_link(guide: Distributor) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.get("/demo/as/ops/").status_code == 405
    assert strict.post("/demo/as/ops/").status_code == 403


def test_one_click_and_one_is_somebody_where_they_work(
    client: Client, guide: Distributor, consumer: Member, tenant: Tenant
) -> None:
    page = client.get(TOUR).content.decode()
    for name in ("Olga", "Gina", "Carl"):
        assert name in page
    assert "finance" not in page.split("Be somebody")[1]  # nobody plays it here
    assert client.post("/demo/as/ops/")["Location"] == "/console/"
    assert client.get("/console/").status_code == 200
    assert client.post("/demo/as/guide/", {"next": "/w/goods/"})["Location"] == "/w/goods/"
    assert client.session["tenant"] == tenant.id
    assert client.post("/demo/as/consumer/")["Location"] == f"/m/{tenant.code}/"
    assert client.session["tenant"] == tenant.id  # still the guide, too
    assert f"yipan_member_{tenant.code}" in client.cookies
    assert client.post("/demo/as/nobody/").status_code == 404
    assert client.post("/demo/as/finance/").status_code == 404


def test_the_form_key_of_the_tour_outlives_a_sign_in(guide: Distributor) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.get(TOUR)
    key = strict.cookies["csrftoken"].value
    for _ in range(2):
        answer = strict.post("/demo/as/guide/", {"csrfmiddlewaretoken": key})
        assert answer.status_code == 302


def test_it_leads_to_our_own_pages_only(client: Client, guide: Distributor) -> None:
    for elsewhere in ("https://evil.example/", "//evil.example"):
        assert client.post("/demo/as/guide/", {"next": elsewhere})["Location"] == "/w/"


def test_steps_are_ticked_by_what_really_happened_since_the_tour_began(
    client: Client, guide: Distributor, consumer: Member
) -> None:
    open_link(guide, at=clock.now() - timedelta(hours=1))
    assert not any(ticks(client.get(TOUR)).values())
    open_link(guide, at=clock.now())
    with unit_of_work():
        audit.record(action="pool.put_on", subject_type="offer", subject_id=1, by=SYSTEM)
    now = ticks(client.get("/demo/steps/"))
    # Who opened a link was given one: the same wish gives the link that was there.
    assert [key for key, done in now.items() if done] == ["pool", "share", "open"]
    assert list(now) == [
        "pool", "share", "open", "buy", "credit", "receive", "release", "withdraw", "approve",
        "paid",
    ]  # fmt: skip
    seen = client.get("/demo/steps/").context["seen"]
    assert client.get(f"/demo/steps/?seen={seen}").status_code == 204  # nothing to draw anew
    client.post("/demo/restart/")
    assert client.get(f"/demo/steps/?seen={seen}").status_code == 200
    assert not any(ticks(client.get("/demo/steps/")).values())


def sale(guide: Distributor, consumer: Member, *, completed: bool) -> EntryState:
    """A paid line of the consumer that earned the guide 10 yuan, due in a week."""
    now = clock.now()
    order = Order.objects.create(
        channel="mall", number=f"T{Order.objects.count()}", state="paid", member_id=consumer.id,
        organisation_id=guide.organisation_id, goods_amount=1000, net_amount=1000, placed_at=now,
        paid_at=now, recorded_at=now, recorded_by="test",
    )  # fmt: skip
    line = OrderLine.objects.create(
        order=order, line_no=1, sku=make_sku(f"T{order.id}"), quantity=1, unit_price=1000,
        price_kind="list", net_amount=1000, completed_at=now if completed else None,
    )  # fmt: skip
    entry = Entry.objects.create(
        kind="accrual", line_id=line.id, order_id=order.id, role="seller", sequence=0,
        distributor_id=guide.id, organisation_id=guide.organisation_id,
        company_id=guide.organisation_id, sku_id=1, offer_id=1, rule_version_id=1, amount=0,
        currency="CNY", paid_at=now, recorded_at=now, explanation={},
    )  # fmt: skip
    state: EntryState = EntryState.objects.create(
        id=entry.id, line_id=line.id, distributor_id=guide.id, currency="CNY", remaining=0,
        organisation_id=guide.organisation_id, due_at=now + timedelta(days=7), hold_days=7,
    )  # fmt: skip
    return state


def test_the_holding_time_passes_for_the_tours_order_and_for_no_other(
    guide: Distributor, consumer: Member
) -> None:
    since = clock.now() - timedelta(minutes=1)
    mine = sale(guide, consumer, completed=True)
    unfinished = sale(guide, consumer, completed=False)
    stranger = create_member(name="X", by=SYSTEM)
    others = sale(guide, stranger, completed=True)
    assert let_time_pass(buyer_id=consumer.id, since=since) == 1
    for state, is_due in ((mine, True), (unfinished, False), (others, False)):
        state.refresh_from_db()
        assert state.due_at is not None
        assert (state.due_at <= clock.now()) is is_due
    line = OrderLine.objects.get(id=mine.line_id)
    assert line.completed_at is not None
    assert line.completed_at > since  # when it was really completed stays as it was
    assert AuditEntry.objects.filter(action="showcase.let_time_pass").count() == 1
    batch = release_due()
    assert batch is not None
    assert batch.entries == 1


def test_the_button_says_what_it_did(client: Client, guide: Distributor, consumer: Member) -> None:
    client.get(TOUR)
    assert "Nothing waits" in client.post("/demo/wait/")["HX-Trigger"]
    sale(guide, consumer, completed=True)
    assert "1 line is due now" in client.post("/demo/wait/")["HX-Trigger"]


def test_the_inbox_shows_the_newest_code_first(client: Client, guide: Distributor) -> None:
    assert b"No message yet" in client.get("/demo/inbox/").content
    text_messages.send(phone="+8613800001009", text="x", code="111111", purpose="p")
    text_messages.send(phone="+8613800001010", text="x", code="222222", purpose="p")
    page = client.get("/demo/inbox/messages/").content.decode()
    assert page.index("222222") < page.index("111111")
    assert 'data-phone="+8613800001009"' in page
    assert "+86 138 0000 1009" in page


def test_the_front_page_leads_to_the_tour(client: Client, guide: Distributor) -> None:
    assert b'href="/demo/"' in client.get("/").content


def test_the_tour_costs_few_statements(
    client: Client, guide: Distributor, consumer: Member, django_assert_max_num_queries: Any
) -> None:
    client.get(TOUR)
    with django_assert_max_num_queries(10):
        client.get(TOUR)
    with django_assert_max_num_queries(10):
        client.get("/demo/steps/")
