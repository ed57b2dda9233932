"""Places of service, and at which rate Medicare pays there."""

from __future__ import annotations

from functools import lru_cache

from . import shipped
from .values import PlaceOfService


@lru_cache(maxsize=1)
def places() -> dict[str, PlaceOfService]:
    """Every place of service, by code."""
    return {
        row["code"]: PlaceOfService(row["code"], row["name"], row["rate"] == "facility", shipped.day(row["start"]))
        for row in shipped.rows("places_of_service")
    }
