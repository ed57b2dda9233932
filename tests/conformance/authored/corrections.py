"""What was written is corrected: before the payer has it, and after (the table of design 5.7)."""

from __future__ import annotations

from groupbill.testing import builders as b

from .same_day import LATER
from .world import (
    FOUR,
    JSON,
    all_charged,
    case,
    charged,
    held,
    hours,
    line,
    note,
    nothing,
    one,
    pays,
    person,
    service,
    session,
    step,
    usual,
    visit,
    without,
)

AT = hours()
FIRST = usual()
THREE = FOUR[:3]
GONE = one(FIRST, "Encounter/s-dee", status="cancelled")
BY_VIDEO = one(
    FIRST,
    "Encounter/s-dee",
    **{"class": {"system": b.ACT_CODE, "code": "VR"}},
    location=[{"location": b.ref("Location/home"), "status": "completed"}],
    extension=[{"url": "https://w3id.org/groupbill/fhir/StructureDefinition/modality", "valueCode": "video"}],
)
VIDEO_LINE = line("90853", "95", place="10")
ANSWER = {"member": "Patient/dee", "number": "ICN0001"}


def now(dee: JSON, **more: JSON) -> JSON:
    """Three as ever, the fourth like this."""
    return session({**all_charged(THREE), "dee": dee}, AT)


START = step(now(charged(frequency="1")), put=FIRST)

case(
    "correction-gone-before-sending",
    "A claim that nobody has accepted; then the visit was cancelled",
    "Never accepted, gone: cancelled; ChargeItem aborted.",
    "corrections",
    START,
    step(now(nothing("cancelled")), put=[GONE]),
)
case(
    "correction-changed-before-sending",
    "A claim that nobody has accepted; then it was by video",
    "Never accepted, active, changed: cancelled, and the next generation with the frequency of the old one.",
    "corrections",
    START,
    step(now(charged(VIDEO_LINE, frequency="1")), put=[BY_VIDEO]),
)
case(
    "correction-changed-draft",
    "A draft; then it was by video",
    "Never accepted, draft, changed: updated.",
    "corrections",
    START,
    step(now(charged(VIDEO_LINE, frequency="1")), put=[BY_VIDEO]),
    settings={"write": {"claim_status": "draft"}},
)
case(
    "correction-held-before-sending",
    "A claim that nobody has accepted; then an evaluation of the same day appears",
    "Never accepted, held now: cancelled; ChargeItem planned, Task.",
    "corrections same-day",
    START,
    step(now(held("rule:NCC01", findings=["NCC01", "NCC12"])), put=service("eval", "dee", "90791", LATER)),
)
case(
    "correction-changed-after-acceptance",
    "The payer gave a number; then it was by video",
    "Accepted, control number, changed: replace with frequency 7.",
    "corrections",
    START,
    step(now(charged(frequency="1")), answers=[ANSWER]),
    step(now(charged(VIDEO_LINE, frequency="7")), put=[BY_VIDEO]),
)
case(
    "correction-gone-after-acceptance",
    "The payer gave a number; then the visit was cancelled",
    "Accepted, control number, gone: void with frequency 8; ChargeItem aborted.",
    "corrections",
    START,
    step(now(charged(frequency="1")), answers=[ANSWER]),
    step(now(nothing("cancelled", frequency="8")), put=[GONE]),
)
case(
    "correction-without-a-number",
    "The payer has the claim, and no number yet; then it was by video",
    "Accepted, no control number: keep, CLM02 (an error): wait for the payer's answer.",
    "corrections",
    START,
    step(now(charged(frequency="1")), answers=[{**ANSWER, "number": None, "outcome": "queued"}]),
    step(
        now({"outcome": "charged", "reason": None, "frequency": "1", "findings": ["CLM02"]}),
        put=[BY_VIDEO],
    ),
)
case(
    "correction-after-a-refusal",
    "The payer answered with an error and no number; then it was by video",
    "Outcome error without a number: never accepted (design 5.5). Cancelled, and a new original.",
    "corrections",
    START,
    step(now(charged(frequency="1")), answers=[{**ANSWER, "number": None, "outcome": "error"}]),
    step(now(charged(VIDEO_LINE, frequency="1")), put=[BY_VIDEO]),
)
case(
    "correction-of-a-correction",
    "A replacement that the payer accepted; then the visit was cancelled",
    "While an accepted claim stands un-voided every generation is a 7 or 8 and points at it.",
    "corrections",
    START,
    step(now(charged(frequency="1")), answers=[ANSWER]),
    step(now(charged(VIDEO_LINE, frequency="7")), put=[BY_VIDEO]),
    step(now(charged(VIDEO_LINE, frequency="7")), answers=[{**ANSWER, "number": "ICN0002"}]),
    step(now(nothing("cancelled", frequency="8")), put=[GONE]),
)
case(
    "correction-came-after-all",
    "Voided, the void accepted; then the visit was right after all",
    "Voided, the void accepted, charged: create, frequency 1.",
    "corrections",
    START,
    step(now(charged(frequency="1")), answers=[ANSWER]),
    step(now(nothing("cancelled", frequency="8")), put=[GONE]),
    step(now(nothing("cancelled", frequency="8")), answers=[{**ANSWER, "number": "ICN0002"}]),
    step(now(charged(frequency="1")), put=[one(FIRST, "Encounter/s-dee")]),
)
case(
    "correction-a-rule-after-acceptance",
    "The payer gave a number; then an evaluation of the same day appears",
    "Accepted, control number, held now: keep; the finding stands, Task: nothing paid is undone by a rule.",
    "corrections same-day",
    START,
    step(now(charged(frequency="1")), answers=[ANSWER]),
    step(
        now(held("rule:NCC01", stands="charged", frequency="1", heldBy=["NCC01"], findings=["NCC01", "NCC12"])),
        put=service("eval", "dee", "90791", LATER),
    ),
)
case(
    "correction-by-a-person",
    "A person cancelled our claim",
    "Ended by a person: keep; cancelled-by-person, CLM13 (design 5.7).",
    "corrections",
    START,
    step(
        now(nothing("cancelled-by-person", stands="patient-pay", findings=["CLM13"])),
        ends=[{"member": "Patient/dee", "resource": "Claim"}],
    ),
)
case(
    "release-diagnosis-arrives",
    "Held for want of a diagnosis, which arrives later",
    "None of ours, charged: create; a planned ChargeItem becomes billable, its Task completed.",
    "corrections missing",
    step(
        now(held("rule:DX01")),
        put=[
            *without(FIRST, "Condition/dx-dee", "Encounter/s-dee"),
            {key: value for key, value in visit("dee").items() if key != "diagnosis"},
        ],
    ),
    step(now(charged()), put=[b.condition("dee", "F41.1")]),
)
case(
    "release-note-arrives",
    "The notes of three are signed, the fourth's comes later",
    "Notes are kept here as soon as one member has one: without, DOC04 fails (design 5.3); then it is released.",
    "corrections documentation",
    step(
        now(held("rule:DOC04", findings=["DOC04"])),
        put=[*FIRST, *(note(f"n-{name}", name, f"s-{name}") for name in THREE)],
    ),
    step(now(charged()), put=[note("n-dee", "dee", "s-dee")]),
)
case(
    "release-attendance-arrives",
    "On the roster only; then the visit is recorded",
    "Held without evidence; a finished visit is evidence (design 5.5).",
    "corrections attendance",
    step(now(held("attendance-unverified")), put=without(FIRST, "Encounter/s-dee")),
    step(now(charged()), put=[visit("dee")]),
)
case(
    "coverage-found-later",
    "Paid alone; then a Coverage is found",
    "Patient-pay becomes charged: the claim is made.",
    "corrections coverage",
    step(now(pays("no-coverage")), put=without(FIRST, "Coverage/cov-dee")),
    step(now(charged(frequency="1")), put=person("dee")[2:]),
)
case(
    "moved-to-another-patient",
    "The visit was entered for the wrong patient, before anybody accepted the claim",
    "A member moved to another patient is gone for the one and new for the other (design 5.7).",
    "corrections",
    step(session(all_charged(), AT), put=[*FIRST, *person("eve")]),
    step(
        session({**all_charged((*THREE, "eve")), "dee": held("attendance-unverified", evidence="roster")}, AT),
        put=[
            one(
                FIRST,
                "Encounter/s-dee",
                subject=b.ref("Patient/eve"),
                diagnosis=[{"condition": b.ref("Condition/dx-eve"), "rank": 1}],
            )
        ],
    ),
)
case(
    "session-entered-in-error",
    "The whole session was entered in error after its claims were made",
    "A session entered in error is gone for all of them (design 5.7): claims cancelled, charges aborted.",
    "corrections",
    START,
    step(
        session({name: nothing("not-attended") for name in FOUR}, AT),
        put=[
            one(FIRST, "Encounter/s", status="entered-in-error"),
            *(one(FIRST, f"Encounter/s-{name}", status="entered-in-error") for name in FOUR),
        ],
    ),
)
