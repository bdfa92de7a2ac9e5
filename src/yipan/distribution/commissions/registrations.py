"""What commissions hook in when they are on."""

from yipan.distribution.commissions import accounts

__all__ = ["accounts"]
