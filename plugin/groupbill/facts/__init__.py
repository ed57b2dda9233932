"""Which resources a session's bill depends on, how to fetch them, and which sessions a change concerns."""

from .asked import asked
from .concerned import WATCHED, concerned
from .gather import Facts, facts_of
from .lanes import lane_of
from .reading import Together
from .walk import Window, sessions_between, windows

__all__ = [
    "WATCHED",
    "Facts",
    "Together",
    "Window",
    "asked",
    "concerned",
    "facts_of",
    "lane_of",
    "sessions_between",
    "windows",
]
