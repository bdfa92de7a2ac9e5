"""Screens that say no more than their columns, filters and fields, drawn by templates of ours."""

from __future__ import annotations

from django.contrib.admin.models import LogEntry

from tests.goods.catalogue.builders import make_category, make_sku
from tests.group.organisations.builders import GroupTree
from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from yipan.goods.catalogue.models import Category, Sku
from yipan.group.people.models import Role


def text(console: Console, screen: str) -> str:
    answer = console.get(screen)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_list_shows_its_columns_amounts_on_the_right_and_leads_to_its_rows(boss: Console) -> None:
    sku = make_sku("S1", price=12_850)
    Sku.objects.filter(pk=sku.pk).update(list_price=12_850)
    page = text(boss, "catalogue/sku/")
    assert 'class="desk"' in page
    assert "changelist-form" not in page  # of the framework's own page
    assert '<td class="is-end is-nowrap">¥128.50</td>' in page
    assert f'href="/console/catalogue/sku/{sku.pk}/change/"' in page
    assert '<span class="c-badge is-good">Yes</span>' in page


def test_filters_order_and_search_stay_in_the_address(boss: Console) -> None:
    for code in ("S1", "S2"):
        make_sku(code)
    Sku.objects.filter(code="S2").update(on_sale=False)
    page = text(boss, "catalogue/sku/?on_sale__exact=0&o=2")
    assert "S2" in page
    assert ">S1<" not in page
    assert '<option value="0" selected>No</option>' in page
    assert '<input type="hidden" name="o" value="2">' in page
    assert 'aria-sort="ascending"' in page
    assert "Nothing matches." in text(boss, "catalogue/sku/?q=nonsense")


def test_a_form_is_saved_by_a_button_that_is_there(boss: Console) -> None:
    row = make_category("TEA", name="茶")
    address = f"catalogue/category/{row.pk}/change/"
    page = text(boss, address)
    assert 'name="_save"' in page
    boss.fill_in(address, name="茶叶")
    assert Category.objects.get(pk=row.pk).name == "茶叶"
    assert 'name="_save"' in text(boss, "catalogue/category/add/")


def test_what_an_action_refuses_is_told_and_nothing_is_changed(boss: Console) -> None:
    tea = make_category("TEA", name="茶")
    green = make_category("GREEN", name="绿茶", parent=tea)
    (told,) = boss.fill_in(
        f"catalogue/category/{tea.pk}/change/", name="茶叶", parent=str(green.pk)
    )
    assert "itself" in told
    tea.refresh_from_db()
    assert (tea.name, tea.parent_id) == ("茶", None)
    assert LogEntry.objects.count() == 0


def test_whoever_only_reads_sees_facts_and_no_form(boss: Console, group: GroupTree) -> None:
    row = make_category("TEA", name="茶")
    reader = Console.of(make_person("reader", group.headquarters, Role.AUDITOR))
    page = text(reader, f"catalogue/category/{row.pk}/change/")
    assert "TEA" in page
    assert 'name="_save"' not in page


def test_a_page_beside_a_list_leads_back_to_it(boss: Console) -> None:
    for address, back in (
        ("openapi/apiclient/add/", "openapi/apiclient/"),
        ("commissions/entrystate/release/", "commissions/entrystate/"),
        ("withdrawals/bankfile/make/", "withdrawals/bankfile/"),
    ):
        assert f'<a href="/console/{back}" class="y-crumb">' in text(boss, address), address
