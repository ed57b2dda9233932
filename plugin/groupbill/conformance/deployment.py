"""The cases against a FHIR server with groupbill deployed beside it: load, trigger, read back, compare, clean up."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ..errors import Conflict, Refused
from ..server import Client
from .case import Case, Step, patients, settings_table
from .compare import against_standing
from .events import answer, ended
from .isolation import Isolation
from .standing import standing
from .trigger import Trigger

JSON = dict[str, Any]
_OF_A_PATIENT = ("Provenance", "Task", "ClaimResponse", "Claim", "ChargeItem")
"""What a deployment writes, those that refer to others first."""
_ORDER = ("Organization", "Location", "Practitioner", "Patient", "RelatedPerson", "Condition", "Coverage", "Group")
_FIRST = {kind: number for number, kind in enumerate(_ORDER)}
"""What is loaded first, since others refer to it."""
_AT_ONCE = 40
"""Entries of a transaction: Medplum takes 50 updates (measured)."""
_SEARCHES = {
    "Task": "patient",
    "ClaimResponse": "patient",
    "Claim": "patient",
    "ChargeItem": "subject",
}


class Deployment:
    """A FHIR server, and what makes the plugin look at it."""

    def __init__(self, client: Client, trigger: Trigger, *, wait: float = 60, pause: float = 0.5) -> None:
        """Where, how it is triggered, and for how long a result is waited for, in seconds."""
        self.name = client.base
        self._client = client
        self._trigger = trigger
        self._wait = wait if trigger.waits else 0
        self._pause = pause
        self._case: Case | None = None
        self._moved = Isolation()
        self._written: dict[str, JSON] = {}

    def refuses(self, case: Case) -> str | None:
        """Cases in another release of FHIR, and those that need a configuration that can't be handed over."""
        if case.fhir != "4.0":
            return "its resources are of FHIR R5, which this server does not take"
        if not self._trigger.configures and case.settings:
            return "it needs other settings than those of the kit: run it with --trigger"
        if not self._trigger.configures and "dated" in case.tags:
            return "it depends on the day of the run: run it with --trigger"
        return None

    def begin(self, case: Case) -> None:
        """Ids of its own; days of its own where the deployment goes by the calendar."""
        self._case = case
        self._written = {}
        zone = settings_table(case.settings)["timezone"]
        days = 0 if self._trigger.configures else (self._today(zone) - case.steps[0].today).days // 7 * 7
        self._moved = Isolation(f"c{uuid.uuid4().hex[:8]}-", days, zone)

    def _settings(self, case: Case) -> Mapping[str, Any]:
        """Those of the case; what they name among its resources has the ids of the run."""
        loaded = {f"{each['resourceType']}/{each['id']}" for step in case.steps for each in step.put}
        return self._moved.settings(case.settings, loaded)

    def _today(self, zone: str) -> date:
        """What a deployment takes for today."""
        return datetime.now(ZoneInfo(zone)).date()

    def carry_out(self, step: Step) -> Iterator[str]:
        """Load what happens, trigger, and compare until it is as expected or time is over."""
        assert self._case is not None
        today = self._moved.day(step.today)
        changed = self._happen(step, today)
        for on in sorted({session["dateOfService"] for session in self._moved.inside(list(step.sessions))}):
            self._trigger.pull(self.name, on, today.isoformat(), self._settings(self._case), changed)
        end = time.monotonic() + self._wait
        differences = list(self._compared(step))
        while differences and time.monotonic() < end:
            time.sleep(self._pause)
            differences = list(self._compared(step))
        yield from differences

    def _happen(self, step: Step, today: date) -> list[JSON]:
        changed = [self._moved.resource(each) for each in step.put]
        references = [self._moved.reference(each) for each in step.remove]
        on_file = [each for patient in self._case_patients() for each in self._found(patient)]
        for told in step.answers:
            changed.append(answer(self._told(told), on_file, today))
        for told in step.ends:
            changed.extend(resource for _, resource in ended(self._told(told), on_file))
        for some in _parts(changed):
            self._client.transaction(_bundle(some))
            self._written |= {f"{each['resourceType']}/{each['id']}": each for each in some}
        for reference in references:
            self._client.delete(reference)
            self._written.pop(reference)
        return changed

    def _told(self, told: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**told, "member": self._moved.reference(told["member"])}

    def _case_patients(self) -> Sequence[str]:
        assert self._case is not None
        return [self._moved.reference(each) for each in self._case.patients]

    def _found(self, patient: str) -> list[Mapping[str, Any]]:
        return [
            each
            for kind, parameter in _SEARCHES.items()
            for each in self._client.search(f"{kind}?{parameter}={patient}")
        ]

    def _compared(self, step: Step) -> Iterator[str]:
        rows = [(session, *each) for session in step.sessions for each in patients(session)]
        found = {patient: self._found(self._moved.reference(patient)) for _, _, patient, _ in rows}
        for session, member, patient, expected in rows:
            moved = self._moved.reference(patient)
            there = standing(found[patient], moved, self._moved.inside(session))
            yield from against_standing(member, expected, there)

    def end(self) -> None:
        """Delete what the plugin wrote for our patients, then what we loaded.

        Errors:
            Refused: something could not be deleted.
        """
        made = [
            f"{each['resourceType']}/{each['id']}" for name in self._case_patients() for each in self._found(name)
        ]
        sources = [
            f"Provenance/{each['id']}"
            for reference in made
            if not reference.startswith("ClaimResponse/")
            for each in self._client.search(f"Provenance?target={reference}")
        ]
        left = list(dict.fromkeys([*sources, *made, *reversed(self._written)]))
        left.sort(key=_order)
        while left:
            kept = [reference for reference in left if not self._deleted(reference)]
            if len(kept) == len(left):
                raise Refused(f"{len(left)} resources of the case could not be deleted")
            left = kept
        self._written = {}

    def _deleted(self, reference: str) -> bool:
        """Whether it is gone; what others still refer to waits for its turn."""
        try:
            self._client.delete(reference)
        except Conflict:
            return False
        except Refused as error:
            return error.status in (404, 410)
        return True


def _order(reference: str) -> int:
    kind = reference.partition("/")[0]
    return _OF_A_PATIENT.index(kind) if kind in _OF_A_PATIENT else len(_OF_A_PATIENT)


def _parts(resources: Sequence[JSON]) -> Iterator[Sequence[JSON]]:
    """So many at once as every server takes; what others refer to comes first."""
    ordered = sorted(resources, key=lambda each: _FIRST.get(each["resourceType"], len(_FIRST)))
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]


def _bundle(resources: Sequence[JSON]) -> JSON:
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {
                "fullUrl": f"http://conformance.example/{each['resourceType']}/{each['id']}",
                "resource": each,
                "request": {"method": "PUT", "url": f"{each['resourceType']}/{each['id']}"},
            }
            for each in resources
        ],
    }
