"""The example sessions, and sessions of any size, loaded into a real server under names of their own."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from groupbill import Settings
from groupbill.server import Client
from groupbill.testing import builders as b

JSON = dict[str, Any]
SESSIONS = Path(__file__).parents[2] / "examples" / "sessions"
EXAMPLES = sorted(path.name.removesuffix(".report.json") for path in SESSIONS.glob("*.report.json"))
TODAY = date(2026, 3, 16)
OURS = ("ChargeItem", "Claim", "Task", "Provenance")
_ORDER = (
    "Organization Location Practitioner PractitionerRole Patient RelatedPerson Group Condition Coverage"
    " Appointment Encounter ChargeItem Claim ClaimResponse"
).split()
_PACK = 40
"""Medplum takes at most 50 updates in one transaction."""
_numbers = itertools.count(1)


def fresh() -> str:
    """A mark that nothing else on the servers carries."""
    return f"t{os.getpid()}x{next(_numbers)}"


@dataclass(frozen=True)
class World:
    """What stands on one server."""

    client: Client
    names: Mapping[str, str]
    """`Type/id` on the server by `Type/id` as it was written down."""
    settings: Settings

    def __getitem__(self, reference: str) -> str:
        """`Type/id` on the server."""
        return self.names[reference]

    def change(self, reference: str, edit: Callable[[JSON], object]) -> None:
        """Somebody corrects a resource."""
        found = self.client.get(self[reference])
        assert found is not None
        changed = deepcopy(dict(found))
        edit(changed)
        self.client.put(changed)


def example(name: str) -> list[JSON]:
    """The resources of an example as R4 servers take them.

    Those of the R5 example become what an R4 EHR would hold: an Encounter per participant who took part.
    """
    found = [entry["resource"] for entry in json.loads((SESSIONS / f"{name}.json").read_text())["entry"]]
    return list(_release_4(found)) if name.startswith("4") else found


def _release_4(resources: Iterable[JSON]) -> Iterator[JSON]:
    for each in resources:
        kind = each["resourceType"]
        if kind == "Group":
            yield {**{name: value for name, value in each.items() if name != "membership"}, "actual": True}
        elif kind == "Coverage":
            rest = {name: value for name, value in each.items() if name not in ("insurer", "kind", "subscriberId")}
            yield {**rest, "payor": [each["insurer"]], "subscriberId": each["subscriberId"][0]["value"]}
        elif kind == "Condition" and "participant" in each:
            yield {name: value for name, value in each.items() if name != "participant"}
        elif kind == "Encounter":
            yield from _encounters(each)
        else:
            yield each


def _encounters(session: JSON) -> Iterator[JSON]:
    times = (session["actualPeriod"]["start"], session["actualPeriod"]["end"])
    yield b.encounter("g5", "Group/trauma", times, leader="rivera", location="room-2")
    for participant in session["participant"]:
        kind, _, name = participant["actor"]["reference"].partition("/")
        if kind == "Patient":
            period = participant["period"]["start"], participant["period"]["end"]
            yield b.encounter(f"g5-{name}", f"Patient/{name}", period, part_of="g5", diagnosis=f"dx-{name}")


def therapy(members: int, sessions: int = 1) -> list[JSON]:
    """A clinic with one group and its sessions, one a day, everybody there."""
    names = [f"p{member}" for member in range(members)]
    found = [b.clinic(), b.payer("bluestar", "Blue Star PPO"), b.location("room"), b.practitioner("leader", 101)]
    for name in names:
        found += [b.patient(name), b.condition(name, "F33.1"), b.coverage(name, "bluestar")]
    found.append(b.group("group", names))
    for number in range(sessions):
        day = date(2026, 1, 5) + timedelta(days=number)
        times = tuple(f"{day}T{hour}:00:00-06:00" for hour in ("10", "11"))
        session = f"g{number}"
        found.append(b.encounter(session, "Group/group", times, leader="leader", location="room"))
        for name in names:
            visit = f"{session}-{name}"
            found.append(b.encounter(visit, f"Patient/{name}", times, part_of=session, diagnosis=f"dx-{name}"))
    return found


def load(client: Client, resources: Sequence[JSON], folder: Path, *, own_ids: bool) -> World:
    """Put resources on a server, targets first.

    Args:
        client: Of the server.
        resources: Their ids get a mark, so that worlds on one server do not meet.
        folder: Where the settings file goes, and what groupbill keeps beside it.
        own_ids: Whether the server gives ids of its own, whatever we ask for.
    """
    mark = fresh()
    ordered = in_order(resources)
    names = {
        f"{each['resourceType']}/{each['id']}": f"{each['resourceType']}/{each['id']}-{mark}" for each in ordered
    }
    if own_ids:
        names = {}
        for each in ordered:
            answer = client.create(renamed(each, names))
            assert answer.reference is not None
            names[f"{each['resourceType']}/{each['id']}"] = answer.reference
    else:
        put(client, [renamed(each, names) for each in ordered])
    return World(client, names, settings_of(names, folder))


def in_order(resources: Iterable[JSON]) -> list[JSON]:
    """Targets of references before what refers to them."""
    return sorted(resources, key=lambda each: (_ORDER.index(each["resourceType"]), "partOf" in each))


def put(client: Client, resources: Sequence[JSON]) -> None:
    """Write resources under their ids, in transactions."""
    for start in range(0, len(resources), _PACK):
        entries = [
            {
                "fullUrl": f"{client.base}/{each['resourceType']}/{each['id']}",
                "resource": each,
                "request": {"method": "PUT", "url": f"{each['resourceType']}/{each['id']}"},
            }
            for each in resources[start : start + _PACK]
        ]
        client.transaction({"resourceType": "Bundle", "type": "transaction", "entry": entries})


def renamed(resource: JSON, names: Mapping[str, str]) -> JSON:
    """The resource with its own id and its references by these names."""
    made: JSON = _renamed(resource, names)
    mine = names.get(f"{resource['resourceType']}/{resource['id']}")
    return {**made, "id": mine.partition("/")[2]} if mine else made


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            name: names.get(each, each) if name == "reference" else _renamed(each, names)
            for name, each in value.items()
        }
    return [_renamed(each, names) for each in value] if isinstance(value, list) else value


def settings_of(names: Mapping[str, str], folder: Path) -> Settings:
    """The settings of the example clinic in the names of the server, as a file of the folder."""
    text = (SESSIONS / "groupbill.toml").read_text()
    for written, name in names.items():
        text = text.replace(f'"{written}"', f'"{name}"')
    file = folder / "groupbill.toml"
    file.write_text(text)
    return Settings.load(file)
