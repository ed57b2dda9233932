"""Places, modalities and modifiers, who may bill, families (domain.md 3.8, 3.9, 5.3 to 5.6)."""

from __future__ import annotations

from groupbill.testing import builders as b

from .world import (
    FOUR,
    JSON,
    all_charged,
    case,
    changed,
    charged,
    held,
    hours,
    line,
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


def remote(name: str, modality: str, location: str | None) -> JSON:
    """A visit from elsewhere."""
    return visit(name, category="VR", modality=modality, location=location)


def of_four(policy: str, dee: JSON, seen: JSON) -> JSON:
    """Three in the room, the fourth another way."""
    return step(
        session({**all_charged(FOUR[:3]), "dee": dee}, AT, attended=4),
        put=[*(each for each in usual(policy=policy) if each["id"] != "s-dee"), seen],
    )


case(
    "place-video-at-home",
    "One at home by video, a commercial payer",
    "The place of service is decided per participant (TEL01): 10 at home; 95 for commercial payers (TEL05).",
    "telehealth payer-rules",
    of_four("commercial", charged(line("90853", "95", place="10")), remote("dee", "video", "home")),
)
case(
    "place-video-at-home-under-medicare",
    "The same under Medicare",
    "Medicare: POS 10, and no modifier by default, since its sources conflict (TEL04, TEL05).",
    "telehealth payer-rules dated",
    of_four("medicare", charged(line("90853", place="10")), remote("dee", "video", "home")),
)
case(
    "place-telephone",
    "One at home on the telephone",
    "Audio only: 93 (TEL06).",
    "telehealth payer-rules",
    of_four("commercial", charged(line("90853", "93", place="10")), remote("dee", "audio", "home")),
)
case(
    "place-video-from-an-unknown-place",
    "One by video from a place that is not recorded",
    "remote_place_of_service (02), with TEL01 as a warning (design 5.5).",
    "telehealth",
    of_four(
        "commercial",
        charged(line("90853", "95", place="02"), findings=["TEL01"]),
        remote("dee", "video", None),
    ),
)
case(
    "place-of-the-room",
    "A session in a hospital's outpatient department",
    "In person: the session's Location (design 5.5).",
    "telehealth",
    step(
        session(all_charged(), AT, attended=4)
        | {"members": {f"Patient/{name}": charged(line(place="22")) for name in FOUR}},
        put=changed(usual(), "Location/room", type=[b.coded(b.POS, "22")]),
    ),
)
case(
    "who-may-bill-therapist-under-medicare",
    "A marriage and family therapist in 2026 under Medicare",
    "106H00000X: dates of service from 2024-01-01 (PRV02).",
    "payer-rules providers",
    step(session(all_charged(), AT, attended=4), put=usual(policy="medicare", taxonomy="106H00000X")),
)
case(
    "who-may-bill-therapist-before-2024",
    "A marriage and family therapist in December 2023 under Medicare",
    "106H00000X: dates of service from 2024-01-01 only (PRV02).",
    "payer-rules providers dates dated",
    step(
        session({name: held("rule:PRV02", findings=["PRV02"]) for name in FOUR}, hours(on="2023-12-12"), attended=4),
        put=[
            {**each, "period": {"start": "2023-01-01", "end": "2023-12-31"}}
            if each["resourceType"] == "Coverage"
            else {**each, "onsetDateTime": "2020-01-01"}
            if each["resourceType"] == "Condition"
            else each
            for each in usual(policy="medicare", taxonomy="106H00000X", at=hours(on="2023-12-12"))
        ],
    ),
    today="2023-12-20",
)
case(
    "who-may-bill-a-nurse-under-medicare",
    "A registered nurse leads, under Medicare",
    "163WP0808X: not billable in their own name (domain.md 3.9, PRV04).",
    "payer-rules providers",
    step(
        session({name: held("rule:PRV04", findings=["PRV04"]) for name in FOUR}, AT, attended=4),
        put=usual(policy="medicare", taxonomy="163WP0808X"),
    ),
)
case(
    "who-may-bill-an-occupational-therapist-under-medicare",
    "An occupational therapist leads, under Medicare",
    "225X00000X: not among those whom Medicare pays for psychotherapy (domain.md 5.6, PRV01).",
    "payer-rules providers",
    step(
        session({name: held("rule:PRV01", findings=["PRV01"]) for name in FOUR}, AT, attended=4),
        put=usual(policy="medicare", taxonomy="225X00000X"),
    ),
)
case(
    "leaders-two-equals",
    "Two leaders, neither of whom is the primary performer",
    "Two equals without a PPRF: PRV06 holds (design 5.5).",
    "providers",
    step(
        session({name: held("rule:PRV06") for name in FOUR}, AT, attended=4),
        put=changed(usual(), "Encounter/s", participant=[b.led_by("rivera", "SPRF"), b.led_by("okafor", "SPRF")]),
    ),
)
case(
    "leaders-primary-and-second",
    "A primary and a second performer",
    "Exactly one rendering practitioner per line; the second is documentation (PRV06).",
    "providers",
    step(
        session(all_charged(), AT, attended=4),
        put=changed(usual(), "Encounter/s", participant=[b.led_by("rivera"), b.led_by("okafor", "SPRF")]),
    ),
)
case(
    "leaders-two-paid-in-wisconsin",
    "Two leaders under Wisconsin Medicaid, which pays both",
    "DHS 107.13(2)(c)2: up to two; rendering.max 2 gives one claim per leader (design 5.6).",
    "payer-rules providers",
    step(
        session({name: charged(line(), line()) for name in FOUR}, AT, attended=4),
        put=changed(
            usual(policy="medicaid-wi"), "Encounter/s", participant=[b.led_by("rivera"), b.led_by("okafor", "SPRF")]
        ),
    ),
)
case(
    "add-on-interactive-complexity",
    "One member's own record shows interactive complexity",
    "90785 per affected patient, beside 90853 (CLM09, DOC14); Observation interactive-complexity (design 5.5).",
    "documentation",
    step(
        session(
            {
                **all_charged(FOUR[:3]),
                "dee": charged(line(), line("90785", amount="20.00")),
            },
            AT,
            attended=4,
        ),
        put=[*usual(), observed("ic-dee", "interactive-complexity", {"valueBoolean": True}, "s-dee", "dee")],
    ),
)
case(
    "families-several",
    "Two families in one session, typed 90849",
    "90849 is derived one per family, on the identified patient (design 5.6; NCCI manual XI-34).",
    "families",
    step(
        session(
            {name: charged(line("90849", amount="150.00")) for name in ("ana", "ben")},
            AT,
        ),
        put=[
            *staff(),
            b.group("g", ("ana", "ben")),
            parent(code="90849"),
            *(
                each
                for name in ("ana", "ben")
                for each in (
                    *person(name, diagnosis="F90.2"),
                    {
                        "resourceType": "RelatedPerson",
                        "id": f"parent-{name}",
                        "patient": b.ref(f"Patient/{name}"),
                    },
                    {
                        **visit(name, code="90849"),
                        "participant": [{"individual": b.ref(f"RelatedPerson/parent-{name}")}],
                    },
                )
            ),
        ],
    ),
)
case(
    "families-billed-as-a-group",
    "The same two families, typed 90853",
    "A session typed 90853 that consists of families is held (GRP05; design 5.6).",
    "families",
    step(
        session({name: held("rule:GRP05") for name in ("ana", "ben")}, AT),
        put=[
            *staff(),
            b.group("g", ("ana", "ben")),
            parent(),
            *(
                each
                for name in ("ana", "ben")
                for each in (
                    *person(name, diagnosis="F90.2"),
                    {
                        "resourceType": "RelatedPerson",
                        "id": f"parent-{name}",
                        "patient": b.ref(f"Patient/{name}"),
                    },
                    {
                        **visit(name),
                        "participant": [{"individual": b.ref(f"RelatedPerson/parent-{name}")}],
                    },
                )
            ),
        ],
    ),
)
