"""One participant's case: the desired lines, and what of ours belongs to them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ..model import Line, Participant
from ..model.identity import CHARGE_ITEM_SYSTEM, charge_item_value
from ..resources.claim import Issue, claim
from ..resources.elements import Element
from ..resources.own import Own
from .claims import Build
from .earlier import made_here
from .existing import Chain, OnFile, chain, contexts, own
from .gone import any_claim, chains_on_file
from .steps import Desk

NO_ORDER = 999
"""`Coverage.order` where a Coverage has none."""


@dataclass(frozen=True, slots=True)
class Case:
    """What a plan is made from."""

    desk: Desk
    participant: Participant
    own: Own
    patients: tuple[str, ...]
    """The patient, then other records of the same person."""
    items: tuple[OnFile, ...]
    """All our ChargeItems of the session for them."""
    on_file: tuple[Line, ...]

    @property
    def who(self) -> tuple[str, str]:
        """Session key and patient."""
        return self.own.session, self.own.patient

    @property
    def order(self) -> int:
        """Order of the focal coverage; the first where none is stated."""
        coverage = self.participant.coverage
        return 1 if coverage is None or coverage.order == NO_ORDER else coverage.order

    def chain(self, leader: int) -> Chain:
        """Our Claims for a paid leader and the focal coverage."""
        index = self.desk.index
        if "Claim" not in self.desk.index.types or not any_claim(index, self.patients):
            return Chain(leader, self.order)
        return chain(index, self.desk.namespace, self.own.session, self.patients, leader, self.order)

    def other_chains(self, leaders: Collection[int]) -> list[Chain]:
        """Our Claims for leaders or coverages that are not the ones to be claimed now."""
        if "Claim" not in self.desk.index.types:
            return []
        index, visits = self.desk.index, contexts(self.desk.index, self.items)
        if self.own.encounter is not None:
            visits.add(self.own.encounter)
        found = chains_on_file(index, self.desk.namespace, self.own.session, self.patients, visits)
        return [each for each in found if each.leader not in leaders or each.order != self.order]

    def base(self, line: Line) -> str:
        """The code of a line before the policy's `session_code`."""
        recoded = self.participant.policy["session_code"] or {}
        before = sorted(code for code, after in recoded.items() if after == line.code)
        if not before:
            return line.code
        usual = self.participant.session.code
        return usual if usual in before else before[0]

    def value(self, line: Line) -> str:
        """Identifier value of the ChargeItem of a line."""
        if line.control_number is not None and self.own.session == self.participant.session.key:
            return line.control_number
        return self._value(line, self.own.patient)

    def known(self, line: Line) -> OnFile | None:
        """Our ChargeItem of a line, under any record of the patient."""
        if "ChargeItem" not in self.desk.index.types:
            return None
        found = own(self.desk.index, "ChargeItem", CHARGE_ITEM_SYSTEM, self.value(line))
        for alias in self.patients[1:]:
            if found is None:
                found = own(self.desk.index, "ChargeItem", CHARGE_ITEM_SYSTEM, self._value(line, alias))
        return found

    def _value(self, line: Line, patient: str) -> str:
        session = self.own.session
        return charge_item_value(self.desk.namespace, session, patient, self.base(line), line.leader)

    def ours(self, line: Line) -> bool:
        """Whether a line on file that carries our identifier was made under our namespace, as far as can be told."""
        known = {item.reference for item in self.items}
        items = [each for each in (line.at, *line.also) if each.startswith("ChargeItem/")]
        if not items or not known.isdisjoint(items):
            return True
        found = [resource for each in items if (resource := self.desk.index.get(each)) is not None]
        session = self.participant.session
        return any(
            made_here(self.desk.namespace, each, patient, session.code) for each in found for patient in self.patients
        )

    def builder(self, lines: Sequence[Line]) -> Build:
        """Makes the Claim of these lines."""

        def build(issue: Issue) -> Element:
            return claim(self.own, lines, issue)

        return build
