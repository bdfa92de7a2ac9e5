"""The group that needs no choosing, because there is no other."""

from __future__ import annotations

from yipan.kernel.models import Tenant


def only_group() -> str:
    """Its code; empty where there are several, for which there are is nobody's business."""
    codes = list(Tenant.objects.filter(is_active=True).values_list("code", flat=True)[:2])
    return codes[0] if len(codes) == 1 else ""
