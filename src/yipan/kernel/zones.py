"""The tenant's zone: which business day and month a moment belongs to."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from yipan.kernel import clock, config_cache
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import current_tenant_id


def zone() -> str:
    """The time zone of the tenant in context, such as Asia/Shanghai."""
    return config_cache.cached(
        "zone",
        lambda: Tenant.objects.values_list("timezone", flat=True).get(id=current_tenant_id()),
    )


def day_of(moment: datetime) -> date:
    """The business day of a moment."""
    return clock.business_day(moment, zone())


def start_of(day: date) -> datetime:
    """The moment at which a business day begins."""
    return datetime.combine(day, time.min, ZoneInfo(zone()))


def month_of(moment: datetime) -> date:
    """The first day of the calendar month of a moment."""
    return clock.month_of(moment, zone())
