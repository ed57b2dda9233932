"""Rules of payers: size, minutes, places, modifiers, who may bill (domain.md 5.3 to 5.7)."""

from __future__ import annotations

from typing import Any

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
ELEVEN = tuple(f"m{number:02d}" for number in range(1, 12))
THIRTEEN = tuple(f"m{number:02d}" for number in range(1, 14))


def size(
    name: str, title: str, why: str, names: tuple[str, ...], policy: str, end: JSON, tags: str, **more: Any
) -> None:
    """A case about the size of a group in which all end alike."""
    case(
        name,
        title,
        why,
        tags,
        step(
            session(dict.fromkeys(names, end), more.get("at", AT), attended=len(names)),
            put=usual(names, policy, **more),
        ),
    )


size(
    "size-thirteen-under-ngs",
    "Thirteen attended; NGS pays for twelve",
    "NGS LCD L33632 as summarised: at most 12; medicare-ngs makes GRP02 an error above 12 (design 5.4).",
    THIRTEEN,
    "medicare-ngs",
    held("rule:GRP02"),
    "payer-rules group-size",
)
size(
    "size-twelve-under-ngs",
    "Twelve attended under NGS",
    "At most 12, the twelfth included.",
    THIRTEEN[:12],
    "medicare-ngs",
    charged(absent=["GRP02"]),
    "payer-rules group-size",
)
size(
    "size-thirteen-elsewhere",
    "Thirteen attended; the payer states no limit",
    "Above 12 a warning where the payer has no limit (GRP02): charged.",
    THIRTEEN,
    "commercial",
    charged(findings=["GRP02"]),
    "payer-rules group-size",
)
size(
    "size-eleven-under-new-hampshire",
    "Eleven attended; New Hampshire Medicaid pays for ten",
    "N.H. Admin. Rules He-M 426.08: 2 to 10.",
    ELEVEN,
    "medicaid-nh",
    held("rule:GRP02"),
    "payer-rules group-size",
)
size(
    "size-nine-under-medi-cal",
    "Nine attended for an hour and a half; Medi-Cal pays for eight",
    "22 CCR 51505.3: 2 to 8, at least 90 minutes.",
    ELEVEN[:9],
    "medi-cal",
    held("rule:GRP02"),
    "payer-rules group-size",
    at=hours("09:00", "10:30"),
)
size(
    "size-two",
    "Two attended",
    "Two are a group; two or three are an information (GRP01, GRP08).",
    ("ana", "ben"),
    "commercial",
    charged(findings=["GRP08"]),
    "group-size",
)
case(
    "size-is-judged-per-payer",
    "Eleven attended, of whom two have New Hampshire Medicaid",
    "The limit is judged by each patient's payer (GRP04), on the count of all who attended (GRP03).",
    "payer-rules group-size",
    step(
        session(
            {
                **all_charged(ELEVEN[2:]),
                **{name: held("rule:GRP02") for name in ELEVEN[:2]},
            },
            AT,
            attended=11,
        ),
        put=[
            *staff(("commercial", "medicaid-nh")),
            b.group("g", ELEVEN),
            parent(),
            *(
                each
                for number, name in enumerate(ELEVEN)
                for each in (*person(name, "medicaid-nh" if number < 2 else "commercial"), visit(name))
            ),
        ],
    ),
)
for policy, minutes, end, verdict, source in (
    ("medi-cal", 75, "10:15", held("rule:TIM03"), "22 CCR 51505.3: not reimbursable below one and a half hours."),
    ("medi-cal", 90, "10:30", charged(), "22 CCR 51505.3: one and a half hours."),
    ("medicaid-ny-588", 55, "09:55", held("rule:TIM03"), "14 NYCRR 588.6: at least 60 minutes."),
    ("medicaid-ny-588", 60, "10:00", charged(), "14 NYCRR 588.6: at least 60 minutes."),
    ("medicaid-ct", 40, "09:40", held("rule:TIM03"), "Conn. Agencies Regs. 17b-262-822: at least 45 minutes."),
    ("commercial", 40, "09:40", charged(absent=["TIM03"]), "Medicare and CPT: untimed (TIM01)."),
):
    size(
        f"minutes-{minutes}-under-{policy}",
        f"A session of {minutes} minutes under {policy}",
        source,
        FOUR,
        policy,
        verdict,
        "payer-rules minutes",
        at=hours("09:00", end),
    )
case(
    "minutes-in-intermediate-care",
    "Forty minutes under Connecticut Medicaid, in an intermediate-care program",
    "Conn. Agencies Regs. 17b-262-822: 30 minutes in intermediate care; Observation intermediate-care (design 5.5).",
    "payer-rules minutes documentation",
    step(
        session(all_charged(), hours("09:00", "09:40"), attended=4),
        put=[
            *usual(policy="medicaid-ct", at=hours("09:00", "09:40")),
            *(
                observed(f"ic-{name}", "intermediate-care", {"valueBoolean": True}, f"s-{name}", name)
                for name in FOUR
            ),
        ],
    ),
)
case(
    "frequency-third-in-seven-days",
    "The third group within seven days under Illinois Medicaid",
    "HFS notice 2014-06-26: two per rolling seven days (FRQ01); the earliest start wins (design 5.3).",
    "payer-rules frequency",
    step(
        *(
            session(end, hours(on=on), attended=2)
            for on, end in (
                ("2026-03-09", {name: charged() for name in ("ana", "ben")}),
                ("2026-03-11", {name: charged() for name in ("ana", "ben")}),
                ("2026-03-13", {name: held("rule:FRQ01") for name in ("ana", "ben")}),
            )
        ),
        put=[
            *staff(("medicaid-il",)),
            b.group("g", ("ana", "ben")),
            *person("ana", "medicaid-il"),
            *person("ben", "medicaid-il"),
            *(
                each
                for number, on in enumerate(("2026-03-09", "2026-03-11", "2026-03-13"))
                for each in (
                    parent(hours(on=on), f"s{number}"),
                    *(visit(name, hours(on=on), f"s{number}") for name in ("ana", "ben")),
                )
            ),
        ],
    ),
)
case(
    "frequency-eighth-day",
    "The third group on the eighth day under Illinois Medicaid",
    "A rolling window of seven days, both ends included: the eighth day is outside (design 5.4).",
    "payer-rules frequency",
    step(
        *(
            session({name: charged() for name in ("ana", "ben")}, hours(on=on), attended=2)
            for on in ("2026-03-09", "2026-03-11", "2026-03-16")
        ),
        put=[
            *staff(("medicaid-il",)),
            b.group("g", ("ana", "ben")),
            *person("ana", "medicaid-il"),
            *person("ben", "medicaid-il"),
            *(
                each
                for number, on in enumerate(("2026-03-09", "2026-03-11", "2026-03-16"))
                for each in (
                    parent(hours(on=on), f"s{number}"),
                    *(visit(name, hours(on=on), f"s{number}") for name in ("ana", "ben")),
                )
            ),
        ],
    ),
    today="2026-03-18",
)


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
