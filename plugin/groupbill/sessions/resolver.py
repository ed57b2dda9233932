"""The resolver: every Encounter and Appointment goes to at most one session.

Order: Encounters of the whole group (B, F, A, I), then visits linked to one another (H) or in one slot (C),
which join a group's Encounter of the same leader and hour where there is one, then Appointments (E, D), which
join what was found, or stand for a session themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from ..fhir import encounter as encounters
from ..fhir.extensions import values
from ..fhir.index import Index
from ..settings import Settings
from . import bookings as booked
from . import slots, visits
from .candidate import Candidate
from .links import joined
from .roots import root
from .slots import Slot
from .visits import Visit

_ERROR = "entered-in-error"
ASSOCIATED = "http://hl7.org/fhir/StructureDefinition/encounter-associatedEncounter"


def find(index: Index, settings: Settings) -> Iterator[Candidate]:
    """All sessions among what was read, in the order of their first reference."""
    search = _Search(index, settings)
    search.roots()
    search.visits()
    search.bookings()
    yield from search.candidates()


class _Search:
    """What was assigned so far."""

    def __init__(self, index: Index, settings: Settings) -> None:
        self._index = index
        self._settings = settings
        self._gap = timedelta(minutes=settings.slot_minutes)
        self._roots: dict[str, tuple[Candidate, Slot]] = {}
        self._rooted: set[int] = set()
        self._slots: list[tuple[str, float, Slot]] = []
        self._extra: dict[str, list[str]] = {}
        self._booked: dict[int, list[str]] = {}
        self._by_leader: dict[str, list[Slot]] = {}
        self._owner: dict[str, Slot] = {}

    def roots(self) -> None:
        """Encounters that stand for a whole group."""
        parents = set()
        heads = []
        for key in self._index.keys("Encounter"):
            encounter = self._index.get(key) or {}
            parent = self._index.ref(encounter.get("partOf"), encounter)
            parents.update(self._named(encounter))
            if parent is None or not _of_patient(self._index, encounter):
                heads.append(key)
        for key in sorted({*heads, *parents}):
            found = root(self._index, key, key in parents, self._settings)
            if found is not None:
                first = visits.read(self._index, key, self._first_of(key), self._settings)
                slot = Slot(replace(first, reference=key))
                self._roots[key] = (found, slot)
                self._rooted.add(id(slot))
                self._own(slot, [key])

    def _first_of(self, key: str) -> dict[str, object]:
        """The Encounter itself; of one that is not among the input its first part stands for leader and time."""
        encounter = self._index.get(key)
        if encounter is None:
            encounter = next(iter(self._index.find("Encounter", "partOf", key)), {})
        return encounter

    def visits(self) -> None:
        """Visits of single patients that are part of no group Encounter."""
        loose: list[Visit] = []
        for key in self._index.keys("Encounter"):
            encounter = self._index.get(key) or {}
            if key in self._roots or not _of_patient(self._index, encounter):
                continue
            parent = self._parent(encounter)
            if parent is not None:
                self._owner[key] = self._roots[parent][1]
                if self._index.ref(encounter.get("partOf"), encounter) != parent:
                    self._extra.setdefault(parent, []).append(key)
            elif not visits.individual(encounter) and encounters.status(encounter) != "planned":
                loose.append(visits.read(self._index, key, encounter, self._settings))
        for shape, confidence, slot in joined(self._index, loose, self._gap):
            self._place(shape, confidence, slot)

    def _parent(self, encounter: dict[str, object]) -> str | None:
        """The group Encounter that a visit is part of or associated with."""
        return next((each for each in self._named(encounter) if each in self._roots), None)

    def _named(self, encounter: dict[str, object]) -> Iterator[str]:
        """The Encounters that one is part of or associated with."""
        for element in (encounter.get("partOf"), *values(encounter, ASSOCIATED)):
            found = self._index.ref(element, encounter)
            if found is not None:
                yield found

    def _place(self, shape: str, confidence: float, slot: Slot) -> None:
        """Let a slot join a group's Encounter of the same leader and hour, or stand for itself."""
        home = self._home(slot)
        references = [visit.reference for visit in slot.visits]
        if home is not None and any(visit.code is not None for visit in slot.visits):
            self._extra.setdefault(home.visits[0].reference, []).extend(references)
            self._owner.update(dict.fromkeys(references, home))
        elif slots.patients(slot) > 1:
            self._slots.append((shape, confidence, slot))
            self._own(slot, references)

    def _home(self, slot: Slot) -> Slot | None:
        """The one group Encounter that a slot or booking fits."""
        if slot.start is None or not slot.leader:
            return None
        first = slot.visits[0]
        near = [
            other
            for other in self._by_leader.get(slot.leader, ())
            if id(other) in self._rooted and other.near(slot.start, self._gap) and other.alike(first)
        ]
        if len(near) > 1:
            for other in near:
                other.ambiguous = True
        return near[0] if near else None

    def _own(self, slot: Slot, references: Iterable[str]) -> None:
        if slot.leader:
            self._by_leader.setdefault(slot.leader, []).append(slot)
        self._owner.update(dict.fromkeys(references, slot))

    def bookings(self) -> None:
        """Appointments of groups: evidence of a session that was found, or a session of their own."""
        single: list[booked.Booking] = []
        for key in self._index.keys("Appointment"):
            booking = booked.read(self._index, key, self._index.get(key) or {}, self._settings)
            if len(booking.patients) < 2 and booking.group is None:
                single.append(booking)
            elif not self._joins(booking):
                self._shared(booking)
        rest = [booking for booking in single if not self._joins(booking)]
        self._parallel({each.reference: each for each in rest if each.signal and each.status != _ERROR})

    def _joins(self, booking: booked.Booking) -> bool:
        """Let an Appointment join the session that it belongs to, where there is one."""
        slot = self._known(booking)
        if slot is not None:
            self._booked.setdefault(id(slot), []).append(booking.reference)
        return slot is not None

    def _known(self, booking: booked.Booking) -> Slot | None:
        """The session found already that an Appointment belongs to: by its Encounter, else by leader and slot."""
        for encounter in self._index.find("Encounter", "appointment", booking.reference):
            owner = self._owner.get(f"Encounter/{encounter['id']}")
            if owner is not None:
                return owner
        if not booking.signal and len(booking.patients) < 2:
            return None
        near = [
            slot
            for slot in self._by_leader.get(booking.visit.leader, ())
            if slot.near(booking.visit.start, self._gap) and slots.same_site(slot.site, booking.visit.site)
        ]
        return near[0] if len(near) == 1 else None

    def _shared(self, booking: booked.Booking) -> None:
        """Shape D: one Appointment of many."""
        linked = self._index.find("Encounter", "appointment", booking.reference)
        if booking.status in booked.OPEN and not linked:
            return
        signal = booking.signal or booking.group is not None
        slot = Slot(booking.visit)
        self._slots.append(("D", 0.8 if signal else 0.5, slot))
        self._own(slot, [f"Encounter/{each['id']}" for each in linked])
        self._booked[id(slot)] = [booking.reference]

    def _parallel(self, single: dict[str, booked.Booking]) -> None:
        """Shape E: an Appointment each, in one slot."""
        for slot in slots.gather((booking.visit for booking in single.values()), self._gap):
            keys = [visit.reference for visit in slot.visits]
            took_place = any(self._took_place(single[key]) for key in keys)
            if slots.patients(slot) < 2 or not took_place:
                continue
            self._slots.append(("E", 0.8, slot))
            self._own(slot, [])
            self._booked[id(slot)] = keys

    def _took_place(self, booking: booked.Booking) -> bool:
        linked = self._index.find("Encounter", "appointment", booking.reference)
        return booking.status not in booked.OPEN or bool(linked)

    def candidates(self) -> Iterator[Candidate]:
        """Everything found that is certain enough."""
        for key in sorted(self._roots):
            found, slot = self._roots[key]
            yield replace(
                found,
                visits=tuple(sorted(set(self._extra.get(key, ())))),
                appointments=tuple(sorted(self._booked.get(id(slot), ()))),
                ambiguous=slot.ambiguous,
            )
        for shape, confidence, slot in self._slots:
            if confidence >= self._settings.min_confidence:
                references = {each.reference for each in slot.visits if each.reference.startswith("Encounter")}
                yield Candidate(
                    shape=shape,
                    confidence=confidence,
                    visits=tuple(sorted(references)),
                    appointments=tuple(sorted(self._booked.get(id(slot), ()))),
                    ambiguous=slot.ambiguous,
                )


def _of_patient(index: Index, encounter: dict[str, object]) -> bool:
    subject = index.ref(encounter.get("subject"), encounter)
    return subject is not None and subject.startswith("Patient")
