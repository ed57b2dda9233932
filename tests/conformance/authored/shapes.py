"""The nine ways in which EHRs record a session (design 5.5; fhir.md 1.3)."""

from __future__ import annotations

from groupbill.testing import builders as b

from .world import (
    DAY,
    FOUR,
    KIT,
    all_charged,
    appointment,
    case,
    held,
    hours,
    note,
    nothing,
    observed,
    parent,
    person,
    session,
    staff,
    step,
    usual,
    visit,
)

AT = hours()
ROSTER = [*staff(), b.group("g", FOUR), *(each for name in FOUR for each in person(name))]

case(
    "shape-a-roster-alone",
    "A session of a Group, and nothing that says who was there",
    "A Group is a roster, never attendance (design 5.5): every member is held, none is billed.",
    "shape-a attendance",
    step(
        session(
            {name: held("attendance-unverified", evidence="roster", findings=["CHG02"]) for name in FOUR},
            AT,
            shape="A",
        ),
        put=[*ROSTER, parent()],
    ),
)
case(
    "shape-a-attested-roster",
    "A site that attests its rosters bills the active members",
    "Setting roster_is_attendance (design 5.4).",
    "shape-a attendance",
    step(session(all_charged(evidence="roster"), AT, shape="A", attended=4), put=[*ROSTER, parent()]),
    settings={"roster_is_attendance": True},
)
case(
    "shape-a-attendance-records",
    "Observations in the site's code say who was there; one says that she was not",
    "Rank 3 of the ladder (fhir.md 1.4): an explicit attendance artefact counts as stated.",
    "shape-a attendance",
    step(
        session(
            {
                **all_charged(FOUR[:3], evidence="attendance-record"),
                "dee": nothing("not-attended"),
            },
            AT,
            shape="A",
            attended=3,
        ),
        put=[
            *ROSTER,
            parent(),
            *(
                observed(f"was-{name}", f"{KIT}attendance|present", {"valueBoolean": name != "dee"}, "s", name)
                for name in FOUR
            ),
        ],
    ),
)
case(
    "shape-b-all-came",
    "A parent Encounter with one finished child per patient",
    "The most billable form (fhir.md 1.3 B): one charge and one claim per patient who attended (CHG01).",
    "shape-b",
    step(session(all_charged(evidence="child-encounter"), AT, shape="B", attended=4), put=usual()),
)
case(
    "shape-b-without-times-of-their-own",
    "Children without a period take the session's",
    "Per-participant time: own Encounter.period, else the session's (design 5.5).",
    "shape-b",
    step(
        session(all_charged(), AT, shape="B", attended=4),
        put=[{key: value for key, value in each.items() if key != "period" or each["id"] == "s"} for each in usual()],
    ),
)
case(
    "shape-c-siblings",
    "Visits that share leader and hour, typed 90853, with nothing that ties them together",
    "Shape C: clustered by performer and start; a CPT code is signal enough.",
    "shape-c",
    step(
        session(all_charged(evidence="child-encounter"), AT, shape="C", attended=4),
        put=[
            *ROSTER[: len(staff())],
            *(each for name in FOUR for each in person(name)),
            *(
                b.encounter(
                    f"v-{name}", f"Patient/{name}", AT, leader="rivera", location="room", diagnosis=f"dx-{name}"
                )
                for name in FOUR
            ),
        ],
    ),
)
case(
    "shape-c-local-code-in-utc",
    "The same with a code of the site, in UTC, beginning three minutes apart after local dusk",
    "session_codes names the type; slot_minutes 5 joins them; the date of service is local (design 5.4, 5.5).",
    "shape-c dates",
    step(
        session(all_charged(), ("2026-03-11T00:00:00Z", "2026-03-11T01:00:00Z"), on=DAY, shape="C", attended=4),
        put=[
            *staff(),
            *(each for name in FOUR for each in person(name)),
            *(
                {
                    **b.encounter(
                        f"v-{name}",
                        f"Patient/{name}",
                        (f"2026-03-11T00:0{minute}:00Z", "2026-03-11T01:00:00Z"),
                        code=None,
                        leader="rivera",
                        location="room",
                    ),
                    "type": [b.coded(f"{KIT}visit", "group")],
                }
                for minute, name in zip((0, 0, 3, 3), FOUR, strict=True)
            ),
        ],
    ),
)
case(
    "shape-d-replies-are-no-attendance",
    "One Appointment with many patients who accepted",
    "Appointment.participant.status is a reply, not attendance (fhir.md 1.4): held; who declined did not attend.",
    "shape-d attendance",
    step(
        session(
            {
                **{name: held("attendance-unverified", evidence="reply") for name in FOUR[:3]},
                "dee": nothing("not-attended"),
            },
            AT,
            shape="D",
        ),
        put=[
            *staff(),
            *(each for name in FOUR for each in person(name)),
            {
                **appointment("a", "fulfilled", *((name, "accepted") for name in FOUR[:3]), ("dee", "declined")),
                "serviceType": [b.coded(b.CPT, "90853")],
            },
        ],
    ),
)
case(
    "shape-e-own-appointments",
    "Parallel Appointments of single patients in one slot: three kept, one missed",
    "Status per patient is good evidence (fhir.md 1.3 E); a missed one is no charge (CHG02).",
    "shape-e attendance",
    step(
        session(
            {**all_charged(FOUR[:3], evidence="appointment"), "dee": nothing("no-show")}, AT, shape="E", attended=3
        ),
        put=[
            *staff(),
            *(each for name in FOUR for each in person(name)),
            *(
                {
                    **appointment(f"a-{name}", "noshow" if name == "dee" else "fulfilled", (name, "accepted")),
                    "serviceType": [b.coded(b.CPT, "90853")],
                }
                for name in FOUR
            ),
        ],
    ),
    settings={"billing": {"provider": "Organization/clinic"}},
)
_TIMES = {"start": "2026-03-10T14:00:00Z", "end": "2026-03-10T15:00:00Z"}
_R5_ROSTER = {**b.group("g", FOUR), "membership": "enumerated"}
_R5_ROSTER.pop("actual")


def _r5_person(name: str) -> list[dict]:
    patient, condition, cover = person(name)
    number = cover.pop("subscriberId")
    cover["insurer"] = cover.pop("payor")[0]
    return [patient, condition, {**cover, "kind": "insurance", "subscriberId": [{"value": number}]}]


case(
    "shape-f-participants-of-release-5",
    "An R5 Encounter with its patients as participants; one of the roster is not among them",
    "R5 has first-class attendance (fhir.md 1.3 F). Who is on the roster only is held.",
    "shape-f attendance",
    step(
        session(
            {
                **all_charged(FOUR[:3], evidence="participant"),
                "dee": held("attendance-unverified", evidence="roster"),
            },
            (_TIMES["start"], _TIMES["end"]),
            shape="F",
            attended=3,
        ),
        put=[
            *staff(),
            *(each for name in FOUR for each in _r5_person(name)),
            _R5_ROSTER,
            {
                "resourceType": "Encounter",
                "id": "s",
                "status": "completed",
                "class": [{"coding": [{"system": b.ACT_CODE, "code": "AMB"}]}],
                "type": [b.coded(b.CPT, "90853")],
                "subject": b.ref("Group/g"),
                "participant": [
                    {"type": [b.coded(b.PARTICIPATION_TYPE, "PPRF")], "actor": b.ref("Practitioner/rivera")},
                    *({"actor": b.ref(f"Patient/{name}")} for name in FOUR[:3]),
                ],
                "actualPeriod": _TIMES,
                "location": [{"location": b.ref("Location/room")}],
                "serviceProvider": b.ref("Organization/clinic"),
            },
        ],
    ),
    fhir="5.0",
)
case(
    "shape-g-notes-alone",
    "Signed notes about each patient for the session's Encounter, and no visits",
    "A note supports attendance, and alone is for a person to look at (fhir.md 1.4 rank 4).",
    "shape-g attendance",
    step(
        session({name: held("attendance-unverified", evidence="note") for name in FOUR}, AT),
        put=[*ROSTER, parent(), *(note(f"n-{name}", name, "s") for name in FOUR)],
    ),
)
case(
    "shape-h-associated-encounters",
    "Visits tied to the session by HL7's extension encounter-associatedEncounter",
    "Link by other means (fhir.md 1.3 H).",
    "shape-h",
    step(
        session(all_charged(evidence="child-encounter"), AT, attended=4),
        put=[
            *ROSTER,
            parent(),
            *(
                {
                    **{key: value for key, value in visit(name).items() if key != "partOf"},
                    "extension": [
                        {
                            "url": "http://hl7.org/fhir/StructureDefinition/encounter-associatedEncounter",
                            "valueReference": b.ref("Encounter/s"),
                        }
                    ],
                }
                for name in FOUR
            ),
        ],
    ),
)
case(
    "shape-i-contained-group",
    "The Group is contained in the session's Encounter",
    "All forms of reference lead to the Group (fhir.md 1.3 I); the children say who came.",
    "shape-i",
    step(
        session(all_charged(evidence="child-encounter"), AT, attended=4),
        put=[
            *staff(),
            *(each for name in FOUR for each in person(name)),
            {**parent(), "subject": b.ref("#g"), "contained": [b.group("g", FOUR)]},
            *(visit(name) for name in FOUR),
        ],
    ),
)
case(
    "two-sessions-of-a-day",
    "A morning and an evening group with other members are two sessions",
    "Same session is told by its Encounter, not by the day (domain.md 6).",
    "shape-b",
    step(
        session(all_charged(("ana", "ben")), AT, attended=2),
        session(all_charged(("cy", "dee")), hours("17:00", "18:00"), attended=2),
        put=[
            *staff(),
            *(each for name in FOUR for each in person(name)),
            b.group("g", ("ana", "ben")),
            b.group("h", ("cy", "dee")),
            parent(),
            {**parent(hours("17:00", "18:00"), "t"), "subject": b.ref("Group/h")},
            *(visit(name) for name in ("ana", "ben")),
            *(visit(name, hours("17:00", "18:00"), "t") for name in ("cy", "dee")),
        ],
    ),
)
case(
    "a-session-that-is-only-planned",
    "A session that has not begun is none yet",
    "A session that is only planned is none (design 5.5).",
    "shape-b",
    step(put=[*ROSTER, parent(status="planned"), *(visit(name, status="planned") for name in FOUR)]),
)
