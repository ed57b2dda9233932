"""`groupbill server URL`: what a FHIR server can, how it would be written to, what to beware of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..errors import ServerError
from ..server import Capability, Client, Learned, Way, capability_of, connect
from ..server.sign_in import scopes_asked
from ..settings import Settings

_WRITES = ("ChargeItem", "Claim", "Task", "Provenance")


def show_server(url: str, settings_file: Path | None, *, probe: bool = False) -> str:
    """The text that the command prints.

    Args:
        url: Base URL.
        settings_file: For the sign-in, and the folder where what is learned is kept.
        probe: Try the server out with resources that are deleted again.

    Errors:
        UsageError: the URL, a setting or a secret can't be used.
        ServerError: the server could not be reached, or is no FHIR server.
    """
    settings = Settings.load(settings_file)
    client = connect(url, settings)
    learned = Learned.beside(settings)
    try:
        found = learned.about(capability_of(client))
        tried = ""
        if probe:
            found, tried = _probe(client, found, learned)
    finally:
        client.close()
    return _text(found, settings) + tried


def _probe(client: Client, found: Capability, learned: Learned) -> tuple[Capability, str]:
    from ..server.probe import probed

    try:
        tried = probed(client, replace(found, confirmed=None))
    except ServerError as error:
        return found, f"\nIt could not be tried out: {error}\n"
    learned.forget(found)
    learned.keep(
        tried,
        transaction=tried.transaction,
        client_ids=bool(tried.client_ids),
        conditional_create=tried.conditional_create,
        versions=tried.versions,
    )
    return tried, "\nTried out just now; what was made for it was deleted again.\n"


def _text(found: Capability, settings: Settings) -> str:
    name = " ".join(each for each in (found.software, found.version) if each) or "software without a name"
    rows = [
        ("server", found.base),
        ("software", name),
        ("FHIR", found.fhir_version or "not said"),
        ("sign-in", settings.server_auth),
        ("transactions", _word(found.transaction)),
        ("batches", _word(found.batch)),
        ("ids of ours", _word(found.client_ids)),
        ("conditional create", _word(found.conditional_create)),
        ("versions", _word(found.versions)),
        ("takes", ", ".join(kind for kind in _WRITES if kind in found.writable) or "none of " + ", ".join(_WRITES)),
        ("writes by", _ways(found)),
    ]
    if settings.server_auth == "smart":
        rows.append(("scopes", " ".join(scopes_asked(settings))))
    width = max(len(name) for name, _ in rows) + 2
    lines = [f"{name:<{width}}{value}" for name, value in rows]
    beware = found.beware()
    if beware:
        lines += ["", "Beware:", *(f"- {each}" for each in beware)]
    return "\n".join(lines) + "\n"


def _ways(found: Capability) -> str:
    """The way that is chosen, and whether it was seen to work."""
    way = found.ways[0]
    if way is Way.EXPORT:
        return way.value
    seen = "seen to work" if found.confirmed is way else "not tried yet"
    return f"{way.value} ({seen})"


def _word(said: bool | None) -> str:
    return {True: "yes", False: "no", None: "not said"}[said]
