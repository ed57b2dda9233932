"""Privacy by construction: what of a session may stand on the resources of one patient.

The builders of this room get an `Own` and never a Session or Participant, so there is nothing of the Group,
the session Encounter or another member within their reach (CHG09).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..fhir.codes import NPI
from ..fhir.references import LOGICAL
from ..model import Billing, Diagnosis, Participant, Period, Rendering
from ..model.identity import VISIT_SYSTEM, visit_value
from .elements import PERFORMERS, Element, nameable, reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """One patient's own facts of one session."""

    session: str
    """Session key. It stands on ChargeItem and Task only, which stay in the EHR."""
    patient: str
    visit: Element
    """Reference to the patient's own Encounter, else the logical one that stands for it."""
    encounter: str | None
    """The patient's own Encounter, where there is one."""
    date: date
    period: Period
    evidence: str | None
    """Code of the attendance evidence."""
    size: int
    """How many attended: a count, nobody's name."""
    security: tuple[Element, ...]
    leaders: tuple[Rendering, ...] = ()
    billing: str | None = None
    facility: str | None = None
    """Where the service was given; never a patient's home."""
    diagnoses: tuple[Diagnosis, ...] = ()
    coverage: str | None = None
    insurer: str | None = None
    authorization: str | None = None
    referral: str | None = None
    policy: str | None = None
    """Id and version of the payer policy in force."""


def own(participant: Participant, namespace: str, size: int | None = None, key: str | None = None) -> Own:
    """The participant's own facts, and nothing else.

    Args:
        participant: Whose they are.
        namespace: Of the settings.
        size: How many attended, where it has been counted already.
        key: Session key under which the visit was billed before, where that is another one.
    """
    session, member = participant.session, participant.member
    key = key or session.key
    patient = member.patient or member.member
    encounter = member.encounter
    if encounter == session.encounter and session.group is not None:
        encounter = None
    attendance, coverage = member.attendance, participant.coverage
    authorization, referral = participant.authorization, participant.referral
    return Own(
        session=key,
        patient=patient,
        visit=_visit(namespace, key, patient, encounter),
        encounter=encounter,
        date=session.date_of_service,
        period=member.period,
        evidence=None if attendance is None else attendance.evidence,
        size=session.attended if size is None else size,
        security=labels(participant.security),
        leaders=participant.rendering,
        billing=_biller(participant.billing),
        facility=_facility(participant),
        diagnoses=participant.diagnoses[:12],
        coverage=None if coverage is None else coverage.reference,
        insurer=None if coverage is None else _payer(coverage.payer),
        authorization=None if authorization is None else authorization.number,
        referral=referral if referral is not None and referral.startswith("ServiceRequest/") else None,
        policy=f"{participant.policy.id} {participant.policy.version}".strip(),
    )


def _visit(namespace: str, key: str, patient: str, encounter: str | None) -> Element:
    if encounter is not None:
        return reference(encounter)
    return {"identifier": {"system": VISIT_SYSTEM, "value": visit_value(namespace, key, patient)}}


def _biller(billing: Billing) -> str | None:
    """A billing provider inside an Encounter is named by NPI: the Encounter is not to be named."""
    if nameable(billing.reference, "Organization", *PERFORMERS):
        return billing.reference
    return None if billing.npi is None else f"Organization{LOGICAL}{NPI}|{billing.npi}"


def _payer(payer: str | None) -> str | None:
    """A payer that is an Organization; one inside the Coverage (`Coverage/c1#org`) can't be named from elsewhere."""
    return payer if nameable(payer, "Organization") else None


def _facility(participant: Participant) -> str | None:
    """Not at home (10 remote, 12 in person): that Location is the patient's address."""
    if participant.home or participant.place_of_service in ("10", "12"):
        return None
    facility = participant.facility
    return facility if facility is not None and facility.startswith("Location/") and "#" not in facility else None


_LABEL = ("system", "version", "code", "display")


def labels(security: tuple[Mapping[str, Any], ...]) -> tuple[Element, ...]:
    """Security labels, each once, by system and code: nothing but the Coding's own elements."""
    if not security:
        return ()
    found: dict[tuple[str, str], Element] = {}
    for label in security:
        key = (str(label.get("system", "")), str(label.get("code", "")))
        if key not in found:
            found[key] = {name: label[name] for name in _LABEL if isinstance(label.get(name), str)}
    return tuple(found[key] for key in sorted(found) if found[key])
