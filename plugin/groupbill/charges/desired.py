"""The bill that would be written for a participant, as rules judge it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ..model import Bill, Participant


def desired_bill(
    participant: Participant,
    at: str,
    *,
    leader: int = 1,
    frequency: str = "1",
    control_number: str | None = None,
    created: date | None = None,
) -> Bill:
    """The Claim of one paid leader; a ChargeItem alone where the patient pays.

    Args:
        at: `Claim/id` that would be written, or the ChargeItem's place.
        frequency: 1, 7 or 8.
        control_number: The payer's, for 7 and 8.
    """
    lines = tuple(line for line in participant.lines if line.leader == leader)
    paid = next((each for each in participant.rendering if each.number == leader), None)
    focal, billing = participant.coverage, participant.billing
    authorization = participant.authorization
    return Bill(
        at=at,
        kind=at.partition("/")[0],
        desired=True,
        ours=True,
        patient=participant.member.patient,
        lines=lines,
        diagnoses=participant.diagnoses,
        diagnosis_sequences=tuple(range(1, len(participant.diagnoses) + 1)),
        total=sum((line.net for line in lines if line.net is not None), Decimal(0)),
        provider=billing.reference,
        provider_npi=billing.npi,
        rendering=paid.practitioner if paid else None,
        rendering_npi=paid.npi if paid else None,
        rendering_taxonomies=paid.taxonomies if paid else (),
        facility=participant.facility,
        coverages=participant.coverages,
        focal=focal,
        preauth=(authorization.number,) if authorization else (),
        frequency=frequency,
        control_number=control_number,
        created=created,
        policy=participant.policy,
        participant=participant,
        billing=billing,
    )
