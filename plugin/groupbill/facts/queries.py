"""The searches behind sessions. All participants share a search, so reads don't grow with the group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from ..model.identity import SESSION_SYSTEM

PER_SEARCH = 200
"""Values in one OR list. A client puts a long one into the body of POST _search."""

OF_PATIENTS = (
    "Patient?link=",
    "Coverage?beneficiary=",
    "Condition?subject=",
    "Encounter?subject=",
    "ChargeItem?subject=",
    "Claim?patient=",
    "ClaimResponse?patient=",
    "ExplanationOfBenefit?patient=",
    "CarePlan?subject=",
    "EpisodeOfCare?patient=",
    "RelatedPerson?patient=",
    "ServiceRequest?subject=",
    "Consent?patient=",
)
"""What a patient's bill may depend on (design 5.5), whenever it was."""

OF_VISITS = (
    "DocumentReference?encounter=",
    "Composition?encounter=",
    "Observation?encounter=",
    "QuestionnaireResponse?encounter=",
)
"""What is filed under the Encounters of a session: of all that a chart holds nothing else counts."""

OF_SESSIONS = (f"ChargeItem?identifier={SESSION_SYSTEM}|", f"Task?identifier={SESSION_SYSTEM}|")
"""What groupbill wrote for a session, whoever is on the roster now."""


def batched(search: str, values: Iterable[str]) -> Iterator[str]:
    """The search with its values as OR lists, sorted, each value once.

    What follows the `=` of the search is put before every value.
    """
    name, _, before = search.partition("=")
    ordered: Sequence[str] = sorted(set(values))
    for start in range(0, len(ordered), PER_SEARCH):
        yield f"{name}={','.join(before + each for each in ordered[start : start + PER_SEARCH])}"


def by_id(references: Iterable[str]) -> Iterator[str]:
    """Searches for resources by `Type/id`, one per type."""
    kinds: dict[str, list[str]] = {}
    for reference in references:
        kind, _, name = reference.partition("/")
        kinds.setdefault(kind, []).append(name)
    for kind in sorted(kinds):
        yield from batched(f"{kind}?_id=", kinds[kind])


def on_days(search: str, values: Iterable[str], days: Iterable[date]) -> Iterator[str]:
    """The search for each run of days.

    Several servers search by UTC days (measured), so zoned instants are asked; the engine decides by the site's zone.
    """
    listed = list(values)
    for first, last in _runs(days):
        for question in batched(search, listed):
            yield from within(f"{question}&", first, last, "date")


def within(search: str, first: date, last: date, name: str) -> Iterator[str]:
    """The search for the days from first to last, a day wider on both sides."""
    after, before = first - timedelta(days=1), last + timedelta(days=2)
    yield f"{search}{name}=ge{after}T00:00:00Z&{name}=lt{before}T00:00:00Z"


def _runs(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """First and last day of each run of days whose windows would overlap."""
    first = last = None
    for day in sorted(set(days)):
        if first is None or last is None:
            first = last = day
        elif day - last <= timedelta(days=3):
            last = day
        else:
            yield first, last
            first = last = day
    if first is not None and last is not None:
        yield first, last
