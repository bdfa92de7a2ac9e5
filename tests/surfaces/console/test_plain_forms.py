"""What a plain form shows is all that has to be sent for it to be saved."""

from __future__ import annotations

import re

from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from tests.surfaces.console.builders import furnished_shop
from yipan.group.people.models import Role
from yipan.kernel.models import Tenant
from yipan.trade.fulfilment.models import Fulfilment

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?')


def test_a_step_of_a_fulfilment_is_saved_with_what_the_page_sends(tenant: Tenant) -> None:
    shop = furnished_shop()
    boss = Console.of(make_person("boss", shop.tree.headquarters, Role.ADMINISTRATOR))
    waiting = Fulfilment.objects.filter(state="waiting", method="delivery").first()
    waiting = waiting or Fulfilment.objects.filter(method="delivery").earliest("id")
    Fulfilment.objects.filter(id=waiting.id).update(state="waiting")
    address = f"/console/fulfilment/fulfilment/{waiting.id}/change/"
    shown = boss.client.get(address).content.decode()
    sent = dict(_HIDDEN.findall(shown)) | {"step": "ship", "_save": "1"}
    sent |= {"given_carrier": "顺丰速运", "given_tracking_no": "SF1234567890123"}
    assert boss.client.post(address, sent).status_code == 302
    waiting.refresh_from_db()
    assert waiting.state == "shipped"
