"""Facts for rules in a few keys: whatever a test doesn't say is the usual case of `templates`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..model import (
    Bill,
    Diagnosis,
    Line,
    Note,
    Participant,
    PatientDay,
    Performer,
    Period,
    Policy,
    Session,
    Value,
)
from ..policies import Policies
from ..reference import Reference
from ..rules.rule import Context
from ..settings import Settings
from .templates import OWN_CLAIM, hours, session, templates
from .typed import NOTHING, CaseError, Typed

DATE = date(2026, 3, 10)


class Facts:
    """Builds Session, Participant, PatientDay, Bill and Line for one date and one payer policy."""

    def __init__(
        self,
        on: date = DATE,
        policy: str = "default",
        values: Mapping[str, Any] | None = None,
        confidence: str = "",
    ) -> None:
        """`values` overrides keys of the payer policy, as sure as `confidence` says."""
        self.on = on
        self.policy = _policy(policy, on, values or {}, confidence)
        self._typed = Typed(
            templates(on),
            {
                Diagnosis: lambda code: Diagnosis(code=str(code), active=True, ranked=True),
                Note: lambda reference: replace(templates(on)[Note], reference=str(reference)),
                Performer: lambda who: Performer(reference=str(who), practitioner=str(who), role="PPRF"),
                Period: lambda text: hours(str(text), on),
            },
        )

    def session(self, **keys: Any) -> Session:
        """A session; `attended: 3` makes that many participants, `together: {...}` changes every member."""
        base = session(self.on, hours("09:00-10:00", self.on))
        if "period" in keys:
            base = replace(base, period=self._typed.read(Period, keys.pop("period")))
        if "attended" in keys or "members" not in keys:
            base = session(self.on, base.period, int(keys.pop("attended", 8)))
        together = keys.pop("together", {})
        made: Session = self._typed.build(Session, keys, base)
        if together:
            members = tuple(self._typed.build(type(m), together, m) for m in made.members)
            made = replace(made, members=members)
        return made

    def line(self, **keys: Any) -> Line:
        """A line, by default the participant's own; `net` follows `units` and `unit_price` when not given."""
        made: Line = self._typed.build(Line, keys, templates(self.on)[Line])
        if "net" not in keys and made.unit_price is not None:
            made = replace(made, net=made.unit_price * made.units)
        return replace(made, net=None) if made.unit_price is None and "net" not in keys else made

    def other(self, **keys: Any) -> Line:
        """A line on file of somebody else's making: no time, no control number, unless given."""
        at = str(keys.get("at", "ChargeItem/other"))
        keys = {"at": at, "encounter": "none", "control_number": "none", "session": "none", **keys}
        keys = {"desired": "false", "ours": "false", "period": self.on.isoformat(), **keys}
        if at.startswith("Claim/"):
            keys = {"item": "1", **keys}
            keys = {"index": str(int(keys["item"]) - 1), **keys}
        return self.line(**keys)

    def participant(self, **keys: Any) -> Participant:
        """A participant; `line`, `leader` and `member` change their only line, leader and member."""
        made = Participant(
            session=self.session(**keys.pop("session", {})),
            member=self._typed.read(type(templates(self.on)[_MEMBER]), keys.pop("member", {})),
            patient={"resourceType": "Patient", "id": "p1"},
            policy=self.policy,
            coverage=self._typed.read(_COVERAGE, {}),
            coverages=(self._typed.read(_COVERAGE, {}),),
            self_pay=False,
            modality="in-person",
            modality_assumed=False,
            place_of_service="11",
            place_assumed=False,
            home=False,
            facility="Location/room",
            rendering=(self._typed.read(_RENDERING, keys.pop("leader", {})),),
            ambiguous_leader=False,
            billing=self._typed.read(_BILLING, {}),
            diagnoses=(self._typed.read(Diagnosis, {}),),
            authorization=None,
            referral=None,
            documentation=self._typed.read(_DOCUMENTATION, {}),
            lines=(self.line(**keys.pop("line", {})),),
            last_in_person=None,
            inpatient=None,
            program=None,
        )
        changed: Participant = self._typed.build(Participant, keys, made)
        return changed

    def bill(self, **keys: Any) -> Bill:
        """A Claim on file; `desired: true` makes it our own. Its lines are numbered."""
        desired = str(keys.get("desired", "false")) == "true"
        at = str(keys.get("at", OWN_CLAIM if desired else "Claim/c1"))
        kind = str(keys.pop("kind", at.split("/", 1)[0]))
        given = keys.pop("lines", ({},))
        lines = tuple(self._billed(at, kind, number, line, desired) for number, line in enumerate(given))
        participant = keys.pop("participant", None)
        base = Bill(
            at=at,
            kind=kind,
            desired=desired,
            ours=desired,
            patient="Patient/p1",
            lines=lines,
            diagnoses=(self._typed.read(Diagnosis, {}),),
            diagnosis_sequences=(1,),
            total=sum((line.net for line in lines if line.net is not None), Decimal()),
            provider="Organization/clinic",
            provider_npi="1245319599",
            rendering="Practitioner/rivera",
            rendering_npi="1234567893",
            rendering_taxonomies=("1041C0700X",),
            facility="Location/room",
            coverages=(self._typed.read(_COVERAGE, {}),),
            focal=self._typed.read(_COVERAGE, {}),
            policy=self.policy,
            participant=None if participant is None else self.participant(**participant),
        )
        if "diagnoses" in keys and "diagnosis_sequences" not in keys:
            keys["diagnosis_sequences"] = [str(n + 1) for n in range(len(keys["diagnoses"]))]
        made: Bill = self._typed.build(Bill, keys, base)
        return made

    def _billed(self, at: str, kind: str, number: int, keys: Mapping[str, Any], desired: bool) -> Line:
        if desired:
            return self.line(**keys)
        if kind == "Claim":
            return self.other(**{"at": at, "item": str(number + 1), "index": str(number), **keys})
        return self.other(**{"at": at, **keys})

    def day(self, **keys: Any) -> PatientDay:
        """A patient's day: the own line (`own: {...}` changes it, `own: none` leaves it out) and `lines`.

        `check: true` takes the participant and the own line away, as when only Claims are looked at.
        """
        own = keys.pop("own", {})
        check = str(keys.pop("check", "false")) == "true"
        participant = self.participant(**keys.pop("participant", {}))
        lines = [self.other(**line) for line in keys.pop("lines", ())]
        history = [self.other(**line) for line in keys.pop("history", ())]
        busy = [self.other(**{"patient": "", **line}) for line in keys.pop("busy", ())]
        if not check and not (isinstance(own, str) and own in NOTHING):
            mine = replace(participant, lines=(self.line(**own),)) if own else participant
            participant = mine
            lines = [*mine.lines, *lines]
        base = PatientDay(
            patient="Patient/p1",
            date=self.on,
            policy=self.policy,
            lines=tuple(sorted(lines, key=_by_start)),
            history=tuple(history),
            visits=(),
            busy=tuple(busy),
            participant=None if check else participant,
        )
        made: PatientDay = self._typed.build(PatientDay, keys, base)
        return made


_KINDS = {kind.__name__: kind for kind in templates(DATE)}
_MEMBER, _COVERAGE, _RENDERING = _KINDS["Member"], _KINDS["Coverage"], _KINDS["Rendering"]
_BILLING, _DOCUMENTATION = _KINDS["Billing"], _KINDS["Documentation"]


def _by_start(line: Line) -> tuple[str, str, int]:
    start = line.period.start
    return (start.isoformat() if start else "", line.at, line.item or 0)


def _policy(name: str, on: date, values: Mapping[str, Any], confidence: str) -> Policy:
    """A bundled payer policy with some keys changed.

    Errors:
        CaseError: a key that no policy has.
    """
    policy = Policies.load(()).in_force(name, on)
    changed = dict(policy.values)
    for key, value in values.items():
        if key not in changed:
            raise CaseError(f"no policy has the key {key!r}")
        stated = _value(key, value, changed[key].value)
        changed[key] = Value(stated, source="the case", confidence=confidence)
    return replace(policy, values=changed)


_COUNTED = frozenset({"days", "max", "units_per_day", "sessions_per_day", "timely_filing_days", "unit_minutes"})
_COUNTED_PREFIXES = ("group_size.", "minutes.", "rendering.max")
_WORDS = {"true": True, "false": False, **dict.fromkeys(NOTHING)}


def _value(key: str, value: Any, usual: Any) -> Any:
    """A policy value from the text of a case: numbers where the key counts something, codes stay text."""
    if isinstance(value, Mapping):
        merged = dict(usual) if isinstance(usual, Mapping) else {}
        return {**merged, **{name: _value(name, each, None) for name, each in value.items()}}
    if isinstance(value, str):
        if value in _WORDS:
            return _WORDS[value]
        counted = key in _COUNTED or key.startswith(_COUNTED_PREFIXES)
        return (float(value) if "." in value else int(value)) if counted else value
    if isinstance(value, Sequence):
        return [_value("", each, None) for each in value]
    return value


def context(settings: Mapping[str, Any] | None = None, today: date | None = None) -> Context:
    """What rules may consult, with the shipped code tables."""
    return Context(
        Reference.load(None),
        Settings.parse({"timezone": "America/Chicago", **(settings or {})}, Path()),
        today or date(DATE.year, DATE.month, 20),
    )
