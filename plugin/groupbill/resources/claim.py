"""The Claim of one patient, session and rendering provider: complete for an 837P.

Paths of X12 005010X222A1 that the elements answer: CLM01 identifier, CLM05-1 and SV105 place of service,
CLM05-3 and REF*F8 frequency and `related`, 2010AA provider, 2010BB insurer, 2310B careTeam, 2310C facility,
2310D supervisor, HI diagnosis, REF*G1 preAuthRef, REF*9F referral, SV1 item, REF*6R line-item-control-number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ..fhir.codes import CARE_TEAM_ROLE, CLAIM_FREQUENCY, CLAIM_TYPE, ICD10CM, NUCC, POS, TYPE_OF_BILL
from ..model import Diagnosis, Line, Rendering
from ..model.identity import CLAIM_SYSTEM, EXTENSION, resource_id
from .elements import (
    PERFORMERS,
    Element,
    concept,
    meta,
    modifier,
    money,
    nameable,
    patient,
    procedure,
    quantity,
    reference,
)
from .own import Own

PROFILE = "group-psychotherapy-claim"
CONTROL_NUMBER = EXTENSION + "line-item-control-number"
PRIORITY = "http://terminology.hl7.org/CodeSystem/processpriority"
RELATIONSHIP = "http://terminology.hl7.org/CodeSystem/ex-relatedclaimrelationship"
DIAGNOSIS_TYPE = "http://terminology.hl7.org/CodeSystem/ex-diagnosistype"
_TAXONOMY = re.compile(r"[0-9A-Z]{10}")
"""PRV03 of 837P loop 2310B: what else stands on file as a specialty is judged by the rules, and not sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One generation of a Claim: what is decided about it besides the facts."""

    value: str
    """Value of its identifier, which decides its id; at most 20 characters (CLM01)."""
    status: str
    """active, or draft where a person releases it."""
    created: date
    frequency: str = "1"
    """1, 7 (replacement) or 8 (void)."""
    prior: str | None = None
    """`Claim/id` that a 7 or 8 is about."""
    control: Mapping[str, Any] | None = None
    """The payer's claim control number: the Identifier on its answer."""


def claim(own: Own, lines: Sequence[Line], issue: Issue) -> Element:
    """A new Claim for the lines of one paid leader, which are at least one."""
    leader = next((who for who in own.leaders if who.number == lines[0].leader), None)
    team = _care_team(leader, lines[0].rendering)
    on = (lines[0].date or own.date).isoformat()
    made: Element = {
        "resourceType": "Claim",
        "id": resource_id(CLAIM_SYSTEM, issue.value),
        "meta": meta(PROFILE, own.security),
        "identifier": [{"system": CLAIM_SYSTEM, "value": issue.value}],
        "status": issue.status,
        "type": concept(CLAIM_TYPE, "professional"),
        "use": "claim",
        "patient": patient(own.patient),
        "billablePeriod": {"start": on, "end": on},
        "created": issue.created.isoformat(),
        "priority": concept(PRIORITY, "normal"),
        "careTeam": team,
        "diagnosis": [_diagnosis(number, each) for number, each in enumerate(own.diagnoses, 1)],
    }
    _parties(made, own)
    frequency(made, issue)
    made["item"] = [_item(own, line, number, len(team), issue.value) for number, line in enumerate(lines, 1)]
    made["total"] = money(sum((line.net for line in lines if line.net is not None), Decimal(0)))
    return made


def _parties(made: Element, own: Own) -> None:
    if own.insurer is not None:
        made["insurer"] = reference(own.insurer)
    if own.billing is not None:
        made["provider"] = reference(own.billing)
    if own.referral is not None:
        made["referral"] = {"reference": own.referral}
    if own.facility is not None:
        made["facility"] = {"reference": own.facility}
    if own.coverage is not None:
        focal: Element = {"sequence": 1, "focal": True, "coverage": {"reference": own.coverage}}
        if own.authorization is not None:
            focal["preAuthRef"] = [own.authorization]
        made["insurance"] = [focal]


def frequency(made: Element, issue: Issue) -> None:
    """R4 has no element for the frequency: PCT's supportingInfo carries it, `related` says of which claim."""
    if issue.frequency == "1":
        return
    made["supportingInfo"] = [
        {
            "sequence": 1,
            "category": concept(CLAIM_FREQUENCY, "claimFrequency"),
            "code": concept(TYPE_OF_BILL, issue.frequency),
        }
    ]
    if issue.prior is not None and issue.control is not None:
        made["related"] = [
            {
                "claim": {"reference": issue.prior},
                "relationship": concept(RELATIONSHIP, "prior"),
                "reference": dict(issue.control),
            }
        ]


def _care_team(leader: Rendering | None, practitioner: str | None) -> list[Element]:
    if leader is not None and leader.practitioner is not None:
        practitioner = leader.practitioner
    if not nameable(practitioner, *PERFORMERS):
        return []
    taxonomies = () if leader is None else leader.taxonomies
    team = [_carer(1, practitioner, "primary", taxonomies)]
    team[0]["responsible"] = True
    above = None if leader is None else leader.supervisor
    if leader is not None and above != practitioner and nameable(above, *PERFORMERS):
        team.append(_carer(2, above, "supervisor", leader.supervisor_taxonomies))
    return team


def _carer(sequence: int, who: str, role: str, taxonomies: Sequence[str]) -> Element:
    made: Element = {"sequence": sequence, "provider": reference(who), "role": concept(CARE_TEAM_ROLE, role)}
    taxonomy = next((each for each in taxonomies if _TAXONOMY.fullmatch(each)), None)
    if taxonomy is not None:
        made["qualification"] = concept(NUCC, taxonomy)
    return made


def _diagnosis(sequence: int, diagnosis: Diagnosis) -> Element:
    made: Element = {
        "sequence": sequence,
        "diagnosisCodeableConcept": concept(ICD10CM, diagnosis.code),
    }
    if sequence == 1:
        made["type"] = [concept(DIAGNOSIS_TYPE, "principal")]
    return made


def _item(own: Own, line: Line, number: int, carers: int, value: str) -> Element:
    pointers = line.pointers or range(1, min(4, len(own.diagnoses)) + 1)
    made: Element = {
        "extension": [{"url": CONTROL_NUMBER, "valueString": f"{value}-{number}"}],
        "sequence": number,
        "careTeamSequence": list(range(1, carers + 1)),
        "diagnosisSequence": list(pointers),
        "productOrService": procedure(line.code),
    }
    if line.modifiers:
        made["modifier"] = [modifier(code) for code in line.modifiers]
    made["servicedDate"] = (line.date or own.date).isoformat()
    if line.place_of_service is not None:
        made["locationCodeableConcept"] = concept(POS, line.place_of_service)
    made["quantity"] = quantity(line.units)
    if line.unit_price is not None:
        made["unitPrice"] = money(line.unit_price)
    if line.net is not None:
        made["net"] = money(line.net)
    made["encounter"] = [own.visit]
    return made
