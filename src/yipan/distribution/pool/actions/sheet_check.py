"""Rows of a file against what there is: SKUs, organisations, rules, and the offers there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings

from yipan.distribution.pool.actions.offer_changes import standing_pairs
from yipan.distribution.pool.faults import Fault
from yipan.distribution.pool.offering import Inspector, Pair, Standing
from yipan.distribution.pool.queries.books import RuleBook, rule_books_by_code
from yipan.distribution.pool.rules import RuleTerms
from yipan.distribution.pool.sheets.rows import SheetRow
from yipan.goods.catalogue.queries import SkuFigures, skus_by_code
from yipan.group.organisations.queries import Node, tree
from yipan.kernel import clock


@dataclass(frozen=True, slots=True)
class GoodRow:
    """A row that can be loaded."""

    row: SheetRow
    sku_id: int
    organisation_id: int
    book: RuleBook | None
    """None: the row has a bare amount or rate."""

    @property
    def pair(self) -> Pair:
        return self.sku_id, self.organisation_id


@dataclass(slots=True)
class CheckedSheet:
    """The rows that can be loaded, and what is wrong with the others."""

    good: list[GoodRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    standing: Mapping[Pair, Standing] = field(default_factory=dict)

    @property
    def bare(self) -> dict[str, RuleTerms]:
        """The bare amounts and rates of the good rows, by their keys."""
        return {
            each.row.bare.key: each.row.bare.terms
            for each in self.good
            if each.row.bare is not None
        }


def check_rows(
    rows: Sequence[SheetRow], organisation_id: int, *, in_file: bool = True
) -> CheckedSheet:
    """Sort the rows for an organisation that may put offers in its subtree. Three statements.

    `in_file`: whether the numbers of the rows are those of a file, or of items of a request.
    """
    checked = CheckedSheet()
    lookup = _Lookup.of(rows, organisation_id)
    found: list[GoodRow] = []
    for row in rows:
        faults = list(lookup.unknown(row))
        checked.faults += faults
        if not faults:
            found.append(lookup.resolved(row))
    checked.standing = standing_pairs(list({each.pair for each in found}))
    first: dict[Pair, int] = {}
    for each in found:
        number = each.row.number
        faults = list(lookup.faults_of(each, checked.standing.get(each.pair)))
        if first.setdefault(each.pair, number) != number:
            faults.append(_repeated(number, first[each.pair], in_file=in_file))
        checked.faults += faults
        if not faults:
            checked.good.append(each)
    return checked


def _repeated(number: int, first: int, *, in_file: bool) -> Fault:
    if in_file:
        return Fault(number, "sku", "twice_in_file", {"row": first})
    return Fault(number, "sku", "twice", {"value": f"offers[{first}]"})


@dataclass(slots=True)
class _Lookup:
    """What the codes of a file mean to one organisation."""

    home: Node
    skus: Mapping[str, SkuFigures]
    books: Mapping[str, RuleBook]
    inspector: Inspector

    @classmethod
    def of(cls, rows: Sequence[SheetRow], organisation_id: int) -> _Lookup:
        nodes = tree()
        home = nodes.node(organisation_id)
        books = rule_books_by_code({row.rule for row in rows if row.rule})
        inspector = Inspector(
            nodes=nodes,
            books={book.rule_id: book for book in books.values()},
            within=(home.path,),
            upline_limit=settings.YIPAN_UPLINE_LIMIT,
            now=clock.now(),
        )
        return cls(home, skus_by_code([row.sku for row in rows]), books, inspector)

    def unknown(self, row: SheetRow) -> Iterator[Fault]:
        """Codes that mean nothing in the organisation's reach."""
        if row.sku not in self.skus:
            yield Fault(row.number, "sku", "unknown_sku", {"value": row.sku})
        if self._organisation(row) is None:
            yield Fault(
                row.number, "organisation", "unknown_organisation", {"value": row.organisation}
            )
        book = self.books.get(row.rule)
        if row.rule and (book is None or not self.inspector.in_reach(book)):
            yield Fault(row.number, "rule", "unknown_rule", {"value": row.rule})

    def resolved(self, row: SheetRow) -> GoodRow:
        node = self._organisation(row) or self.home
        return GoodRow(row, self.skus[row.sku].id, node.id, self.books.get(row.rule))

    def faults_of(self, each: GoodRow, standing: Standing | None) -> Iterator[Fault]:
        """What is wrong with an offer whose codes are all known."""
        row = each.row
        kept = self.inspector.now if standing is None else standing.state.valid_from
        start = row.valid_from or kept
        if row.valid_until is not None and row.valid_until <= start:
            yield Fault(row.number, "valid_until", "until_not_after_from", {})
        if each.book is not None:
            yield from self.inspector.rule_faults(
                row.number, each.book, each.organisation_id, start
            )

    def _organisation(self, row: SheetRow) -> Node | None:
        """The organisation of a row, where it is the caller's or below it."""
        if not row.organisation:
            return self.home
        node = self.inspector.nodes.by_code.get(row.organisation)
        return node if node is not None and node.path.startswith(self.home.path) else None
