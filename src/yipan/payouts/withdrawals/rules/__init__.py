"""The arithmetic of withdrawals: limits, cards, who may approve, what a bank's answer means."""
