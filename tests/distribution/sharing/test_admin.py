"""Share links in the console."""

from __future__ import annotations

from tests.distribution.attribution.conftest import World
from tests.distribution.sharing.builders import make_link
from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from yipan.distribution.sharing.models import ShareLink
from yipan.goods.catalogue.models import Sku
from yipan.group.people.models import Role

SCREEN = "sharing/sharelink/"


def east(world: World) -> Console:
    """Operations of one company, R1."""
    return Console.of(make_person("east", world.tree["R1"], Role.OPERATIONS))


def test_links_of_the_own_subtree_are_listed_and_others_answer_404(world: World, tea: Sku) -> None:
    near, far = make_link(sku="TEA"), make_link("CHEN", "F1-A")
    console = east(world)
    answer = console.get(SCREEN)
    assert [row.id for row in answer.context["cl"].result_list] == [near.id]
    assert near.url in console.get(f"{SCREEN}{near.id}/change/").content.decode()
    assert console.get(f"{SCREEN}{far.id}/change/").status_code == 404


def test_a_link_is_revoked_with_a_reason(world: World) -> None:
    link = make_link()
    east(world).fill_in(f"{SCREEN}{link.id}/change/", reason="印错")
    assert ShareLink.objects.get().revoked_at is not None


def test_who_only_reads_does_not_revoke(world: World) -> None:
    link = make_link()
    manager = Console.of(make_person("mia", world.store, Role.STORE_MANAGER))
    page = manager.get(f"{SCREEN}{link.id}/change/")
    assert page.status_code == 200
    assert "revoke, because" not in page.content.decode()
    sent = manager.client.post(f"/console/{SCREEN}{link.id}/change/", {"reason": "x"})
    assert sent.status_code == 403
    assert ShareLink.objects.get().revoked_at is None
