"""`check`: anybody's Claims and ChargeItems against each other, per patient and day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from ..charges.bills import bill as read_bill
from ..charges.bills import bills_on_file
from ..charges.contacts import visits
from ..charges.coverages import asked_of
from ..charges.on_file import lines_on_file
from ..charges.sources import Sources
from ..fhir.index import Index
from ..model import Bill, Checked, Coverage, Finding, Line, PatientDay, Policy, Tally
from ..plugins import Context as HookContext
from ..plugins import Hooks
from ..policies import Policies
from ..reference import Reference
from ..rules.pairs import same_provider
from ..rules.rule import Context
from ..rules.rulebook import Rulebook
from ..settings import Settings
from .behind import Behind, Busy

KINDS = ("ChargeItem", "Claim")
Found = tuple[tuple[Checked, ...], tuple[Finding, ...], Mapping[str, Tally]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Everything a check consults besides the resources."""

    settings: Settings
    policies: Policies
    reference: Reference
    rulebook: Rulebook
    hooks: Hooks

    def run(self, index: Index, today: date) -> Found:
        """Every Claim and ChargeItem with its findings; what concerns the input or another place; tallies."""
        sources = Sources(index, self.settings, self.policies, self.reference)
        context = Context(reference=self.reference, settings=self.settings, today=today)
        asked = HookContext(settings=self.settings, policies=self.policies, today=today)
        behind = Behind(index, sources, self.hooks, asked)
        places: dict[str, dict[Finding, None]] = {key: {} for kind in KINDS for key in index.keys(kind)}
        rest: dict[Finding, None] = {}
        for finding in self._judge(sources, behind, context, places):
            place = finding.at.split("#", 1)[0]
            places.get(place, rest)[finding] = None
        own = (self.rulebook.weigh(each, None) for each in (*index.findings, *behind.findings))
        findings = [*rest, *(each for each in own if each is not None)]
        checked = tuple(Checked(resource=key, findings=_ordered(places[key])) for key in sorted(places))
        return checked, _ordered(findings), self.rulebook.tallies

    def _judge(self, sources: Sources, behind: Behind, context: Context, keys: Iterable[str]) -> Iterator[Finding]:
        """Bills one by one with what is known about their sessions, then each patient's days."""
        patients, orphans = _patients(sources, keys)
        for bill in orphans:
            yield from self._bill(bill, context)
        busy = Busy(behind, (line for patient in patients for line in lines_on_file(sources, patient)))
        for patient in patients:
            bills = bills_on_file(sources, patient)
            for bill in bills:
                participant = behind.participant(bill)
                if participant is not None:
                    yield from self.rulebook.participant(participant, context)
                yield from self._bill(replace(bill, participant=participant), context)
            for day in _days(sources, patient, bills, busy):
                yield from self.rulebook.day(day, context)
        yield from behind.sessions(self.rulebook, context)

    def _bill(self, bill: Bill, context: Context) -> Iterator[Finding]:
        for finding in bill.findings:
            weighed = self.rulebook.weigh(finding, bill.policy)
            if weighed is not None:
                yield weighed
        yield from self.rulebook.bill(bill, context, lambda on: self.policies.in_force(bill.policy.id, on))


def _patients(sources: Sources, keys: Iterable[str]) -> tuple[list[str], list[Bill]]:
    """Patients with something to check, and bills that name none."""
    patients: set[str] = set()
    orphans: list[Bill] = []
    for key in sorted(keys):
        resource = sources.get(key)
        patient = sources.index.ref(resource.get("patient") or resource.get("subject"), dict(resource))
        if patient is not None:
            patients.add(patient)
        elif resource.get("use", "claim") == "claim":
            orphans.append(read_bill(sources, resource))
    return sorted(patients), orphans


def _days(sources: Sources, patient: str, bills: tuple[Bill, ...], busy: Busy) -> Iterator[PatientDay]:
    """Each date on which the patient has a live line, with the lines of all other dates as history."""
    lines = _asked_once(lines_on_file(sources, patient), bills)
    for on in sorted({line.date for line in lines if line.date is not None}):
        policy = _policy(bills, on)
        if policy is None:
            continue
        if policy["frequency"]:
            lines = tuple(asked_of(sources, lines))
        yield PatientDay(
            patient=patient,
            date=on,
            policy=sources.policies.in_force(policy.id, on),
            lines=tuple(line for line in lines if line.date == on),
            history=tuple(line for line in lines if line.date != on),
            visits=visits(sources, patient, on),
            busy=tuple(busy.later(line for line in lines if line.date == on)),
        )


def _asked_once(lines: tuple[Line, ...], bills: tuple[Bill, ...]) -> tuple[Line, ...]:
    """The lines without those that ask a second payer for a service which the first was asked for."""
    payers = {bill.at: bill.focal for bill in bills if bill.focal is not None}
    if len({payer.reference for payer in payers.values()}) < 2:
        return lines
    kept: list[Line] = []
    for line in sorted(lines, key=lambda line: payers[line.at].order if line.at in payers else 0):
        if not any(_same_service(line, other, payers) for other in kept):
            kept.append(line)
    return tuple(line for line in lines if line in kept)


def _same_service(line: Line, other: Line, payers: Mapping[str, Coverage]) -> bool:
    """Whether two lines ask two payers for one service."""
    if line.code != other.code or line.date != other.date or line.at not in payers or other.at not in payers:
        return False
    if payers[line.at].reference == payers[other.at].reference or not same_provider(line, other):
        return False
    if line.encounter is not None and line.encounter == other.encounter:
        return True
    return line.period.overlaps(other.period) is not False


def _policy(bills: tuple[Bill, ...], on: date) -> Policy | None:
    """Of the first bill with a line on the date: a named policy before the default one."""
    found = [bill.policy for bill in bills if any(_on(line, on) for line in bill.lines)]
    named = [policy for policy in found if policy.id != "default"]
    return next(iter([*named, *found]), None)


def _on(line: Line, on: date) -> bool:
    return line.date == on


def _ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda each: each.order))
