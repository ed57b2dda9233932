"""From a decision to steps: ChargeItem and Task of one line, and the gate on everything that is built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ..fhir.index import Index
from ..model import Action, Finding, Line, Step
from ..model.identity import task_value
from ..resources.charge_item import charge_item
from ..resources.content import same
from ..resources.gate import Gate
from ..resources.merge import ended, merge
from ..resources.own import Own
from ..resources.task import task
from .existing import OnFile
from .existing import task as task_on_file
from .findings import finding
from .transitions import Charge


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every plan of a run works with."""

    index: Index
    """Complete: what is added to it later may not be seen."""
    gate: Gate
    today: date
    namespace: str = ""
    claim_status: str = "active"


@dataclass(slots=True)
class Draft:
    """The plan of one member as it grows."""

    desk: Desk
    steps: list[Step] = field(default_factory=list)
    findings: dict[Finding, None] = field(default_factory=dict)
    refused: bool = False
    """Whether the gate refused something that was to be written."""

    def say(self, found: Finding) -> None:
        """Add a finding, once."""
        self.findings[found] = None

    def keep(self, known: OnFile) -> None:
        """List what stays as it is."""
        self.steps.append(Step(reference=known.reference, action=Action.KEEP))

    def keeps(self, known: OnFile) -> bool:
        """Whether something live is on the list of what stays."""
        return not known.ended and Step(reference=known.reference, action=Action.KEEP) in self.steps

    def write(self, action: Action, resource: Mapping[str, Any]) -> bool:
        """Write a new resource; False where the gate refused it (ENG03)."""
        reference = f"{resource['resourceType']}/{resource['id']}"
        if self.passes(reference, resource):
            self.steps.append(Step(reference=reference, action=action, resource=resource))
            return True
        return False

    def rewrite(self, action: Action, known: OnFile, resource: Mapping[str, Any]) -> None:
        """Write a new version of what is on file."""
        name = known.reference
        url = self.desk.index.full_url(name)
        self.steps.append(Step(reference=name, action=action, resource=resource, version=known.version, full_url=url))

    def update(self, known: OnFile, desired: Mapping[str, Any], status: str) -> None:
        """Lay desired content into what is on file."""
        if self.passes(known.reference, desired):
            merged = merge(self.original(known), desired, status, self.desk.index.ref)
            self.rewrite(Action.UPDATE, known, merged)

    def close(self, known: OnFile, status: str, because: str | None) -> None:
        """End what is on file; `because` marks it as our doing."""
        self.rewrite(Action.CANCEL, known, ended(self.original(known), status, because))

    def original(self, known: OnFile) -> dict[str, Any]:
        """A copy of its own of a resource on file, every amount with its digits."""
        found: dict[str, Any] = self.desk.index.original(known.reference)
        return found

    def passes(self, reference: str, resource: Mapping[str, Any]) -> bool:
        """Whether the gate lets a resource out."""
        problems = self.desk.gate.check(resource)
        if problems:
            self.refused = True
            self.say(finding("ENG03", reference, "Not written: " + "; ".join(problems)))
        return not problems


def plan_charge_item(
    draft: Draft, own: Own, line: Line, value: str, known: OnFile | None, charge: Charge
) -> str | None:
    """Plan the ChargeItem of one line.

    Returns:
        The ChargeItem that will stand, None where none will.
    """
    if charge is Charge.KEEP:
        return _kept(draft, known)
    if charge is Charge.ABORT:
        abort(draft, known)
        return None
    status = "billable" if charge is Charge.BILL else "planned"
    desired = charge_item(own, line, value, status, draft.desk.today)
    if known is None:
        return f"ChargeItem/{desired['id']}" if draft.write(Action.CREATE, desired) else None
    if known.status in ("billed", "unknown"):
        status = str(known.status)
    if known.status == status and same(desired, known.resource, draft.desk.index.ref):
        draft.keep(known)
    else:
        draft.update(known, desired, status)
    return known.reference


def _kept(draft: Draft, known: OnFile | None) -> str | None:
    if known is None:
        return None
    draft.keep(known)
    return None if known.ended else known.reference


def abort(draft: Draft, known: OnFile | None) -> None:
    """End a ChargeItem whose charge is gone; one that is over stays as it is."""
    if known is None:
        return
    if known.ended:
        draft.keep(known)
    else:
        draft.close(known, "aborted", "gone")


def open_task(draft: Draft, own: Own, focus: str, value: str, codes: Sequence[str], *, standing: bool) -> None:
    """Plan the Task that asks a person to decide about a held charge.

    Args:
        focus: `ChargeItem/id`.
        value: Value of the ChargeItem's identifier.
        codes: Of the findings that hold it.
        standing: Whether the charge stands with the payer all the same; a person's refusal then stands too.
    """
    desk = draft.desk
    known, generation = task_on_file(desk.index, desk.namespace, value)
    if known is not None and known.ended and not (standing and known.status in ("rejected", "failed")):
        known = None
    if known is None:
        identity = task_value(desk.namespace, value, generation)
        draft.write(Action.CREATE, task(own, focus, codes, identity, desk.today))
        return
    desired = task(own, focus, codes, known.value, desk.today)
    if same(desired, known.resource, desk.index.ref):
        draft.keep(known)
    else:
        draft.update(known, desired, str(known.status))


def close_task(draft: Draft, value: str, status: str) -> None:
    """Plan the end of an open Task: `completed` where its charge is released, `cancelled` where gone."""
    known = _task(draft.desk, value)
    if known is None or known.ended:
        return
    if status == "completed":
        draft.rewrite(Action.UPDATE, known, ended(draft.original(known), status, None))
    else:
        draft.close(known, status, None)


def keep_task(draft: Draft, value: str) -> None:
    """List an open Task that stays."""
    known = _task(draft.desk, value)
    if known is not None and not known.ended:
        draft.keep(known)


def _task(desk: Desk, value: str) -> OnFile | None:
    return task_on_file(desk.index, desk.namespace, value)[0] if "Task" in desk.index.types else None
