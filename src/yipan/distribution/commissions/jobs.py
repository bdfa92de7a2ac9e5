"""Background work of commissions."""

from yipan.distribution.commissions.exports import KIND, export_entries
from yipan.kernel.long_work import handles

handles(KIND, repeatable=True)(export_entries)
