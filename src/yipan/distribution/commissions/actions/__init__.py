"""What is done with commissions."""

from yipan.distribution.commissions.actions.accrue import accrue
from yipan.distribution.commissions.actions.reverse import reverse

__all__ = ["accrue", "reverse"]
