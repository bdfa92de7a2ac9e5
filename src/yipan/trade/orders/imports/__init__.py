"""Orders and refunds from files: csv and parquet, with a column mapping."""

from yipan.trade.orders.imports.mapping import Mapping, MappingRefused
from yipan.trade.orders.imports.outcome import Fault, Outcome
from yipan.trade.orders.imports.run import import_orders

__all__ = ["Fault", "Mapping", "MappingRefused", "Outcome", "import_orders"]
