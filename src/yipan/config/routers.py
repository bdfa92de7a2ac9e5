"""Which connection does what."""

from typing import Any


class OwnerMigrates:
    """Only the owner's connection changes the schema."""

    def allow_migrate(self, db: str, app_label: str, **_: Any) -> bool:
        return db == "owner"
