"""The facts a decision is made of, and why a fact is left out. All moments are aware UTC."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal


class Source(StrEnum):
    """By what a buyer was led to a distributor."""

    CODE = "code"
    """A distributor's code was typed or scanned."""
    COUPON = "coupon"
    """A coupon owned by a distributor was used."""
    LINK = "link"
    """A share link was opened."""
    BINDING = "binding"
    """The buyer belongs to a distributor."""


class Reason(StrEnum):
    """Why a candidate did not win. Stable codes: they are stored with every decision."""

    SOURCE_NOT_USED = "SOURCE_NOT_USED"
    """The policy's order does not name this source."""
    AFTER_ORDER = "AFTER_ORDER"
    """The touch or binding began after the order was placed."""
    OUTSIDE_WINDOW = "OUTSIDE_WINDOW"
    """The code or link touch is older than the window."""
    OTHER_ORDER = "OTHER_ORDER"
    """The coupon was used for another order."""
    BINDING_EXPIRED = "BINDING_EXPIRED"
    """The binding had ended when the order was placed."""
    DISTRIBUTOR_INACTIVE = "DISTRIBUTOR_INACTIVE"
    DISTRIBUTION_OFF = "DISTRIBUTION_OFF"
    """Distribution is off for the distributor's organisation or one above it."""
    NOT_QUALIFIED = "NOT_QUALIFIED"
    """The required qualification had not begun or had run out."""
    SELF_PURCHASE = "SELF_PURCHASE"
    """The distributor is the buyer."""
    OTHER_SKU = "OTHER_SKU"
    """Shared for another SKU, under a policy that credits the shared SKU only."""
    LOWER_PRECEDENCE = "LOWER_PRECEDENCE"
    """A source that stands earlier in the policy's order won."""
    NOT_LAST = "NOT_LAST"
    """A later touch of the same source won."""
    NOT_FIRST = "NOT_FIRST"
    """An earlier touch of the same source won."""
    RECORDED_LATER = "RECORDED_LATER"
    """A touch at the same moment was recorded earlier and won."""


@dataclass(frozen=True, slots=True)
class TouchFact:
    """One contact of the buyer with a distributor."""

    id: int
    source: Source
    """`code`, `coupon` or `link`."""
    at: datetime
    recorded_seq: int
    """Order of recording; breaks ties in time."""
    distributor_id: int
    link_id: int | None = None
    sku_id: int | None = None
    """The SKU it was shared for; None: for anything."""
    channel: str = ""
    order_id: int | None = None
    """The order it was made in. A coupon touch with an order counts for that order only."""

    def to_data(self) -> dict[str, object]:
        """JSON-able identity and evidence of the touch."""
        return {
            "source": str(self.source),
            "touch_id": self.id,
            "distributor_id": self.distributor_id,
            "at": self.at.isoformat(),
            "link_id": self.link_id,
            "sku_id": self.sku_id,
            "channel": self.channel,
        }


@dataclass(frozen=True, slots=True)
class BindingFact:
    """The buyer belongs to a distributor in the half-open span from `bound_at` to `valid_until`."""

    id: int
    distributor_id: int
    bound_at: datetime
    valid_until: datetime | None = None
    """None: for ever."""
    protected_until: datetime | None = None
    """Until then no other distributor takes the member over; None: not protected."""

    @property
    def source(self) -> Literal[Source.BINDING]:
        return Source.BINDING

    @property
    def at(self) -> datetime:
        return self.bound_at

    @property
    def recorded_seq(self) -> int:
        return 0

    @property
    def sku_id(self) -> None:
        return None

    def is_live(self, moment: datetime) -> bool:
        """Whether it holds at a moment: `bound_at` ≤ moment < `valid_until`."""
        return self.bound_at <= moment and (self.valid_until is None or moment < self.valid_until)

    def is_protected(self, moment: datetime) -> bool:
        """Whether it holds at a moment and nobody else may take the member over."""
        return (
            self.is_live(moment)
            and self.protected_until is not None
            and moment < self.protected_until
        )

    def to_data(self) -> dict[str, object]:
        """JSON-able identity and evidence of the binding."""
        return {
            "source": str(self.source),
            "binding_id": self.id,
            "distributor_id": self.distributor_id,
            "at": self.bound_at.isoformat(),
        }


Candidate = TouchFact | BindingFact


@dataclass(frozen=True, slots=True)
class DistributorStanding:
    """What is known of a distributor at the moment the order is placed."""

    distributor_id: int
    active: bool = True
    distribution_on: bool = True
    """For the home organisation and all above it."""
    qualification_required: bool = False
    qualified_from: datetime | None = None
    """None: has no qualification."""
    qualified_until: datetime | None = None
    """None: without end."""
    own_member_id: int | None = None
    """The distributor as a buyer, if known."""

    def is_qualified(self, moment: datetime) -> bool:
        """Whether a required qualification holds: `qualified_from` ≤ moment < `qualified_until`."""
        if not self.qualification_required:
            return True
        if self.qualified_from is None or moment < self.qualified_from:
            return False
        return self.qualified_until is None or moment < self.qualified_until


@dataclass(frozen=True, slots=True)
class LineFact:
    """An order line: all that attribution needs of it."""

    id: int
    sku_id: int


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """The order to be credited."""

    id: int
    placed_at: datetime
    lines: tuple[LineFact, ...]
    member_id: int | None = None
    """The buyer, if known."""
