"""What programs send to the pool and get from it."""

from yipan.distribution.pool.schemas.commission_rules import (
    RuleIn,
    RuleOut,
    RuleVersionIn,
    RuleVersionOut,
)
from yipan.distribution.pool.schemas.imports import RowFaultOut, SheetReportOut
from yipan.distribution.pool.schemas.offers import (
    BulkAction,
    BulkIn,
    OfferOut,
    OfferQuery,
    OffersIn,
    OffersWrittenOut,
    WhyIn,
    WhyOut,
)
from yipan.distribution.pool.schemas.trials import ProgressIO, TrialIn, TrialLineOut, TrialOut

__all__ = [
    "BulkAction",
    "BulkIn",
    "OfferOut",
    "OfferQuery",
    "OffersIn",
    "OffersWrittenOut",
    "ProgressIO",
    "RowFaultOut",
    "RuleIn",
    "RuleOut",
    "RuleVersionIn",
    "RuleVersionOut",
    "SheetReportOut",
    "TrialIn",
    "TrialLineOut",
    "TrialOut",
    "WhyIn",
    "WhyOut",
]
