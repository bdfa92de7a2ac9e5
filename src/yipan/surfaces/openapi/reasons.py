"""Why a value was not taken, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_WHOLE: Final = _("must be a whole number")
_DATE: Final = _("must be a date such as 2026-01-31")
_MOMENT: Final = _("must be a moment such as 2026-01-31T08:00:00Z")
_TRUTH: Final = _("must be true or false")
_DECIMAL: Final = _("must be a decimal number")

# Kinds of errors as pydantic names them; what is not listed keeps pydantic's English words.
_WORDS: Final[Mapping[str, _StrPromise]] = {
    "missing": _("is missing"),
    "extra_forbidden": _("is not known here"),
    "string_type": _("must be text"),
    "string_too_short": _("has at least {min_length} characters"),
    "string_too_long": _("has at most {max_length} characters"),
    "string_pattern_mismatch": _("must look like {pattern}"),
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "int_parsing_size": _("is too large"),
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "decimal_type": _DECIMAL,
    "decimal_parsing": _DECIMAL,
    "decimal_max_places": _("has at most {decimal_places} decimal places"),
    "greater_than": _("must be greater than {gt}"),
    "greater_than_equal": _("must be {ge} or more"),
    "less_than": _("must be less than {lt}"),
    "less_than_equal": _("must be {le} or less"),
    "literal_error": _("must be one of {expected}"),
    "enum": _("must be one of {expected}"),
    "list_type": _("must be a list"),
    "dict_type": _("must be an object"),
    "model_type": _("must be an object"),
    "model_attributes_type": _("must be an object"),
    "too_short": _("has at least {min_length} items"),
    "too_long": _("has at most {max_length} items"),
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "timezone_aware": _("must say its time zone"),
    "url_parsing": _("must be an address such as https://example.com"),
    "url_scheme": _("must be an address such as https://example.com"),
}


def reason_of(error: Mapping[str, Any]) -> str:
    """One of pydantic's errors as a sentence."""
    words = _WORDS.get(error["type"])
    if words is None:
        return str(error["msg"])
    try:
        return str(words).format(**error.get("ctx", {}))
    except (KeyError, IndexError):
        return str(error["msg"])


def fields_of(errors: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """What was wrong where: `in` (body, query, path, header), `field`, `reason`, `code`."""
    return [
        {
            "in": str(error["loc"][0]),
            "field": ".".join(str(part) for part in error["loc"][1:]),
            "reason": reason_of(error),
            "code": error["type"],
        }
        for error in errors
    ]
