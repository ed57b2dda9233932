"""A month of an invented clinic, as large as asked for and the same for every run with one seed.

Therapists lead weekly groups. Members stay away now and then, some come by video or phone, some have an individual
hour on another day or right after the group, notes are signed late, payers differ and a few people pay alone. One
group in eight is kept by an EHR that writes one visit per patient and nothing that ties them together.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from ..fhir.codes import CPT
from . import builders as b

JSON = dict[str, Any]
ZONE = ZoneInfo("America/Chicago")
PAYERS = (("ngs", 20), ("bluestar", 45), ("nhmcd", 25), (None, 10))
"""Payor Organizations and their share of the patients in percent; None pays alone."""
DIAGNOSES = ("F33.1", "F41.1", "F43.10", "F33.0", "F40.10", "F42.2", "F60.3", "F41.0", "F10.20", "F43.23")
GROUPS = 10
"""Groups of one therapist: two on each working day."""
HOURS = (9, 14)
SETTINGS = """\
# The settings of the invented clinic.
timezone = "America/Chicago"

[prices]
"90853" = "120.00"
"90785" = "25.00"

[payers]
"Organization/ngs" = "medicare-ngs"
"Organization/bluestar" = "commercial"
"http://lakeside.example/payer|NHMCD" = "medicaid-nh"

[billing]
provider = "Organization/clinic"

[session_codes]
"http://lakeside.example/visit|GROUP" = "90853"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clinic:
    """How large, and how things usually go there. Shares are of 1."""

    sessions: int = 100
    members: int = 8
    """On the roster of each group."""
    weeks: int = 4
    """Sessions of each group; the first in the week of `start`."""
    start: date = date(2026, 3, 2)
    """A Monday. In its second week the clocks change."""
    missed: float = 0.1
    """Visits that a member stays away from."""
    remote: float = 0.1
    """Visits by video or phone, in every other group."""
    individual: float = 0.08
    """Weeks in which a member has an individual hour too."""
    unsigned: float = 0.02
    """Notes that nobody has signed yet."""
    loose: bool = True
    """Whether some groups are kept as visits of single patients."""
    seed: int = 90853

    def resources(self) -> Iterator[JSON]:
        """The resources, group by group; nothing larger than a group is held."""
        groups = -(-self.sessions // self.weeks)
        therapists = -(-groups // GROUPS)
        yield from _staff(therapists)
        for number in range(groups):
            left = self.sessions - number * self.weeks
            yield from _Group(replace(self, weeks=min(self.weeks, left)), number).resources()


def _staff(therapists: int) -> Iterator[JSON]:
    yield b.clinic()
    yield b.payer("ngs", "Medicare Part B")
    yield b.payer("bluestar", "Blue Star PPO")
    yield b.payer("nhmcd", "New Hampshire Medicaid", ("http://lakeside.example/payer", "NHMCD"))
    yield b.location("home", "10")
    for number in range(therapists):
        yield b.location(f"room-{number}")
        yield b.practitioner(f"therapist-{number}", 1000 + number)
        yield b.role(f"role-{number}", f"therapist-{number}", "clinic", "1041C0700X")


class _Group:
    """One weekly group: its members, its sessions, and what else its members came for."""

    def __init__(self, clinic: Clinic, number: int) -> None:
        self.clinic = clinic
        self.number = number
        self.chance = Random(f"{clinic.seed}/{number}")
        self.name = f"group-{number}"
        self.leader = f"therapist-{number // GROUPS}"
        self.room = f"room-{number // GROUPS}"
        self.loose = clinic.loose and number % 8 == 7
        self.hybrid = number % 2 == 1
        self.members = [f"p{number}-{place}" for place in range(clinic.members)]

    def resources(self) -> Iterator[JSON]:
        """Everything of this group."""
        for member in self.members:
            yield from self._patient(member)
        if not self.loose:
            yield b.group(self.name, self.members)
        for week in range(self.clinic.weeks):
            yield from self._session(week)

    def _patient(self, name: str) -> Iterator[JSON]:
        shares = [share for _, share in PAYERS]
        payer = self.chance.choices([payer for payer, _ in PAYERS], shares)[0]
        yield b.patient(name, birthDate=f"{self.chance.randrange(1950, 2004)}-0{self.chance.randrange(1, 10)}-15")
        yield b.coverage(name, payer)
        yield b.condition(name, self.chance.choice(DIAGNOSES))

    def _time(self, week: int) -> datetime:
        place = self.number % GROUPS
        on = self.clinic.start + timedelta(weeks=week, days=place // len(HOURS))
        return datetime(on.year, on.month, on.day, HOURS[place % len(HOURS)], tzinfo=ZONE)

    def _session(self, week: int) -> Iterator[JSON]:
        name, start = f"s{self.number}-{week}", self._time(week)
        if not self.loose:
            yield b.encounter(name, f"Group/{self.name}", _period(start, 75), leader=self.leader, location=self.room)
        for member in self.members:
            yield from self._visit(f"{name}-{member}", name, member, start)
            if self.chance.random() < self.clinic.individual:
                yield from self._individual(f"i{week}-{member}", member, start)

    def _visit(self, name: str, parent: str, member: str, start: datetime) -> Iterator[JSON]:
        """One member's own visit; where the member stayed away the Appointment says so."""
        remote = self.hybrid and self.chance.random() < self.clinic.remote
        visit = b.encounter(
            name,
            f"Patient/{member}",
            _period(start, 75),
            part_of=None if self.loose else parent,
            leader=self.leader if self.loose else None,
            location="home" if remote else self.room if self.loose else None,
            category="VR" if remote else "AMB",
            modality=self.chance.choice(("video", "video", "audio")) if remote else None,
            diagnosis=f"dx-{member}",
        )
        if self.loose:
            visit["type"] = [b.coded("http://lakeside.example/visit", "GROUP")]
        if self.chance.random() < self.clinic.missed:
            visit["status"] = "cancelled"
            visit["appointment"] = [b.ref(f"Appointment/a-{name}")]
            yield self._missed(f"a-{name}", member, start)
        else:
            yield self._note(f"n-{name}", name, member, start)
        yield visit

    def _missed(self, name: str, member: str, start: datetime) -> JSON:
        begin, end = _period(start, 75)
        actors = (f"Patient/{member}", f"Practitioner/{self.leader}")
        return {
            "resourceType": "Appointment",
            "id": name,
            "status": "noshow",
            "start": begin,
            "end": end,
            "participant": [{"actor": b.ref(actor), "status": "accepted"} for actor in actors],
        }

    def _note(self, name: str, visit: str, member: str, start: datetime) -> JSON:
        signed = self.chance.random() >= self.clinic.unsigned
        text = f"{member} took part on {start.date()}, and spoke of matter {self.chance.randrange(10**6)}."
        note: JSON = {
            "resourceType": "DocumentReference",
            "id": name,
            "status": "current",
            "docStatus": "final" if signed else "preliminary",
            "type": b.coded("http://loinc.org", "11488-4"),
            "subject": b.ref(f"Patient/{member}"),
            "date": (start + timedelta(hours=4)).isoformat(),
            "author": [b.ref(f"Practitioner/{self.leader}")],
        }
        if signed:
            note["authenticator"] = b.ref(f"Practitioner/{self.leader}")
        attachment = {"contentType": "text/plain", "data": b64encode(text.encode()).decode()}
        return {
            **note,
            "content": [{"attachment": attachment}],
            "context": {"encounter": [b.ref(f"Encounter/{visit}")]},
        }

    def _individual(self, name: str, member: str, start: datetime) -> Iterator[JSON]:
        """An individual hour, charged by the EHR already: mostly two days later, else right after the group."""
        same_day = self.chance.random() < 0.2
        begin = start + (timedelta(minutes=90 + 50 * self.members.index(member)) if same_day else timedelta(days=2))
        if same_day and begin.hour >= 20:
            begin = start + timedelta(days=2)
        period = _period(begin, 45)
        yield b.encounter(
            name, f"Patient/{member}", period, code="90834", leader=f"{self.leader}", location=self.room
        )
        yield {
            "resourceType": "ChargeItem",
            "id": f"c{name}",
            "status": "billable",
            "subject": b.ref(f"Patient/{member}"),
            "context": b.ref(f"Encounter/{name}"),
            "code": b.coded(CPT, "90834"),
            "occurrencePeriod": {"start": period[0], "end": period[1]},
            "performer": [{"actor": b.ref(f"Practitioner/{self.leader}")}],
            "quantity": {"value": 1},
        }


def _period(start: datetime, minutes: int) -> tuple[str, str]:
    return start.isoformat(), (start + timedelta(minutes=minutes)).isoformat()
