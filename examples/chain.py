"""The whole chain over the open API: from a commission pool to a bank card.

    python examples/chain.py                     # against `make run`, with its demo key
    YIPAN_API_KEY=yk_… python examples/chain.py --url https://…   # `yipan api-client create`

Founds a store of its own, puts a SKU into the pool, shares a link, sells through it, refunds one
piece, has the commission released and withdrawn, and prints each step. Run it as often as you like.
The server needs its worker (`make run` has one): release and payout are done by it, within a
minute or so each.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

RUN = datetime.now(UTC).strftime("%y%m%d%H%M%S")
Json = dict[str, Any]


@dataclass
class Api:
    """The open API, as a program uses it."""

    http: httpx.Client
    steps: int = field(default=0)

    def say(self, text: str) -> None:
        """Print a step."""
        self.steps += 1
        print(f"{self.steps:>2}. {text}", flush=True)

    def get(self, path: str, **query: Any) -> Any:
        """Read something."""
        return self._answer(self.http.get(path, params=query))

    def put(self, path: str, body: Json) -> Any:
        """Set something."""
        return self._answer(self.http.put(path, json=body))

    def post(self, path: str, body: Json) -> Any:
        """Do something, once: a lost answer may be asked for again with the same key."""
        key = secrets.token_urlsafe(16)
        for attempt in (1, 2, 3):
            try:
                headers = {"Idempotency-Key": key}
                return self._answer(self.http.post(path, json=body, headers=headers))
            except httpx.TransportError:
                if attempt == 3:
                    raise
                time.sleep(attempt)
        raise AssertionError

    def _answer(self, response: httpx.Response) -> Any:
        if response.is_error:
            told = response.json()
            wrong = told.get("errors") or told.get("data") or ""
            raise SystemExit(f"{response.request.url}: {told['title']}: {told['detail']} {wrong}")
        return response.json() if response.content else {}


def yuan(fen: int) -> str:
    """Fen as people read them."""
    return f"{'-' if fen < 0 else ''}¥{abs(fen) // 100:,}.{abs(fen) % 100:02}"


def found_store(api: Api) -> Json:
    """A company and a store under headquarters, whose commission is due at once."""
    root = api.get("/organisations/" + str(api.get("/me")["organisation"]["id"]))
    company = api.post(
        "/organisations",
        {"parent_id": root["id"], "level": "company", "code": f"C{RUN}", "name": "示例公司"},
    )
    store: Json = api.post(
        "/organisations",
        {"parent_id": company["id"], "level": "store", "code": f"S{RUN}", "name": "示例门店"},
    )
    api.say(f"store {store['code']} founded")
    return store


def settle_at_once(api: Api, store: Json) -> None:
    """Commission of the store is due on delivery."""
    settings = {"hold_days": 0, "auto_complete_days": 0}
    reason = "an example should not take a fortnight"
    body = {"organisation": store["code"], "settings": settings, "reason": reason}
    api.put("/policies/settlement", body)
    api.say("its commission is due on delivery")


def make_goods(api: Api) -> str:
    """A SKU with a price."""
    sku = f"TEA-{RUN}"
    row = {
        "code": sku,
        "categories": [{"code": "EXAMPLE", "name": "示例"}],
        "name": "明前龙井 250g",
        "list_price": 29_900,
    }
    _no_faults(api.post("/skus/batch", {"skus": [row]}))
    api.say(f"SKU {sku} at {yuan(29_900)}")
    return sku


def stock_goods(api: Api, store: Json, sku: str) -> None:
    """Ten pieces in the store."""
    place = {
        "organisation_id": store["id"],
        "code": f"L{RUN}",
        "name": "门店库",
        "is_default": True,
    }
    api.post("/locations", place)
    counted = {"location": f"L{RUN}", "sku": sku, "quantity": 10}
    _no_faults(api.post("/stock/counts", {"rows": [counted]}))
    api.say("10 pieces in stock")


def _no_faults(answer: Json) -> None:
    if answer.get("faults"):
        raise SystemExit(f"not taken: {answer['faults']}")


def put_into_pool(api: Api, store: Json, sku: str) -> None:
    """A rule, tried out, and the offer of the SKU by it."""
    terms = {
        "mode": "tiered_rate",
        "measure": "line_amount",
        "method": "marginal",
        "tiers": [{"from": 0, "rate": "0.05"}, {"from": 50_000, "rate": "0.08"}],
    }
    tried = api.post("/trial", {"terms": terms, "lines": [{"quantity": 2, "net_amount": 59_800}]})
    amount = tried["lines"][0]["seller"]["amount"]
    api.say(f"trial: two pieces for {yuan(59_800)} would earn {yuan(amount)}")
    rule = {"code": f"R{RUN}", "name": "示例阶梯", "organisation": store["code"], "terms": terms}
    api.post("/rules", rule)
    offer = {"sku": sku, "organisation": store["code"], "rule": f"R{RUN}"}
    api.put("/offers", {"offers": [offer]})
    api.say(f"{sku} is in the pool of {store['code']} by rule R{RUN}")


def hire_guide(api: Api, store: Json) -> Json:
    """A guide of the store."""
    guide: Json = api.post(
        "/distributors",
        {"organisation_id": store["id"], "code": f"G{RUN}", "name": "李晓梅", "kind": "guide"},
    )
    api.say(f"guide {guide['code']} hired")
    return guide


def add_card(api: Api, guide: Json) -> int:
    """The guide's bank card, with name and card verified; its id."""
    api.put(f"/payees/{guide['code']}", {"name": "李晓梅"})
    body = {"distributor": guide["code"], "holder": "李晓梅", "number": card_number()}
    card = api.post("/cards", {**body, "bank": "示例银行"})
    api.post(f"/cards/{card['id']}/verification", {})
    api.say(f"verified card ending in {card['last_four']}")
    return int(card["id"])


def card_number() -> str:
    """A number no bank has given out, with a right check digit (Luhn)."""
    digits = [6, 2, 2, 2, *(secrets.randbelow(10) for _ in range(14))]
    doubled = [d * 2 - 9 * (d > 4) if n % 2 == 0 else d for n, d in enumerate(reversed(digits))]
    return "".join(map(str, digits)) + str(-sum(doubled) % 10)


def share_and_open(api: Api, store: Json, sku: str, guide: Json) -> str:
    """The guide's link, opened by somebody; who they are to us."""
    link = api.post(
        "/links",
        {
            "distributor": guide["code"],
            "organisation": store["code"],
            "sku": sku,
            "channel": "wechat",
        },
    )
    api.say(f"shared {link['url']}")
    visitor = secrets.token_hex(16)
    api.post("/links/opening", {"token": link["token"], "visitor": visitor})
    api.say("a friend opened it: touch recorded")
    return visitor


def sell(api: Api, store: Json, sku: str, **touch: str) -> Json:
    """Two pieces, paid at once; `touch` is the `visitor` who opened a link, or a typed code."""
    now = datetime.now(UTC)
    taken = api.post(
        "/orders",
        {
            "channel": "example",
            "number": f"O{RUN}",
            "organisation": store["code"],
            "placed_at": now.isoformat(),
            "buyer": {"scheme": "example", "value": f"friend-{RUN}"},
            "payment": {"paid_at": now.isoformat(), "provider": "sandbox", "reference": RUN},
            "lines": [{"sku": sku, "quantity": 2}],
            **touch,
        },
    )
    order: Json = api.get(f"/orders/{taken['order_id']}")
    api.say(f"order {order['number']} paid: {yuan(order['net_amount'])}")
    return order


def show_credit(api: Api, order: Json, guide: Json) -> None:
    """Who was credited, and what it earned."""
    (one,) = api.get(f"/orders/{order['id']}/decisions")
    api.say(f"credited to {guide['code']} by {one['source']}: {one['evidence']['rule']}")
    (entry,) = api.get("/entries", order_id=order["id"])["items"]
    api.say(f"commission {yuan(entry['amount'])}: {entry['why']}")


def give_one_back(api: Api, order: Json, guide: Json) -> None:
    """One of the two pieces comes back; its part of the commission is taken back."""
    refund = {
        "number": f"B{RUN}",
        "line_no": 1,
        "quantity": 1,
        "amount": order["net_amount"] // 2,
        "refunded_at": datetime.now(UTC).isoformat(),
    }
    api.post(f"/orders/{order['id']}/refunds", {"refunds": [refund]})
    balances = api.get(f"/balances/{guide['code']}")
    api.say(f"one piece refunded: {yuan(balances['pending'])} still pending")


def wait_for(what: str, ready: Callable[[], bool], patience: timedelta) -> None:
    """Ask until it is so. Exits when the patience runs out."""
    deadline = time.monotonic() + patience.total_seconds()
    while not ready():
        if time.monotonic() > deadline:
            raise SystemExit(f"{what}: not within {patience}. Is the worker running?")
        time.sleep(1)


def release(api: Api, order: Json, guide: Json, patience: timedelta) -> int:
    """Delivered and released; fen available."""
    api.post(f"/orders/{order['id']}/completion", {"completed_at": datetime.now(UTC).isoformat()})
    api.say("delivered: the commission is due; waiting for its release")
    path = f"/balances/{guide['code']}"
    wait_for("release", lambda: api.get(path)["available"] > 0, patience)
    available = int(api.get(path)["available"])
    api.say(f"released: {yuan(available)} available")
    return available


def withdraw(api: Api, guide: Json, card_id: int, amount: int, patience: timedelta) -> None:
    """Withdrawn and paid; nothing is left over."""
    asked = api.post(
        "/withdrawals", {"distributor": guide["code"], "card_id": card_id, "amount": amount}
    )
    api.say(
        f"withdrawal {asked['reference']}: {yuan(asked['net'])} to arrive; waiting for the bank"
    )
    ended = {"succeeded", "failed", "rejected"}
    page = f"/withdrawals/{asked['id']}"
    wait_for("payout", lambda: api.get(page)["state"] in ended, patience)
    state = api.get(page)["state"]
    if state != "succeeded":
        raise SystemExit(f"withdrawal {state}: {api.get(page)['reason']}")
    left = api.get(f"/balances/{guide['code']}")
    if any(left[place] for place in ("pending", "available", "in_withdrawal", "clawback_owed")):
        raise SystemExit(f"something is left: {left}")
    api.say(f"paid: {yuan(amount)} on the card; nothing is left over")


def demo_key() -> str:
    """The key of the demo group, where one is kept beside us; else empty."""
    home = Path(os.environ.get("YIPAN_HOME", ".yipan"))
    try:
        return str(json.loads(home.joinpath("demo.json").read_text(encoding="utf-8"))["api_key"])
    except (OSError, ValueError, KeyError):
        return ""


def main() -> int:
    """Play the chain."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--url", default=os.environ.get("YIPAN_BASE_URL", "http://localhost:8000"))
    options.add_argument("--key", default=os.environ.get("YIPAN_API_KEY") or demo_key())
    options.add_argument("--wait", type=int, default=180, help="seconds for release and payout")
    given = options.parse_args()
    if not given.key:
        print("Give a key: --key or YIPAN_API_KEY. `yipan api-client create --help` makes one.")
        return 2
    headers = {"Authorization": f"Bearer {given.key}", "Accept-Language": "en"}
    base = given.url.rstrip("/") + "/api/v1"
    with httpx.Client(base_url=base, headers=headers, timeout=30, trust_env=False) as http:
        api = Api(http)
        patience = timedelta(seconds=given.wait)
        store = found_store(api)
        settle_at_once(api, store)
        sku = make_goods(api)
        stock_goods(api, store, sku)
        put_into_pool(api, store, sku)
        guide = hire_guide(api, store)
        visitor = share_and_open(api, store, sku, guide)
        order = sell(api, store, sku, visitor=visitor)
        show_credit(api, order, guide)
        give_one_back(api, order, guide)
        available = release(api, order, guide, patience)
        withdraw(api, guide, add_card(api, guide), available, patience)
    return 0


if __name__ == "__main__":
    sys.exit(main())
