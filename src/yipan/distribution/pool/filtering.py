"""Filters of the grid as JSON, for work that is done later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from yipan.distribution.pool.queries.grid import GridFilters
from yipan.distribution.pool.queries.listing import OfferFilters, OfferStanding, OfferTime


def filters_to_data(filters: GridFilters) -> dict[str, Any]:
    """The filters as plain values."""
    offers = {each.name: getattr(filters.offers, each.name) for each in fields(OfferFilters)}
    return {"offers": offers, "outside": filters.outside, "home_id": filters.home_id}


def filters_from_data(data: Mapping[str, Any]) -> GridFilters:
    """The filters again."""
    given = dict(data["offers"])
    given["standing"] = OfferStanding(given["standing"]) if given["standing"] else None
    given["time"] = OfferTime(given["time"]) if given["time"] else None
    return GridFilters(OfferFilters(**given), data["outside"], data["home_id"])
