"""Codes of services that rules of several families speak of, and where findings about a line sit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ..fhir.references import is_patient
from ..model import Bill, Finding, Line, Participant, Policy, Severity, Verdict
from .rule import Rule

GROUP = frozenset({"90853", "90849"})
"""Group and multi-family group psychotherapy."""

SESSION_CODES = frozenset({"90853", "90849", "90847", "90846"})
"""What a session can be billed as, one unit per session whatever its length."""

LIMITED = ("390200000X", "163W", "164W", "164X", "167G", "175T00000X", "106S00000X", "172V00000X")
"""NUCC codes (or their beginnings) of those who work under somebody's licence: students and interns, nurses,
technicians, peers, community health workers."""

COUNSELLORS = frozenset({"106H00000X", "101YM0800X", "101YP2500X", "101YA0400X"})
"""NUCC codes of marriage and family therapists and mental health counselors."""

COUNSELLORS_FROM = date(2024, 1, 1)
"""First day on which Medicare pays marriage and family therapists and mental health counselors."""

NOT_PSYCHOTHERAPY = frozenset(
    {"97150", "99078", "G0176", "G0177", "H2014", "H2017", "H2019", "H2027", "S9446", "S9454"}
)
"""Groups of other kinds: rehabilitation, education, activity, skills, stress classes."""

_CONCURRENT = frozenset({"90785", "Q3014", "T1013", "T1014", "H0015", "H0035", "S9480", "36415", "36416"})
_GOODS = ("A4", "A5", "A6", "A7", "A8", "A9", "B", "E", "J", "K", "L", "V")
"""HCPCS sections of supplies, devices and drugs."""


def runs_beside(code: str) -> bool:
    """Whether a service takes none of the patient's time, or runs beside others by its nature.

    Add-on, telehealth site fee, interpreter, per-diem; the laboratory (CPT 80000 to 89999, proprietary tests with U)
    and the drawing of blood for it; supplies and drugs.
    """
    if code in _CONCURRENT or code.startswith(_GOODS):
        return True
    return len(code) == 5 and code[:4].isdigit() and (code[4] == "U" or code[0] == "8")


_CHARGE_ITEM = {"unitPrice": "priceOverride", "servicedDate": "occurrence", "productOrService": "code"}


def element(line: Line, name: str) -> str:
    """Where an element of a line is wrong, by its name in `Claim.item`.

    Of a line that is still to be written that is the ChargeItem as a whole, since nothing inside exists yet.
    """
    if line.desired:
        return line.at
    return line.place(name if line.index is not None else _CHARGE_ITEM.get(name, name))


def for_a_patient(bill: Bill) -> bool:
    """Whether a bill is for a Patient, a contained one too, or for somebody known by an identifier or URI alone."""
    patient = bill.patient
    if patient is None or "#" in patient:
        inner = (patient or "").partition("#")[2]
        contained = [each for each in (bill.resource or {}).get("contained") or () if isinstance(each, Mapping)]
        return any(each.get("resourceType") == "Patient" and each.get("id") == inner for each in contained)
    return is_patient(patient) or not patient[:1].isupper()


def is_claim(bill: Bill) -> bool:
    """Whether a payer gets this bill: no ChargeItem, and not what a patient pays without a claim."""
    return bill.kind == "Claim" and (bill.participant is None or not bill.participant.self_pay)


def bill_place(bill: Bill, name: str) -> str:
    """Where an element of a bill is wrong; of one still to be written, its first line (or the bill)."""
    if bill.desired:
        return bill.lines[0].at if bill.lines else bill.at
    return f"{bill.at}#{bill.kind}.{name}"


def own_place(participant: Participant) -> str:
    """Where a finding sits that concerns a participant's own line."""
    if participant.lines:
        return participant.lines[0].place()
    return participant.member.encounter or participant.member.member


def limited(taxonomies: tuple[str, ...]) -> bool:
    """Whether somebody has taxonomy codes, and all are of those who may not bill in their own name."""
    for code in taxonomies:
        if not code.startswith(LIMITED):
            return False
    return bool(taxonomies)


def is_medicare(policy: Policy) -> bool:
    """Whether a payer policy is Medicare's, by its id or by where its list of practitioners is from."""
    origin = policy.values["rendering.taxonomies"].policy
    return "medicare" in (policy.id, origin) or policy.id.startswith("medicare-")


def weight_of(policy: Policy, key: str) -> Severity:
    """An error for what a payer asks for, a warning where that was never read in its own words (V2, R-lo)."""
    return Severity.WARNING if policy.values[key].confidence in ("V2", "R-lo") else Severity.ERROR


def minutes_key(participant: Participant) -> str:
    """The policy key of the payer's minimum for this participant's kind of care."""
    special = "minutes.min_intermediate_care"
    if participant.documentation.intermediate_care and participant.policy[special] is not None:
        return special
    return "minutes.min"


def minimum_minutes(participant: Participant) -> int | None:
    """The payer's minimum for this participant's kind of care, None where it has none."""
    least: int | None = participant.policy[minutes_key(participant)]
    return least


def no_data(rule: Rule, message: str, participant: Participant) -> Finding:
    """The answer of a rule whose record may be kept elsewhere."""
    return rule.finding(message, at=own_place(participant), verdict=Verdict.NO_DATA)
