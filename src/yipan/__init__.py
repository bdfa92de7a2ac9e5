"""Yipan 一盘: one pool of goods for every channel."""

__version__ = "0.1.0"
