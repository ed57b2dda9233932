"""Everything else that was billed for a patient that day (domain.md 3.5, 5.1; design 5.3, 5.7)."""

from __future__ import annotations

from typing import Any

from groupbill.testing import builders as b

from .world import (
    FOUR,
    JSON,
    all_charged,
    case,
    charged,
    held,
    hours,
    nothing,
    parent,
    service,
    session,
    step,
    usual,
    visit,
)

AT = hours()
LATER = hours("11:00", "11:45")


def day(name: str, title: str, why: str, dee: JSON, *services: list[JSON], **more: Any) -> None:
    """A case in which the fourth member had something else that day."""
    case(
        name,
        title,
        why,
        "same-day",
        step(
            session({**all_charged(FOUR[:3]), "dee": dee}, AT, attended=4),
            put=[*usual(), *(each for found in services for each in found)],
        ),
        **more,
    )


day(
    "same-day-individual-without-modifier",
    "An individual hour the same morning, charged without a modifier",
    "90853 is column 1 over 90834 and pays: charged; the finding sits on the 90834 line (NCC02; design 5.3).",
    charged(findings=["NCC02"]),
    service("ind", "dee", "90834", LATER),
)
day(
    "same-day-individual-with-xe",
    "The same with XE on the individual hour",
    "XE on column 2, and the times do not overlap: bypassed (NCC03, NCC04).",
    charged(),
    service("ind", "dee", "90834", LATER, "XE"),
)
day(
    "same-day-evaluation",
    "A diagnostic evaluation the same day by the same practitioner",
    "90791 over 90853, indicator 0: 90853 is column 2, no modifier helps (NCC01; the same said by NCC12): held.",
    held("rule:NCC01", findings=["NCC01", "NCC12"]),
    service("eval", "dee", "90791", LATER),
)
day(
    "same-day-evaluation-by-another",
    "A diagnostic evaluation the same day by another practitioner",
    "Edits are per rendering practitioner by default (NCC08; ncci_scope rendering).",
    charged(absent=["NCC01"]),
    service("eval", "dee", "90791", LATER, by="okafor"),
)
day(
    "same-day-crisis",
    "Crisis psychotherapy the same day",
    "90839 over 90853, indicator 0 (NCC01): held.",
    held("rule:NCC01", findings=["NCC01", "NCC12"]),
    service("crisis", "dee", "90839", hours("11:00", "12:00")),
)
day(
    "same-day-evaluation-not-charged-yet",
    "A finished visit typed 90791 that nobody has charged yet",
    "A visit typed with a CPT code counts as a service: an error where it makes 90853 the denied line (design 5.3).",
    held("rule:NCC01", findings=["NCC01", "NCC12"]),
    service("eval", "dee", "90791", LATER)[:1],
)
day(
    "same-day-office-visit",
    "An office visit without 25",
    "E/M without 25: the finding is on the E/M line, the group is charged (NCC06; design 5.3).",
    charged(findings=["NCC06"]),
    service("em", "dee", "99213", LATER),
)
day(
    "same-day-office-visit-with-25",
    "An office visit with 25",
    "25 belongs on the E/M line: in order (NCC06).",
    charged(),
    [
        service("em", "dee", "99213", LATER)[0],
        {
            **service("em", "dee", "99213", LATER)[1],
            "extension": [
                {
                    "url": "https://w3id.org/groupbill/fhir/StructureDefinition/charge-modifier",
                    "valueCodeableConcept": b.coded(b.CPT, "25"),
                }
            ],
        },
    ],
)
day(
    "same-day-screening",
    "A screening instrument the same day",
    "96127 is column 2 of 90853, indicator 0 (NCC01): drop 96127 (NCC14); the group stands.",
    charged(findings=["NCC01", "NCC14"]),
    service("screen", "dee", "96127", LATER),
)
day(
    "same-day-overlapping-times",
    "An individual hour that began while the group was still on",
    "Overlapping times: neither is right until a person decides; 90853 is held (TIM06; design 5.3).",
    held("rule:TIM06", findings=["TIM06"]),
    service("ind", "dee", "90834", hours("09:30", "10:15"), by="okafor"),
)
day(
    "same-day-cancelled-charge",
    "A diagnostic evaluation that was charged and cancelled",
    "Aborted charges are no same-day services (design 5.5).",
    charged(absent=["NCC01"]),
    [
        {**each, "status": "aborted" if each["resourceType"] == "ChargeItem" else "cancelled"}
        for each in service("eval", "dee", "90791", LATER)
    ],
)
day(
    "leader-in-two-places",
    "The leader has an individual hour with somebody else during the group",
    "Found on the other service; the rest of the group is not held (TIM07; design 5.3).",
    charged(),
    [b.patient("fay")],
    service("ind", "fay", "90834", hours("09:30", "10:15")),
)
case(
    "two-groups-of-one-patient",
    "One patient in two groups of the same practitioner on one day",
    "One unit per date (MUE01): of our own charges the earliest start wins, the later is held (design 5.3).",
    "same-day",
    step(
        session(all_charged(("ana", "ben")), AT, attended=2),
        session(
            {"ana": held("rule:MUE01", findings=["MUE01"]), "cy": charged()}, hours("17:00", "18:00"), attended=2
        ),
        put=[
            *(each for each in usual(("ana", "ben", "cy")) if each["id"] not in ("g", "s-cy")),
            b.group("g", ("ana", "ben")),
            b.group("h", ("ana", "cy")),
            {**parent(hours("17:00", "18:00"), "t"), "subject": b.ref("Group/h")},
            visit("ana", hours("17:00", "18:00"), "t"),
            visit("cy", hours("17:00", "18:00"), "t"),
        ],
    ),
)


def foreign_claim(status: str = "active") -> JSON:
    """Somebody else's claim for Dee's visit."""
    return {
        "resourceType": "Claim",
        "id": "foreign",
        "status": status,
        "type": b.coded("http://terminology.hl7.org/CodeSystem/claim-type", "professional"),
        "use": "claim",
        "patient": b.ref("Patient/dee"),
        "created": "2026-03-11",
        "provider": b.ref("Organization/clinic"),
        "priority": b.coded("http://terminology.hl7.org/CodeSystem/processpriority", "normal"),
        "careTeam": [{"sequence": 1, "provider": b.ref("Practitioner/rivera")}],
        "diagnosis": [{"sequence": 1, "diagnosisCodeableConcept": b.coded(b.ICD10CM, "F33.1")}],
        "insurance": [{"sequence": 1, "focal": True, "coverage": b.ref("Coverage/cov-dee")}],
        "item": [
            {
                "sequence": 1,
                "careTeamSequence": [1],
                "diagnosisSequence": [1],
                "productOrService": b.coded(b.CPT, "90853"),
                "servicedDate": "2026-03-10",
                "locationCodeableConcept": b.coded(b.POS, "11"),
                "quantity": {"value": 1},
                "unitPrice": {"value": 120, "currency": "USD"},
                "net": {"value": 120, "currency": "USD"},
                "encounter": [b.ref("Encounter/s-dee")],
            }
        ],
        "total": {"value": 120, "currency": "USD"},
    }


day(
    "foreign-claim",
    "Somebody else has claimed the visit already",
    "Somebody else's live Claim, none of ours: already-claimed, CLM03; nothing is written (design 5.7).",
    nothing("already-claimed", findings=["CLM03"]),
    [foreign_claim()],
)
day(
    "foreign-claim-cancelled",
    "Somebody else's claim for the visit was cancelled",
    "A cancelled claim is not live (design 5.7).",
    charged(),
    [foreign_claim("cancelled")],
)
day(
    "foreign-charge",
    "Somebody else has charged the visit, and nobody claimed it",
    "Theirs is kept (CHG07, an information), ours is not made; the Claim is (design 5.7).",
    {"outcome": "charged", "reason": None, "findings": ["CHG07"]},
    [
        {
            "resourceType": "ChargeItem",
            "id": "foreign",
            "status": "billable",
            "subject": b.ref("Patient/dee"),
            "context": b.ref("Encounter/s-dee"),
            "code": b.coded(b.CPT, "90853"),
            "occurrencePeriod": {"start": AT[0], "end": AT[1]},
            "performer": [{"actor": b.ref("Practitioner/rivera")}],
            "quantity": {"value": 1},
        }
    ],
)
