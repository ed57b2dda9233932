"""Secrets come from the environment alone; the settings name the variables."""

from __future__ import annotations

import os

from ..errors import UsageError


def secret(variable: str) -> str:
    """What an environment variable holds.

    Errors:
        UsageError: it is not set, or empty.
    """
    value = os.environ.get(variable, "").strip()
    if not value:
        raise UsageError(f"sign-in: the environment variable {variable} is not set")
    return value
