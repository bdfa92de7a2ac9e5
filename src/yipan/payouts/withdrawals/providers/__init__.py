"""Those who carry money to a card, one file each."""
