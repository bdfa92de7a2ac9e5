"""The examples of docs/algorithms/pool.md are true."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from tests.distribution.pool.builders import make_offer, make_rule
from tests.distribution.pool.goods import make_sku
from tests.distribution.pool.rule_cases import flat
from tests.group.organisations.builders import make_tree
from yipan.distribution.pool.actions import (
    OfferChange,
    add_rule_version,
    change_offers,
    switch_offers,
    take_off,
)
from yipan.distribution.pool.faults import SENTENCES
from yipan.distribution.pool.models import CommissionRule, Offer
from yipan.distribution.pool.queries import PoolKey, Verdict, terms_for, why_not_in_pool
from yipan.distribution.pool.sheets.columns import NAMES, recognised
from yipan.goods.catalogue.models import Sku
from yipan.group.organisations.models import Organisation
from yipan.group.organisations.queries import tree
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import Tenant

PAGE = (Path(__file__).parents[2] / "docs/algorithms/pool.md").read_text()
EXAMPLES = re.findall(r"```pool\n(.*?)```", PAGE, re.DOTALL)
_SALE = re.compile(
    r"sale +(\S+) +paid (\S+) +earns (?:(\d+)% by the offer of (\S+)|nothing: (\w+))"
)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def rate(percent: str) -> str:
    return str(Decimal(percent.rstrip("%")) / 100)


def rule(code: str) -> CommissionRule:
    found: CommissionRule = CommissionRule.objects.get(code=code)
    return found


def do(sku: Sku, words: list[str]) -> None:
    """One line of what happened, at the moment that the clock shows."""
    offers = [o.id for o in Offer.objects.filter(organisation__code=words[-1])]
    match words:
        case ["rule", code, percent]:
            make_rule(flat(rate(percent)), code=code, valid_from=clock.now())
        case ["version", code, percent, "from", day]:
            terms, start = flat(rate(percent)), moment(day)
            add_rule_version(rule_id=rule(code).id, terms=terms, valid_from=start, by=SYSTEM)
        case ["offer", where, code, *more]:
            given = dict(pairwise(more))
            make_offer(
                sku,
                Organisation.objects.get(code=where),
                rule(code),
                is_on="off" not in more,
                valid_from=moment(given["from"]) if "from" in given else clock.now(),
                valid_until=moment(given["until"]) if "until" in given else None,
            )
        case ["change", where, "to", code]:
            (offer,) = Offer.objects.filter(organisation__code=where)
            change = OfferChange(rule_id=rule(code).id)
            change_offers(offer_ids=[offer.id], change=change, by=SYSTEM)
        case ["switch", state, _]:
            switch_offers(offer_ids=offers, on=state == "on", by=SYSTEM)
        case ["take", "off", _]:
            take_off(offer_ids=offers, by=SYSTEM)
        case _:
            pytest.fail(f"not understood: {words}")


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_page_is_true(tenant: Tenant, example: str) -> None:
    make_tree()
    sku = make_sku()
    sales = 0
    for line in example.splitlines():
        if line.startswith("20"):
            day, *words = line.split()
            with clock.at(moment(day)):
                do(sku, words)
        elif line.startswith("sale"):
            check(sku, line)
            sales += 1
    assert sales >= 5


def check(sku: Sku, line: str) -> None:
    found = _SALE.fullmatch(line)
    assert found, line
    where, day, percent, offered_by, verdict = found.groups()
    node = tree().by_code[where]
    (terms,) = terms_for([PoolKey(sku.id, node.lineage, moment(day))])
    why = why_not_in_pool(sku_id=sku.id, organisation_id=node.id, at=moment(day))
    if verdict:
        assert (terms, why.verdict) == (None, Verdict(verdict)), line
    else:
        assert terms, line
        assert tree().node(terms.offer_organisation_id).code == offered_by, line
        assert str(terms.compiled.terms.tiers[0].rate) == rate(percent), line


def test_the_page_knows_the_codes_and_columns_of_the_code() -> None:
    codes = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", PAGE, re.MULTILINE)
    named = {code for row in codes for code in re.findall(r"`(\w+)`", row)}
    assert named
    assert named <= SENTENCES.keys()
    columns = re.findall(r"^\| ([^|`]+) \| ([^|`]+) \| [^|]+ \|$", PAGE, re.MULTILINE)
    told = {(recognised(chinese), recognised(english)) for chinese, english in columns[1:]}
    assert {pair for pair in told if pair != (None, None)} == {(each, each) for each in NAMES}
