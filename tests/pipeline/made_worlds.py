"""Random sessions for the property tests: every shape, payer, modality and status, and odd records among them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from groupbill import Settings
from groupbill.testing import builders as b

JSON = dict[str, Any]
PAYERS = ("bluestar", "ngs", "nhmcd", None, "nobody")
STATUSES = ("finished", "finished", "finished", "cancelled", "in-progress", "entered-in-error", "planned")
BOOKED = ("fulfilled", "fulfilled", "arrived", "noshow", "cancelled", "booked")
CODES = ("F33.1", "F41.1", "Z63.0", "F10.20", "R45.851")
SETTINGS = {
    "timezone": "America/Chicago",
    "prices": {"90853": "120.10", "90849": "140.00", "90785": "25.05"},
    "payers": {
        "Organization/bluestar": "commercial",
        "Organization/ngs": "medicare-ngs",
        "http://lakeside.example/payer|NHMCD": "medicaid-nh",
    },
    "billing": {"provider": "Organization/clinic"},
    "session_codes": {"http://lakeside.example/visit|GROUP": "90853"},
}


def settings(**more: Any) -> Settings:
    """The site of the property tests."""
    return Settings.parse({**SETTINGS, **more})


def staff() -> list[JSON]:
    """What all worlds share."""
    return [
        b.clinic(),
        b.payer("bluestar", "Blue Star PPO"),
        b.payer("ngs", "Medicare Part B"),
        b.payer("nhmcd", "New Hampshire Medicaid", ("http://lakeside.example/payer", "NHMCD")),
        b.payer("nobody", "Payer without a policy"),
        b.location("room-2"),
        b.location("home", "10"),
        b.practitioner("rivera", 101),
        b.practitioner("okafor", 102, "103TC0700X", "PSYD"),
    ]


@st.composite
def member(draw: st.DrawFn, name: str, session: str, times: tuple[str, str], shape: str) -> list[JSON]:
    """A patient with what speaks for or against attendance."""
    payer = draw(st.sampled_from(PAYERS))
    found = [b.patient(name), *draw(_earlier_record(name))]
    if draw(st.integers(0, 9)):
        found.append(b.condition(name, draw(st.sampled_from(CODES))))
    if payer is not None or draw(st.booleans()):
        cover = b.coverage(name, payer)
        if not draw(st.integers(0, 7)):
            cover["period"] = {"start": "2024-01-01", "end": "2024-12-31"}
        found.append(cover)
    alone = shape in ("C", "E", "H")
    visit = b.encounter(
        f"{session}-{name}",
        f"Patient/{name}",
        times,
        status=draw(st.sampled_from(STATUSES)),
        part_of=session if shape == "B" else None,
        code="90853" if alone else draw(st.sampled_from(["90853", None])),
        leader="rivera" if alone else None,
        location="room-2" if alone else draw(st.sampled_from([None, "home"])),
        category=draw(st.sampled_from(["AMB", "VR"])),
        modality=draw(st.sampled_from([None, "video", "audio"])),
    )
    if shape == "H":
        visit["identifier"] = [{"system": "http://lakeside.example/slot", "value": session}]
    if shape == "E":
        visit["appointment"] = [b.ref(f"Appointment/a-{session}-{name}")]
        found.append(_booking(f"a-{session}-{name}", [name], times, draw(st.sampled_from(BOOKED))))
    if shape == "D":
        visit["appointment"] = [b.ref(f"Appointment/a-{session}")]
    if shape in ("B", "C", "D", "E", "H") and draw(st.integers(0, 9)) > (4 if shape in ("D", "E") else 0):
        found.append(visit)
    if not draw(st.integers(0, 5)):
        found.append(_other_service(name, draw(st.sampled_from(["90834", "90791", "99213", "90853"])), times))
    return found


@st.composite
def _earlier_record(draw: st.DrawFn, name: str) -> list[JSON]:
    """Now and then a Patient that was merged into this one; the roster may still name it."""
    if draw(st.integers(0, 7)):
        return []
    return [b.patient(f"{name}-old", link=[{"other": b.ref(f"Patient/{name}"), "type": "replaced-by"}])]


def _booking(name: str, patients: list[str], times: tuple[str, str], status: str) -> JSON:
    actors = [*(f"Patient/{each}" for each in patients), "Practitioner/rivera", "Location/room-2"]
    return {
        "resourceType": "Appointment",
        "id": name,
        "status": status,
        "serviceType": [b.coded("http://lakeside.example/visit", "GROUP")],
        "start": times[0],
        "end": times[1],
        "participant": [{"actor": b.ref(each), "status": "accepted"} for each in actors],
    }


def _other_service(name: str, code: str, times: tuple[str, str]) -> JSON:
    return {
        "resourceType": "ChargeItem",
        "id": f"other-{name}",
        "status": "billable",
        "subject": b.ref(f"Patient/{name}"),
        "code": b.coded(b.CPT, code),
        "occurrencePeriod": {"start": times[0].replace("T09", "T13"), "end": times[1].replace("T10", "T14")},
        "performer": [{"actor": b.ref("Practitioner/rivera")}],
        "quantity": {"value": 1},
    }


@st.composite
def world(draw: st.DrawFn) -> list[JSON]:
    """The resources of one or two sessions of a day, their patients partly the same."""
    found = {f"{each['resourceType']}/{each['id']}": each for each in staff()}
    for number in range(draw(st.integers(1, 2))):
        shape = draw(st.sampled_from("ABCDEFH"))
        hour = 9 + 6 * number
        times = (f"2026-03-10T{hour:02}:00:00-05:00", f"2026-03-10T{hour + 1:02}:00:00-05:00")
        names = draw(st.lists(st.sampled_from([f"pt{each:02}" for each in range(14)]), min_size=1, unique=True))
        session = f"sess{number}"
        for name in names:
            for each in draw(member(name, session, times, shape)):
                found.setdefault(f"{each['resourceType']}/{each['id']}", each)
        for each in _whole(draw, shape, number, names, times, found):
            found[f"{each['resourceType']}/{each['id']}"] = each
    return list(found.values())


def _whole(
    draw: st.DrawFn, shape: str, number: int, names: list[str], times: tuple[str, str], found: dict[str, JSON]
) -> list[JSON]:
    """What stands for the session as a whole: its Encounter and Group, or its Appointment."""
    session, group = f"sess{number}", f"grp{number}"
    if shape == "D":
        return [_booking(f"a-{session}", names, times, draw(st.sampled_from(BOOKED)))]
    if shape in ("C", "E", "H"):
        return []
    known = [f"{name}-old" if f"Patient/{name}-old" in found else name for name in names]
    roster = [{"entity": b.ref(f"Patient/{name}"), "inactive": "3" in name} for name in known]
    roster.append({"entity": b.ref("Practitioner/okafor")})
    circle = {
        **b.group(group, roster),
        "name": f"Circle of {group}",
        "identifier": [{"system": "http://lakeside.example/groups", "value": f"CIRCLE-{number}"}],
    }
    head = b.encounter(session, f"Group/{group}", times, leader="rivera", location="room-2")
    if shape == "F":
        actors: list[JSON] = [{"actor": b.ref(f"Patient/{name}")} for name in names[::2]]
        head["participant"] += actors
        head["status"] = draw(st.sampled_from(["completed", "cancelled"]))
    return [circle, head]
