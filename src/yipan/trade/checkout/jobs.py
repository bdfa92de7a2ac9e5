"""Background tasks of checkout."""

from yipan.kernel.jobs import in_each_tenant, periodic
from yipan.trade.checkout.actions import forget_baskets


@periodic("23 3 * * *", name="checkout.forget_baskets")
def forget() -> None:
    """Remove the baskets of visitors who did not come back."""
    in_each_tenant(forget_baskets)
