"""What is withheld from a payout, chosen by the kind of distributor."""
