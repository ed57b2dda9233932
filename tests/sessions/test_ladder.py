"""The ladder: every strongest record against every other one, and what the session itself decides."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbill.model import Attendance, Evidence, Member, Period, Session
from groupbill_hooks.attendance import ladder

POSITIVES = [
    Evidence(kind="child-encounter", source="Encounter/v", present=True, rank=1),
    Evidence(kind="participant", source="Encounter/g", present=True, rank=1),
    Evidence(kind="appointment", source="Appointment/a", present=True, rank=2),
    Evidence(kind="attendance-record", source="Observation/o", present=True, rank=3),
    Evidence(kind="note", source="DocumentReference/n", present=True, rank=4),
    Evidence(kind="reply", source="Appointment/d", present=True, rank=5),
    Evidence(kind="roster", source="Group/g", present=True, rank=6),
]
NEGATIVES = [
    Evidence(kind="child-encounter", source="Encounter/w", present=False, rank=1, reason="cancelled"),
    Evidence(kind="deceased", source="Patient/p", present=False, rank=1, reason="not-attended"),
    Evidence(kind="appointment", source="Appointment/b", present=False, rank=2, reason="no-show"),
    Evidence(kind="attendance-record", source="Observation/q", present=False, rank=3, reason="not-attended"),
    Evidence(kind="reply", source="Appointment/e", present=False, rank=5, reason="not-attended"),
    Evidence(kind="roster", source="Group/h", present=False, rank=6, reason="not-attended"),
]
WAITS = Evidence(kind="child-encounter", source="Encounter/x", present=False, rank=1, reason="in-progress")
PROOF = {"child-encounter", "participant", "appointment", "attendance-record"}
FOUND = st.lists(st.sampled_from([*POSITIVES, *NEGATIVES, WAITS]), unique=True)


def decide(*evidence: Evidence, status: str = "finished", code: str = "90853", **more: Any) -> Attendance:
    """The attendance of one patient."""
    attested = more.pop("attested", False)
    ordered = tuple(sorted(evidence, key=lambda each: (each.rank, each.present, each.kind, each.source)))
    member = Member(member="Patient/p", patient=more.pop("patient", "Patient/p"), evidence=ordered, **more)
    session = Session(
        key="K", shape="B", confidence=1.0, encounter="Encounter/g", group="Group/g", sources=("Encounter/g",),
        status=status, code=code, typed=True, date_of_service=date(2026, 3, 10), period=Period(), location=None,
        service_provider=None, performers=(), members=(member,),
    )  # fmt: skip
    [answer] = ladder(session, roster_is_attendance=attested)
    return answer


@pytest.mark.parametrize(("positive", "negative"), list(product(POSITIVES, NEGATIVES)))
def test_the_stronger_of_two_records_decides_and_the_other_is_named(positive: Evidence, negative: Evidence) -> None:
    answer = decide(positive, negative)
    winner, loser = (positive, negative) if positive.rank <= negative.rank else (negative, positive)
    assert (answer.evidence, answer.source, answer.against) == (winner.kind, winner.source, (loser,))
    if positive.rank == negative.rank:
        expected: tuple[bool | None, str | None, bool] = (None, "attendance-conflict", True)
    elif winner is negative:
        expected = (False, negative.reason, False)
    elif positive.kind in PROOF:
        expected = (True, None, True)
    else:
        expected = (None, "attendance-unverified", False)
    assert (answer.present, answer.reason, answer.conflict) == expected


@pytest.mark.parametrize("positive", POSITIVES)
def test_one_record_alone(positive: Evidence) -> None:
    answer = decide(positive)
    proof = positive.kind in PROOF
    assert (answer.present, answer.reason) == ((True, None) if proof else (None, "attendance-unverified"))
    assert (answer.evidence, answer.source, answer.against, answer.conflict) == (
        positive.kind,
        positive.source,
        (),
        False,
    )


def test_without_any_record_nobody_knows() -> None:
    answer = decide()
    assert (answer.present, answer.reason, answer.evidence) == (None, "attendance-unverified", None)


@pytest.mark.parametrize("support", POSITIVES[4:])
def test_an_attested_roster_is_proof_beside_what_only_supports(support: Evidence) -> None:
    answer = decide(support, POSITIVES[6], attested=True)
    assert (answer.present, answer.evidence, answer.source) == (True, "roster", "Group/g")


@pytest.mark.parametrize("negative", NEGATIVES[:5])
def test_an_attested_roster_yields_to_every_record_against_it(negative: Evidence) -> None:
    answer = decide(POSITIVES[6], negative, attested=True)
    assert (answer.present, answer.reason, answer.against) == (False, negative.reason, (POSITIVES[6],))


def test_a_visit_that_is_not_over_waits_whatever_weaker_records_say() -> None:
    answer = decide(WAITS, POSITIVES[2], POSITIVES[6])
    assert (answer.present, answer.reason) == (None, "in-progress")


@pytest.mark.parametrize(("status", "reason"), [("entered-in-error", "not-attended"), ("in-progress", "in-progress")])
def test_the_session_decides_for_everybody(status: str, reason: str) -> None:
    answer = decide(POSITIVES[0], status=status)
    assert (answer.present is True, answer.reason) == (False, reason)


@pytest.mark.parametrize(
    ("evidence", "present", "reason"),
    [
        ((POSITIVES[0], POSITIVES[6]), None, "attendance-conflict"),
        ((POSITIVES[0], NEGATIVES[2]), None, "attendance-conflict"),
        ((POSITIVES[2],), False, "cancelled"),
        ((POSITIVES[6],), False, "cancelled"),
        ((), False, "cancelled"),
        ((WAITS,), False, "cancelled"),
        ((NEGATIVES[2], POSITIVES[6]), False, "no-show"),
        ((NEGATIVES[5],), False, "not-attended"),
    ],
)
def test_a_cancelled_session_is_attended_by_nobody_unless_a_visit_is_finished(
    evidence: tuple[Evidence, ...], present: bool | None, reason: str
) -> None:
    answer = decide(*evidence, status="cancelled")
    assert (answer.present, answer.reason) == (present, reason)


@pytest.mark.parametrize("evidence", [(POSITIVES[0],), (POSITIVES[6],), ()])
def test_a_relative_in_a_family_session_is_never_charged(evidence: tuple[Evidence, ...]) -> None:
    answer = decide(*evidence, code="90849", family="Patient/kid")
    assert (answer.present, answer.reason) == (False, "family-member")


def test_a_relative_who_stayed_away_stayed_away() -> None:
    assert decide(NEGATIVES[2], code="90849", family="Patient/kid").reason == "no-show"


def test_the_identified_patient_is_no_relative() -> None:
    assert decide(POSITIVES[0], code="90849", family="Patient/p").present is True
    assert decide(POSITIVES[0], code="90853", family="Patient/kid").present is True


def test_somebody_who_is_no_patient_is_never_charged() -> None:
    assert decide(POSITIVES[0], patient=None).reason == "not-a-patient"


@given(FOUND, st.booleans())
def test_present_exactly_when_there_is_no_reason(evidence: list[Evidence], attested: bool) -> None:
    answer = decide(*evidence, attested=attested)
    assert (answer.present is True) is (answer.reason is None)
    if evidence:
        assert (answer.evidence, answer.source) in {(each.kind, each.source) for each in evidence}
        assert set(answer.against) < set(evidence)


@given(FOUND)
def test_a_negative_never_helps(evidence: list[Evidence]) -> None:
    for negative in NEGATIVES:
        if decide(*evidence, negative).present is True:
            assert decide(*(each for each in evidence if each != negative)).present is True


@given(FOUND, st.randoms())
def test_the_order_of_the_records_does_not_matter(evidence: list[Evidence], random: Any) -> None:
    shuffled = list(evidence)
    random.shuffle(shuffled)
    assert decide(*evidence) == decide(*shuffled)
