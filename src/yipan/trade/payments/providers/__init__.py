"""Those who take money from buyers, one file each."""
