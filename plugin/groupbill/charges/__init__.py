"""From a session to its participants with their lines: performer, place, diagnosis, coverage, price."""

from .answers import Answer, answer
from .bills import bill, bills_on_file
from .contacts import visits
from .documentation import interactive_complexity, kept
from .gather import gather
from .lines import Price, classes_of
from .modifiers import repeated
from .on_file import lines_on_file
from .sources import Sources

__all__ = [
    "Answer",
    "Price",
    "Sources",
    "answer",
    "bill",
    "bills_on_file",
    "classes_of",
    "gather",
    "interactive_complexity",
    "kept",
    "lines_on_file",
    "repeated",
    "visits",
]
