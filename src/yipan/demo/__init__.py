"""A made-up retail group with months of trade, made through the actions of the modules."""
