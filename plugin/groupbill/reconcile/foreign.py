"""Somebody else's bill for the same service: rows 1 and 2 of design 5.7."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..fhir.index import Index
from ..model import Finding, Line, Participant, Severity
from ..model.identity import CHARGE_ITEM_SYSTEM, CLAIM_SYSTEM
from .existing import identifier
from .findings import finding

_OURS = {"ChargeItem": CHARGE_ITEM_SYSTEM, "Claim": CLAIM_SYSTEM}


@dataclass(frozen=True, slots=True)
class Foreign:
    """What others hold for one desired line."""

    claim: str | None = None
    """`Claim/id`."""
    charge_item: str | None = None
    """`ChargeItem/id`."""
    agrees: bool = False
    """Whether code, units and modifiers are ours too."""

    def claimed(self) -> Finding:
        """CLM03 at their Claim."""
        said = (
            "with the same code, units and modifiers"
            if self.agrees
            else "with other units or modifiers: correct that claim"
        )
        severity = Severity.INFORMATION if self.agrees else Severity.WARNING
        return finding("CLM03", self.claim or "", f"This service is claimed already, {said}.", severity)

    def charged(self) -> Finding:
        """CHG07 at their ChargeItem."""
        return finding("CHG07", self.charge_item or "", "This service is charged already; theirs is used.")


NOBODY = Foreign()


def foreign(
    index: Index,
    participant: Participant,
    line: Line,
    codes: tuple[str, ...],
    on_file: Iterable[Line],
    ours: Callable[[Line], bool],
) -> Foreign:
    """Others' live Claim and ChargeItem for a desired line.

    Args:
        index: What was read, to see whose a resource is.
        participant: Whose line it is.
        line: The desired line.
        codes: Its code, and the one before the policy's `session_code`.
        on_file: Live lines of the patient; one may stand for several resources (`also`).
        ours: Whether a line that carries our identifier was made under our namespace.
    """
    claim: str | None = None
    charge_item: str | None = None
    agrees = False
    for each in on_file:
        if each.desired or each.code not in codes or not same_service(each, line, participant):
            continue
        mine = not each.ours or ours(each)
        for reference in (each.at, *each.also):
            kind = reference.split("/", 1)[0]
            if kind not in _OURS or (mine and _ours(index, reference, _OURS[kind])):
                continue
            if kind == "Claim" and claim is None:
                claim, agrees = reference, _agree(each, line)
            elif kind == "ChargeItem" and charge_item is None:
                charge_item = reference
    if claim is None and charge_item is None:
        return NOBODY
    return Foreign(claim, charge_item, agrees)


def same_service(theirs: Line, line: Line, participant: Participant) -> bool:
    """Whether a line on file with our code is our service: same date, and one Encounter or no contradicting times."""
    if theirs.date != (line.date or participant.session.date_of_service):
        return False
    encounters = {line.encounter, participant.member.encounter, participant.session.encounter} - {None}
    if theirs.encounter in encounters:
        return True
    return theirs.period.overlaps(line.period) is not False


def _agree(theirs: Line, line: Line) -> bool:
    same = theirs.code == line.code and theirs.units == line.units
    return same and sorted(theirs.modifiers) == sorted(line.modifiers)


def _ours(index: Index, reference: str, system: str) -> bool:
    resource = index.get(reference)
    return resource is not None and identifier(resource, system) is not None
