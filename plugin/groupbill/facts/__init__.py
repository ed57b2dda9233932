"""Which resources a session's bill depends on, how to fetch them, and which sessions a change concerns."""

from .asked import asked
from .concerned import WATCHED, concerned
from .gather import facts_of_session
from .lanes import lane_of

__all__ = ["WATCHED", "asked", "concerned", "facts_of_session", "lane_of"]
