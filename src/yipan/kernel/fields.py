"""Column types that Django lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Func

if TYPE_CHECKING:
    _IntegerField = models.Field[int, int]
else:
    _IntegerField = models.Field


class CurrentTransactionId(Func):
    """`pg_current_xact_id()`."""

    function = "pg_current_xact_id"
    arity = 0


class TransactionIdField(_IntegerField):
    """The id of the transaction that wrote the row (xid8), filled in by the database.

    Readers that follow a table compare it with the oldest running transaction, so that a row
    whose transaction commits late is neither missed nor taken twice.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", False)
        kwargs.setdefault("db_default", CurrentTransactionId(output_field=models.BigIntegerField()))
        super().__init__(*args, **kwargs)

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:
        return None if value is None else int(value)
