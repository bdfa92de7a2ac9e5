"""Keeping the index of search words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from yipan.goods.catalogue.models import Sku, SkuWord
from yipan.goods.catalogue.rules import as_written, words_of
from yipan.kernel import sql
from yipan.kernel.tenancy import current_tenant_id

_COLUMNS: Final = ("tenant_id", "word", "sku_id")
_DROP: Final = """
DELETE FROM catalogue_skuword w
 USING unnest(%s::text[], %s::bigint[]) AS old(word, sku_id)
 WHERE w.tenant_id = %s AND w.word = old.word AND w.sku_id = old.sku_id
"""
_WRITE: Final = """
UPDATE catalogue_sku s SET words = fresh.words
  FROM unnest(%s::bigint[], %s::text[]) AS fresh(id, words)
 WHERE s.tenant_id = %s AND s.id = fresh.id
"""


def words_of_sku(
    *,
    code: str,
    name: str,
    specification: Mapping[str, Any],
    product_code: str,
    product_name: str,
    tags: Sequence[str],
) -> str:
    """What a SKU is found by, as it stands in its row."""
    values = [str(value) for value in specification.values()]
    return as_written(words_of(name, product_name, code, product_code, *values, *tags))


def enter_words(words: Mapping[int, str]) -> None:
    """Enter fresh SKUs (id to words as in its row) into the index, in one statement."""
    _insert(words.items())


def reindex(skus: Sequence[Sku]) -> None:
    """Write the words of SKUs again after a change of a name, specification or tag.

    Takes SKUs with their product loaded; at most three statements.
    """
    fresh = {sku.id: _words(sku) for sku in skus}
    changed = [sku for sku in skus if sku.words != fresh[sku.id]]
    if not changed:
        return
    old = [(word, sku.id) for sku in changed for word in sku.words.split()]
    tenant_id = current_tenant_id()
    sql.execute(_DROP, ([word for word, _ in old], [sku_id for _, sku_id in old], tenant_id))
    ids = [sku.id for sku in changed]
    sql.execute(_WRITE, (ids, [fresh[sku_id] for sku_id in ids], tenant_id))
    _insert((sku_id, fresh[sku_id]) for sku_id in ids)
    for sku in changed:
        sku.words = fresh[sku.id]


def _words(sku: Sku) -> str:
    return words_of_sku(
        code=sku.code,
        name=sku.name,
        specification=sku.specification,
        product_code=sku.product.code,
        product_name=sku.product.name,
        tags=sku.product.tags,
    )


def _insert(words: Iterable[tuple[int, str]]) -> None:
    tenant_id = current_tenant_id()
    # In the order of the index: many rows go in much faster.
    rows = sorted((word, sku_id) for sku_id, written in words for word in written.split())
    sql.insert(SkuWord, _COLUMNS, [(tenant_id, word, sku_id) for word, sku_id in rows])
