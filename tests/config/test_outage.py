"""A database that is away is told as such, in few words, and is found again."""

from __future__ import annotations

import logging
import sys

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory

from tests.conftest import SERVER
from yipan.config.outage import ShortOutages, failed, is_away


def error_with(cause: BaseException | None) -> OperationalError:
    """As the framework wraps what the driver raises."""
    error = OperationalError("it said something")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "cause",
    [psycopg.OperationalError(), psycopg.errors.AdminShutdown(), psycopg.errors.CannotConnectNow()],
)
def test_a_lost_connection_is_an_outage(cause: psycopg.Error) -> None:
    assert is_away(error_with(cause))


@pytest.mark.parametrize(
    "error",
    [
        error_with(psycopg.errors.DeadlockDetected()),
        error_with(psycopg.errors.QueryCanceled()),
        ValueError(),
        None,
    ],
)
def test_what_the_database_refused_is_none(error: BaseException | None) -> None:
    assert not is_away(error)


@pytest.mark.parametrize(("error", "status"), [(error_with(None), 503), (ValueError(), 500)])
def test_the_page_says_which_it_was(error: Exception, status: int) -> None:
    try:
        raise error
    except Exception:  # noqa: BLE001 - as the framework answers
        answer = failed(RequestFactory().get("/w/"))
    assert answer.status_code == status
    assert answer.has_header("Retry-After") == (status == 503)


def test_the_log_has_one_line_of_it() -> None:
    try:
        raise error_with(None)
    except OperationalError:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "Asked %s", ("/w/",), sys.exc_info())
    assert ShortOutages().filter(record)
    assert logging.Formatter().format(record) == "Asked /w/: the database does not answer"


@pytest.mark.django_db
def test_the_first_request_after_a_restart_of_the_database_finds_it() -> None:
    kept = connection.copy()
    with kept.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (process,) = cursor.fetchone()
    with psycopg.connect(SERVER) as server:
        server.execute("SELECT pg_terminate_backend(%s, 5000)", (process,))
    kept.close_if_unusable_or_obsolete()  # as each request begins
    with kept.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone() != (process,)
    kept.close()
