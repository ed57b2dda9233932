"""Rules of payers: size of the group, minutes, frequency (domain.md 5.7)."""

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
