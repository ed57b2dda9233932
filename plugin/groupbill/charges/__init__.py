"""From a session to its participants with their lines: performer, place, diagnosis, coverage, price."""

from .answers import Answer, answer
from .bills import bill, bills_on_file
from .contacts import visits
from .desired import desired_bill
from .documentation import kept, with_interactive_complexity
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
    "desired_bill",
    "gather",
    "kept",
    "lines_on_file",
    "repeated",
    "visits",
    "with_interactive_complexity",
]
