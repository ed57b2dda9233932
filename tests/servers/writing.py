"""Hosts at work on a real server, and what they leave there, told so that two worlds can be compared."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from worlds import JSON, OURS, World

from groupbill import Host, Settings
from groupbill.errors import Refused
from groupbill.model.identity import BASE, ID
from groupbill.report.report import Report
from groupbill.server import Client, Learned, capability_of, choose, connect
from groupbill.server.outbox import Outbox
from groupbill.server.server import Server

_BY_PATIENT = {"ChargeItem": "subject", "Claim": "patient", "Task": "patient"}
_NOT_MEANT = frozenset({"id", "text", "created", "enteredDate", "recorded", "authoredOn", "lastModified", "issued"})


def opened(
    base: str,
    settings: Settings,
    *,
    store: str | None = None,
    patience: float = 60.0,
    pause: Callable[[float], None] = time.sleep,
) -> Server:
    """A server to write to, as `Server.open` makes it, whose client may be less patient."""
    client = connect(base, settings, timeout=(5, patience), pause=pause)
    learned = Learned.beside(settings)
    capability = learned.about(capability_of(client))
    sink = choose(client, capability, learned=learned)
    return Server(client, capability, sink, Outbox.of(settings, client.base, store), settings)


def without_client_ids(base: str, settings: Settings) -> None:
    """From now on the server is known to take no ids of ours."""
    client = Client(base)
    Learned.beside(settings).keep(capability_of(client), client_ids=False)
    client.close()


def reconciled(world: World, session: str, **more: Any) -> Report:
    """One session written to where it came from."""
    with opened(world.client.base, world.settings) as server:
        return Host(world.settings).reconcile(server, [world[session]], write=True, **more)


def actions(report: Report) -> dict[str, list[str]]:
    """What was done for each patient: `create Claim`, ..."""
    return {
        str(member.patient): [f"{step.action} {step.reference.partition('/')[0]}" for step in member.plan]
        for session in report.sessions
        for member in session.members
        if member.plan
    }


def trouble(report: Report) -> list[str]:
    """What the server refused, or did not answer to."""
    found = [*report.findings]
    for session in report.sessions:
        found += [*session.findings, *(each for member in session.members for each in member.findings)]
    return [each.message for each in found if each.code == "ENG08"]


def filed(world: World) -> dict[str, JSON]:
    """Everything of ours on the server, whole, by `Type/id`."""
    patients = ",".join(sorted(name for key, name in world.names.items() if key.startswith("Patient/")))
    found: dict[str, JSON] = {}
    for kind, parameter in _BY_PATIENT.items():
        for each in world.client.search(f"{kind}?{parameter}={patients}"):
            if _tokens(each):
                found[f"{kind}/{each['id']}"] = dict(each)
    try:
        provenance = list(world.client.search(f"Provenance?target={','.join(found)}")) if found else []
    except Refused:  # the poor server can't search for them
        return found
    return found | {f"Provenance/{each['id']}": dict(each) for each in provenance}


def duplicates(resources: Iterable[JSON]) -> list[str]:
    """Identifiers of ours that more than one resource carries."""
    tokens = [each for resource in resources for each in _tokens(resource)]
    return sorted({each for each in tokens if tokens.count(each) > 1})


def _tokens(resource: JSON) -> list[str]:
    return [
        f"{each['system']}|{each['value']}"
        for each in resource.get("identifier") or ()
        if str(each.get("system")).startswith(ID) and not str(each.get("system")).endswith(("session", "visit"))
    ]


def meaning(world: World, resources: Iterable[JSON], *, provenance: bool = True) -> list[str]:
    """What the resources say, in the names that the world was written down with, sorted.

    Left out is what differs between two servers or runs and is no content: ids, versions, hashes, days of writing.
    """
    names = {name: written for written, name in world.names.items()}
    told = []
    for each in resources:
        kind = each["resourceType"]
        if kind != "Provenance":
            told.append(json.dumps(_meaning(each, names), sort_keys=True))
        elif provenance:
            targets = sorted(target["reference"].partition("/")[0] for target in each["target"])
            told.append(f"Provenance of {', '.join(targets)}")
    return sorted(told)


def _meaning(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        if str(value.get("system", "")).startswith(ID):
            return {"system": value["system"]}
        if str(value.get("url", "")).startswith(BASE) and value["url"].endswith("line-item-control-number"):
            return {"url": value["url"]}
        found = {name: _meaning(each, names) for name, each in value.items() if name not in _NOT_MEANT}
        if "meta" in found:
            found["meta"] = {"security": (value["meta"] or {}).get("security")}
        if isinstance(value.get("reference"), str):
            bare = "/".join(value["reference"].split("/_history/")[0].split("/")[-2:])
            found["reference"] = names.get(bare, bare.partition("/")[0] if bare.startswith(OURS) else bare)
        return found
    if isinstance(value, list):
        return [_meaning(each, names) for each in value]
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return str(Decimal(str(value)).normalize())
    return _instant(value) if isinstance(value, str) and "T" in value[:11] else value


def _instant(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
