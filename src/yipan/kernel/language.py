"""The reader's language, for modules that stay clear of the framework."""

from __future__ import annotations

from django.utils.translation import get_language


def reads_chinese() -> bool:
    """Whether what is written now is read in Chinese; English else."""
    return (get_language() or "zh-hans").lower().startswith("zh")
