"""The providers that come with Yipan."""

from yipan.trade.payments.providers.registry import register_provider
from yipan.trade.payments.providers.sandbox import SandboxCashier

register_provider(SandboxCashier())
