"""Which resources a session's bill depends on, and how to fetch them by reference and search."""

from .gather import facts_of_session, sessions_of

__all__ = ["facts_of_session", "sessions_of"]
