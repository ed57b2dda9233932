"""Which resources a session's bill depends on, how to fetch them, and which sessions a change concerns."""

from .asked import asked
from .concerned import WATCHED, concerned
from .gather import Facts, facts_of
from .lanes import lane_of
from .reading import Together

__all__ = ["WATCHED", "Facts", "Together", "asked", "concerned", "facts_of", "lane_of"]
