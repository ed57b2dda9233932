"""The searches behind one session. All participants share a search, so reads don't grow with the group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

PER_SEARCH = 50
"""Values in one OR list: short enough for a GET everywhere."""

OF_PATIENTS = (
    "Coverage?beneficiary=",
    "Condition?subject=",
    "Encounter?subject=",
    "ChargeItem?subject=",
    "Claim?patient=",
    "ClaimResponse?patient=",
    "ExplanationOfBenefit?patient=",
    "DocumentReference?subject=",
    "Composition?subject=",
    "CarePlan?subject=",
    "Observation?subject=",
    "QuestionnaireResponse?subject=",
    "Appointment?patient=",
    "EpisodeOfCare?patient=",
    "RelatedPerson?patient=",
    "ServiceRequest?subject=",
    "Consent?patient=",
    "Task?patient=",
    "Patient?link=",
)
"""What a patient's bill may depend on (design 5.5)."""

OF_PRACTITIONERS = ("PractitionerRole?practitioner=",)


def batched(search: str, values: Iterable[str]) -> Iterator[str]:
    """The search with its values as OR lists, sorted, each value once."""
    ordered: Sequence[str] = sorted(set(values))
    for start in range(0, len(ordered), PER_SEARCH):
        yield search + ",".join(ordered[start : start + PER_SEARCH])
