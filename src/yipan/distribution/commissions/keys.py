"""Names of the business facts that commissions book (money.md)."""


def accrual_key(line_id: int, role: str) -> str:
    """A line was paid and earns its beneficiary."""
    return f"accrual:{line_id}:{role}"


def reversal_key(line_id: int, role: str, sequence: int) -> str:
    """The n-th refund of the line takes back from the beneficiary."""
    return f"reversal:{line_id}:{role}:{sequence}"
