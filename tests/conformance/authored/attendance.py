"""Who was there, and who counts as one person (design 5.5; fhir.md 1.4)."""

from __future__ import annotations

from groupbill.testing import builders as b

from .world import (
    DAY,
    FOUR,
    all_charged,
    appointment,
    case,
    changed,
    charged,
    held,
    hours,
    nothing,
    person,
    session,
    step,
    usual,
    visit,
    without,
)

AT = hours()
THREE = FOUR[:3]

case(
    "attendance-no-show",
    "A cancelled visit whose Appointment says noshow",
    "R4 has no no-show status of Encounter: the Appointment tells it (design 5.5). No charge (CHG02).",
    "attendance shape-b",
    step(
        session({**all_charged(THREE), "dee": nothing("no-show")}, AT, attended=3),
        put=[
            *without(usual(), "Encounter/s-dee"),
            appointment("a-dee", "noshow", ("dee", "accepted")),
            visit("dee", status="cancelled", appointment=[b.ref("Appointment/a-dee")]),
        ],
    ),
)
case(
    "attendance-cancelled",
    "A cancelled visit",
    "Encounter cancelled: not attended (fhir.md 1.4).",
    "attendance shape-b",
    step(
        session({**all_charged(THREE), "dee": nothing("cancelled")}, AT, attended=3),
        put=changed(usual(), "Encounter/s-dee", status="cancelled"),
    ),
)
case(
    "attendance-entered-in-error",
    "A visit entered in error",
    "Encounter entered-in-error: not attended (fhir.md 1.4; design 5.2).",
    "attendance shape-b",
    step(
        session({**all_charged(THREE), "dee": nothing("not-attended")}, AT, attended=3),
        put=changed(usual(), "Encounter/s-dee", status="entered-in-error"),
    ),
)
case(
    "attendance-in-progress",
    "A visit that is not over yet waits, the others do not",
    "A visit in progress or planned waits: in-progress (design 5.5), and nothing is written yet.",
    "attendance shape-b",
    step(
        session({**all_charged(THREE), "dee": nothing("in-progress")}, AT, attended=3),
        put=changed(usual(), "Encounter/s-dee", status="in-progress"),
    ),
)
case(
    "attendance-roster-member-without-visit",
    "Three have visits, the fourth is on the roster only",
    "A Group is a roster, never attendance: held with CHG02 as a warning (design 5.3).",
    "attendance shape-b",
    step(
        session(
            {**all_charged(THREE), "dee": held("attendance-unverified", evidence="roster", findings=["CHG02"])},
            AT,
            attended=3,
        ),
        put=without(usual(), "Encounter/s-dee"),
    ),
)
case(
    "attendance-inactive-member",
    "A member who has left the group, without a visit",
    "Group.member.inactive: not attended (fhir.md 1.4).",
    "attendance",
    step(
        session({**all_charged(THREE), "dee": nothing("not-attended")}, AT, attended=3),
        put=changed(
            without(usual(), "Encounter/s-dee"),
            "Group/g",
            member=[
                *({"entity": b.ref(f"Patient/{name}")} for name in THREE),
                {"entity": b.ref("Patient/dee"), "inactive": True},
            ],
        ),
    ),
)
case(
    "attendance-membership-ended",
    "A membership that ended before the session, without a visit",
    "Group.member.period ended before the date of service: not attended (fhir.md 1.4).",
    "attendance",
    step(
        session({**all_charged(THREE), "dee": nothing("not-attended")}, AT, attended=3),
        put=changed(
            without(usual(), "Encounter/s-dee"),
            "Group/g",
            member=[
                *({"entity": b.ref(f"Patient/{name}")} for name in THREE),
                {"entity": b.ref("Patient/dee"), "period": {"end": "2026-02-28"}},
            ],
        ),
    ),
)
case(
    "attendance-visit-beats-inactive-membership",
    "A finished visit of a member who has left the group",
    "A negative beats only weaker positives: the visit stands against the membership (design 5.5).",
    "attendance",
    step(
        session(all_charged(), AT, attended=4),
        put=changed(
            usual(),
            "Group/g",
            member=[
                *({"entity": b.ref(f"Patient/{name}")} for name in THREE),
                {"entity": b.ref("Patient/dee"), "inactive": True},
            ],
        ),
    ),
)
case(
    "attendance-somebody-not-on-the-roster",
    "A finished visit of somebody whom the roster does not have",
    "The visit is the evidence; the roster is none (design 5.5).",
    "attendance",
    step(
        session(all_charged((*FOUR, "eve")), AT, attended=5),
        put=[*usual(), *person("eve"), visit("eve")],
    ),
)
case(
    "attendance-cancelled-session-with-finished-visits",
    "The session was cancelled, and two visits of it are finished",
    "A cancelled session with finished visits is held: attendance-conflict (design 5.5).",
    "attendance",
    step(
        session({name: held("attendance-conflict") for name in FOUR}, AT),
        put=changed(usual(), "Encounter/s", status="cancelled"),
    ),
)
case(
    "attendance-of-somebody-who-had-died",
    "A finished visit on a day after the patient's death",
    "A finished visit of somebody who died before that day is held: attendance-conflict (design 5.5).",
    "attendance",
    step(
        session({**all_charged(THREE), "dee": held("attendance-conflict")}, AT),
        put=changed(usual(), "Patient/dee", deceasedDateTime="2026-03-01"),
    ),
)
case(
    "attendance-a-practitioner-on-the-roster",
    "A trainee observes the group and stands on its roster",
    "Only Patients are billed: not-a-patient (CHG03).",
    "attendance",
    step(
        session({**all_charged(), "Practitioner/okafor": nothing("not-a-patient")}, AT, attended=4),
        put=changed(
            usual(),
            "Group/g",
            member=[
                *({"entity": b.ref(f"Patient/{name}")} for name in FOUR),
                {"entity": b.ref("Practitioner/okafor")},
            ],
        ),
    ),
)
case(
    "attendance-nested-groups",
    "A Group of two Groups",
    "Nested Groups are expanded (design 5.5).",
    "attendance",
    step(
        session({**all_charged(THREE), "dee": held("attendance-unverified", evidence="roster")}, AT, attended=3),
        put=[
            *without(usual(), "Group/g", "Encounter/s-dee"),
            b.group("inner-1", ("ana", "ben")),
            b.group("inner-2", ("cy", "dee")),
            {
                **b.group("g", ()),
                "member": [{"entity": b.ref("Group/inner-1")}, {"entity": b.ref("Group/inner-2")}],
            },
        ],
    ),
)
case(
    "attendance-one-person-of-two-records",
    "The roster has an old record of a patient, the visit the new one",
    "Patient.link replaced-by / replaces makes two records one member (design 5.5).",
    "attendance",
    step(
        session({**all_charged(THREE), "dee-old": charged(patient="Patient/dee")}, AT, attended=4),
        put=[
            *changed(
                usual(),
                "Group/g",
                member=[{"entity": b.ref(f"Patient/{name}")} for name in (*THREE, "dee-old")],
            ),
            b.patient("dee-old", active=False, link=[{"other": b.ref("Patient/dee"), "type": "replaced-by"}]),
        ],
    ),
)
case(
    "attendance-alone",
    "Only one came",
    "A group needs at least two who attended (GRP01): the one is held.",
    "attendance group-size",
    step(
        session(
            {
                "ana": held("rule:GRP01"),
                **{name: nothing("cancelled") for name in FOUR[1:]},
            },
            AT,
            attended=1,
        ),
        put=[
            {**each, "status": "cancelled"} if each["id"] in ("s-ben", "s-cy", "s-dee") else each for each in usual()
        ],
    ),
)
case(
    "attendance-half-an-hour-of-ninety-minutes",
    "Somebody came for the last third of the session",
    "Below half of the session: a warning (CHG06), the charge stands where the payer has no minimum.",
    "attendance minutes",
    step(
        session(
            {**all_charged(THREE, absent=["CHG06"]), "dee": charged(findings=["CHG06"])},
            hours("09:00", "10:30"),
            attended=4,
        ),
        put=changed(
            usual(at=hours("09:00", "10:30")),
            "Encounter/s-dee",
            period=dict(zip(("start", "end"), hours("10:00", "10:30"), strict=True)),
        ),
    ),
)
case(
    "dates-evening-written-in-utc",
    "An evening session that an EHR writes in UTC, where it is the next day already",
    "The date of service is local (design 5.5; fhir.md 1.4): a coverage that ended that day still holds.",
    "dates shape-b",
    step(
        session(all_charged(), ("2026-03-11T00:30:00Z", "2026-03-11T01:30:00Z"), on=DAY, attended=4),
        put=[
            {**each, "period": {"start": "2025-01-01", "end": "2026-03-10"}}
            if each["resourceType"] == "Coverage"
            else each
            for each in usual(at=("2026-03-11T00:30:00Z", "2026-03-11T01:30:00Z"))
        ],
    ),
)
case(
    "dates-over-midnight",
    "A session from half past eleven at night to half past midnight",
    "A session over midnight is of the date on which it began (TIM08): one charge.",
    "dates shape-b",
    step(
        session(all_charged(), ("2026-03-10T23:30:00-05:00", "2026-03-11T00:30:00-05:00"), attended=4),
        put=usual(at=("2026-03-10T23:30:00-05:00", "2026-03-11T00:30:00-05:00")),
    ),
)
case(
    "dates-the-night-the-clocks-change",
    "Two hours by the clock on the night in which an hour is left out are one hour",
    "Minutes are elapsed minutes (design 5.5): 60 of 90 are too few for Medi-Cal.",
    "dates minutes payer-rules dated",
    step(
        session(
            {name: held("rule:TIM03") for name in FOUR},
            ("2026-03-08T01:00:00-06:00", "2026-03-08T03:00:00-05:00"),
        ),
        put=usual(policy="medi-cal", at=("2026-03-08T01:00:00-06:00", "2026-03-08T03:00:00-05:00")),
    ),
)
