"""Terms that this deployment lets be saved."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings

from yipan.distribution.pool.errors import TermsRefused
from yipan.distribution.pool.rules import RuleRefused, RuleTerms, accept, validate

Terms = RuleTerms | Mapping[str, object]


def accepted(terms: Terms) -> RuleTerms:
    """The terms, or those of a document, where every check of a saved rule passes.

    Raises TermsRefused, which is a RuleRefused in the reader's language.
    """
    limit = settings.YIPAN_UPLINE_LIMIT
    try:
        if isinstance(terms, RuleTerms):
            validate(terms, upline_limit=limit)
            return terms
        return accept(terms, upline_limit=limit)
    except RuleRefused as refused:
        raise TermsRefused(refused.problems) from None
