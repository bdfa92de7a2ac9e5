"""How long the server takes for each page people see, on the demo's months of trade.

Signs in as each role in a real browser, finds the address of each page, then asks for it again and
again over HTTP, as served by `yipan up`. The floor is `/health`, one statement and nothing to draw,
asked in the same run. Content when every page answers within --needed milliseconds at p95.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Error

from scripts.atlas import PLACES, Place
from scripts.entrance import enter
from scripts.visit import Platform, opened_browser, served, started, watched

NEEDED_MS = 200
WARM_UP = 10
"""Two processes of four threads each."""


def p95(times: list[float]) -> float:
    """The time that 19 of 20 answers keep."""
    return statistics.quantiles(times, n=20)[-1]


def asked(client: httpx.Client, address: str, rounds: int) -> list[float]:
    """Milliseconds of each answer; the first ones, at which threads connect, are left out."""
    times = []
    for number in range(rounds + WARM_UP):
        began = time.perf_counter()
        answer = client.get(address)
        took = 1000 * (time.perf_counter() - began)
        if answer.status_code != 200:
            message = f"{address} answered {answer.status_code}"
            raise RuntimeError(message)
        if number >= WARM_UP:
            times.append(took)
    return times


def addresses(
    browser: Browser, platform: Platform, role: str, places: list[Place]
) -> Iterator[tuple[Place, str, dict[str, str]]]:
    """Where each page of a role is, and the cookies one needs there."""
    visitor = watched(browser, platform.base, phone=places[0].phone, language="zh-hans")
    page = visitor.page()
    enter(page, platform, role)
    for place in places:
        try:
            place.visit(page, platform.group)
        except Error as error:
            print(f"{place.name}: {str(error).splitlines()[0]}")
            continue
        yield place, page.url, {each["name"]: each["value"] for each in visitor.context.cookies()}
    visitor.context.close()


def main() -> int:
    """1 if a page took too long or was not found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="standard", help="of the demo")
    parser.add_argument(
        "--home", type=Path, help="a folder with a demo, such as that of bench.half_year"
    )
    parser.add_argument("--only", default="", help="pages whose names have this in them")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--needed", type=int, default=NEEDED_MS, help="milliseconds at p95")
    options = parser.parse_args()
    slow, measured = 0, 0
    running = served(options.home.absolute()) if options.home else started(size=options.size)
    with running as platform, opened_browser() as browser:
        with httpx.Client() as client:
            floor = statistics.median(asked(client, f"{platform.base}/health", options.rounds))
        print(f"\nfloor: /health {floor:.1f} ms\n")
        print(f"{'page':32}{'role':>10}{'p50 ms':>8}{'p95 ms':>8}{'x floor':>9}")
        wanted = [place for place in PLACES if options.only in place.name and not place.click]
        for role in dict.fromkeys(place.role for place in wanted):
            places = [place for place in wanted if place.role == role]
            for place, address, cookies in addresses(browser, platform, role, places):
                headers = {"Accept-Language": "zh-CN", "Accept-Encoding": "gzip"}
                with httpx.Client(cookies=cookies, headers=headers, timeout=30) as client:
                    times = asked(client, address, options.rounds)
                middle, high = statistics.median(times), p95(times)
                measured += 1
                slow += high > options.needed
                figures = f"{middle:8.1f}{high:8.1f}{middle / floor:9.1f}"
                print(f"{place.name:32}{role:>10}{figures}", flush=True)
    print(f"\n{measured - slow} of {measured} pages within {options.needed} ms at p95")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
