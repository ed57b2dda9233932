"""Who pays, and what a professional claim can't go without (design 5.3, 5.5)."""

from __future__ import annotations

from groupbill.testing import builders as b

from .world import (
    FOUR,
    all_charged,
    case,
    changed,
    charged,
    held,
    hours,
    payer,
    pays,
    person,
    session,
    step,
    usual,
    without,
)

AT = hours()
THREE = FOUR[:3]


def last(case_: dict, **more) -> dict:
    """The usual charges of three, and another end of the fourth."""
    return session({**all_charged(THREE), "dee": case_}, AT, **more)


case(
    "coverage-self-pay",
    "One pays alone",
    "Self-pay: charge item yes, claim no; still counts for the size of the group (CHG05).",
    "coverage",
    step(
        last(pays("self-pay"), attended=4),
        put=[*without(usual(), "Coverage/cov-dee"), *person("dee", None)[2:]],
    ),
)
case(
    "coverage-none-on-file",
    "One has no Coverage at all",
    "None on file: patient-pay, no-coverage (design 5.5).",
    "coverage",
    step(last(pays("no-coverage"), attended=4), put=without(usual(), "Coverage/cov-dee")),
)
case(
    "coverage-ended",
    "One's Coverage ended in February",
    "On file but none active on the date: held, CLM07 (design 5.5).",
    "coverage",
    step(
        last(held("rule:CLM07"), attended=4),
        put=changed(usual(), "Coverage/cov-dee", period={"start": "2025-01-01", "end": "2026-02-28"}),
    ),
)
case(
    "coverage-ends-that-day",
    "One's Coverage ends on the day of the session",
    "Both ends of a period count (FHIR Period; design 5.4).",
    "coverage dates",
    step(
        session(all_charged(), AT, attended=4),
        put=changed(usual(), "Coverage/cov-dee", period={"start": "2025-01-01", "end": "2026-03-10"}),
    ),
)
case(
    "coverage-cancelled",
    "One's only Coverage is cancelled",
    "A Coverage that is not active does not cover: held, CLM07.",
    "coverage",
    step(last(held("rule:CLM07"), attended=4), put=changed(usual(), "Coverage/cov-dee", status="cancelled")),
)
case(
    "coverage-second-in-order",
    "The first Coverage in order ended; the second is active",
    "The first that is active on the date is the focal one and gives the policy (design 5.5).",
    "coverage",
    step(
        session(all_charged(), AT, attended=4),
        put=[
            *changed(usual(), "Coverage/cov-dee", period={"start": "2025-01-01", "end": "2025-12-31"}),
            payer("medicaid"),
            b.coverage("dee", "payer-medicaid", name="cov-dee-2", order=2),
        ],
    ),
)
case(
    "coverage-without-subscriber-id",
    "The member number is missing",
    "What a claim can't go without, missing: held under its rule (CLM07; design 5.3).",
    "coverage missing",
    step(last(held("rule:CLM07"), attended=4), put=changed(usual(), "Coverage/cov-dee", subscriberId=None)),
)
case(
    "coverage-of-an-unknown-payer",
    "A payer that the settings do not name",
    "It falls back on default, with ENG04 as an information (design 5.4); the claim goes out.",
    "coverage",
    step(
        last(charged(findings=["ENG04"]), attended=4),
        put=[
            *changed(usual(), "Coverage/cov-dee", payor=[b.ref("Organization/unheard-of")]),
            b.payer("unheard-of", "A payer nobody knows"),
        ],
    ),
)
case(
    "missing-diagnosis",
    "One has no diagnosis",
    "At least one ICD-10-CM diagnosis (DX01): missing is a failure, held (design 5.3).",
    "missing",
    step(
        last(held("rule:DX01"), attended=4),
        put=changed(without(usual(), "Condition/dx-dee"), "Encounter/s-dee", diagnosis=None),
    ),
)
case(
    "missing-npi-of-the-leader",
    "The leader has no NPI on file",
    "Rendering NPI (PRV08): missing is a failure, and it concerns everybody.",
    "missing",
    step(
        session({name: held("rule:PRV08") for name in FOUR}, AT, attended=4),
        put=changed(usual(), "Practitioner/rivera", identifier=None),
    ),
)
case(
    "wrong-npi-of-the-leader",
    "The leader's NPI fails its check digit",
    "NPI: Luhn over 80840 and the number (PRV08).",
    "missing",
    step(
        session({name: held("rule:PRV08") for name in FOUR}, AT, attended=4),
        put=changed(
            usual(),
            "Practitioner/rivera",
            identifier=[{"system": b.NPI, "value": "1234567890"}],
        ),
    ),
)
case(
    "missing-tax-id-of-the-clinic",
    "The billing provider has no tax id",
    "Tax id and street address of the billing provider (PRV09): missing is a failure.",
    "missing",
    step(
        session({name: held("rule:PRV09") for name in FOUR}, AT, attended=4),
        put=changed(usual(), "Organization/clinic", identifier=[{"system": b.NPI, "value": b.npi(900)}]),
    ),
)
case(
    "diagnosis-outside-chapter-f",
    "A Z code alone: TRICARE does not take it",
    "The first pointer supports medical necessity: an error for payers that exclude it (DX02; TRICARE).",
    "payer-rules diagnosis",
    step(
        session({**all_charged(THREE), "dee": held("rule:DX02")}, AT, attended=4),
        put=changed(usual(policy="tricare"), "Condition/dx-dee", code=b.coded(b.ICD10CM, "Z63.0")),
    ),
)
case(
    "diagnosis-outside-chapter-f-elsewhere",
    "A Z code alone: a commercial payer gets it with a warning",
    "F-chapter by default; a Z-only claim warns (DX02).",
    "payer-rules diagnosis",
    step(
        session({**all_charged(THREE), "dee": charged(findings=["DX02"])}, AT, attended=4),
        put=changed(usual(), "Condition/dx-dee", code=b.coded(b.ICD10CM, "Z63.0")),
    ),
)
