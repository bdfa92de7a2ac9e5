"""What changes the pool."""

from yipan.distribution.pool.actions.coded_offers import CodedWish, put_coded_offers
from yipan.distribution.pool.actions.commission_rules import add_rule_version, create_rule
from yipan.distribution.pool.actions.estimates import refresh_estimates
from yipan.distribution.pool.actions.imports import Choice, SheetReport, load_offers, preview_offers
from yipan.distribution.pool.actions.offer_changes import OffersWritten
from yipan.distribution.pool.actions.offers import (
    KEEP,
    OfferChange,
    change_offers,
    put_offers,
    switch_offers,
    take_off,
)
from yipan.distribution.pool.offering import OfferWish

__all__ = [
    "KEEP",
    "Choice",
    "CodedWish",
    "OfferChange",
    "OfferWish",
    "OffersWritten",
    "SheetReport",
    "add_rule_version",
    "change_offers",
    "create_rule",
    "load_offers",
    "preview_offers",
    "put_coded_offers",
    "put_offers",
    "refresh_estimates",
    "switch_offers",
    "take_off",
]
