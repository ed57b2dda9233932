"""A usual participant without a payer policy file: eight came, everything is in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from ..model import Billing, Coverage, Diagnosis, Documentation, Participant, Policy, Rendering, Value
from ..model.identity import CHARGE_ITEM_SYSTEM, charge_item_value, resource_id
from .templates import hours, line, session, templates

DATE = date(2026, 3, 10)


def usual(number: int = 1, attended: int = 8, on: date = DATE, **changes: Any) -> Participant:
    """Participant `Patient/p<number>` of a session of this many; `changes` replace fields of the participant."""
    shape, patient = templates(on), f"Patient/p{number}"
    coverage = replace(shape[Coverage], reference=f"Coverage/p{number}", beneficiary=patient)
    whole = session(on, hours("09:00-10:00", on), attended)
    value = charge_item_value("", whole.key, patient, "90853")
    made = Participant(
        session=whole,
        member=next(member for member in whole.members if member.patient == patient),
        patient={"resourceType": "Patient", "id": f"p{number}"},
        policy=Policy("default", "Any payer", on, {"session_code": Value({})}),
        coverage=coverage,
        coverages=(coverage,),
        self_pay=False,
        modality="in-person",
        modality_assumed=False,
        place_of_service="11",
        place_assumed=False,
        home=False,
        facility="Location/room",
        rendering=(shape[Rendering],),
        ambiguous_leader=False,
        billing=shape[Billing],
        diagnoses=(shape[Diagnosis],),
        authorization=None,
        referral=None,
        documentation=shape[Documentation],
        lines=(
            replace(
                line(on),
                at=f"ChargeItem/{resource_id(CHARGE_ITEM_SYSTEM, value)}",
                patient=patient,
                encounter=f"Encounter/g1-p{number}",
                control_number=value,
            ),
        ),
        last_in_person=None,
        inpatient=None,
        program=None,
    )
    return replace(made, **changes)
