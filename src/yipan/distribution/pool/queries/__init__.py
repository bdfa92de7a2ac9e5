"""Reads of the pool."""

from yipan.distribution.pool.queries.books import RuleBook, Version, rule_books
from yipan.distribution.pool.queries.codes import offer_in_reach, organisation_of, sku_of
from yipan.distribution.pool.queries.commission_rules import (
    book_in_reach,
    rule_in_reach,
    rules_in_reach,
    version_at,
)
from yipan.distribution.pool.queries.listing import (
    OfferCard,
    OfferFilters,
    OfferTime,
    offer_cards,
    offers_for_sale,
    offers_of,
)
from yipan.distribution.pool.queries.pages import OfferSort
from yipan.distribution.pool.queries.reasons import (
    OfferVerdict,
    Reasons,
    Verdict,
    why_not_in_pool,
)
from yipan.distribution.pool.queries.terms import OfferTerms, PoolKey, terms_for
from yipan.distribution.pool.queries.trial import Trial, rule_for_trial, trial

__all__ = [
    "OfferCard",
    "OfferFilters",
    "OfferSort",
    "OfferTerms",
    "OfferTime",
    "OfferVerdict",
    "PoolKey",
    "Reasons",
    "RuleBook",
    "Trial",
    "Verdict",
    "Version",
    "book_in_reach",
    "offer_cards",
    "offer_in_reach",
    "offers_for_sale",
    "offers_of",
    "organisation_of",
    "rule_books",
    "rule_for_trial",
    "rule_in_reach",
    "rules_in_reach",
    "sku_of",
    "terms_for",
    "trial",
    "version_at",
    "why_not_in_pool",
]
