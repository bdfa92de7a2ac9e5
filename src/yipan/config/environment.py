"""What the environment says, read in one place."""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

DEVELOPMENT_SECRET: Final = "development-only-not-a-secret"


def text(name: str, default: str = "") -> str:
    """A setting as text."""
    return os.environ.get(name, default).strip()


def flag(name: str, *, default: bool = False) -> bool:
    """A yes/no setting."""
    value = text(name)
    return default if not value else value.lower() in {"1", "true", "yes", "on"}


def number(name: str, default: int) -> int:
    """A whole number. Raises ImproperlyConfigured."""
    value = text(name)
    try:
        return int(value) if value else default
    except ValueError as error:
        message = f"{name} is {value!r}: it has to be a whole number"
        raise ImproperlyConfigured(message) from error


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated setting."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(url: str, *, engine: str, user: str = "", password: str = "") -> dict[str, Any]:
    """A Django database from a PostgreSQL connection string, optionally as another user."""
    try:
        parts = conninfo_to_dict(url)
    except Exception as error:
        message = "DATABASE_URL is not a PostgreSQL connection string"
        raise ImproperlyConfigured(message) from error
    known = {"host", "port", "dbname", "user", "password"}
    return {
        "ENGINE": engine,
        "NAME": parts.get("dbname", ""),
        "USER": user or parts.get("user", ""),
        "PASSWORD": password if user else parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "") or ""),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            **{key: value for key, value in parts.items() if key not in known},
            "prepare_threshold": 2,
        },
    }


def app_password(master_secret: str, role: str) -> str:
    """The password of the application's database role, derived so that nobody has to keep it."""
    return hmac.new(master_secret.encode(), f"role:{role}".encode(), hashlib.sha256).hexdigest()
