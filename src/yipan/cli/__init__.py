"""The `yipan` command."""

from yipan.cli.root import main

__all__ = ["main"]
