"""Offers in files: reading csv and xlsx, and telling what is wrong with which row."""
