"""Reads of the pool."""

from yipan.distribution.pool.queries.terms import OfferTerms, PoolKey, terms_for

__all__ = ["OfferTerms", "PoolKey", "terms_for"]
