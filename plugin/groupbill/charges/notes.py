"""Progress notes: DocumentReferences and Compositions about one patient at one Encounter."""

from __future__ import annotations

import binascii
import hashlib
from collections.abc import Iterator
from typing import Any

from ..fhir.codes import LOINC, codings
from ..model import Note, Resource
from .chart import Chart
from .filed import at_encounter
from .people import practitioner
from .sketch import sketch
from .sources import Sources
from .values import rows, string

_FINAL = frozenset({"final", "amended", "corrected", "appended"})
_WITHDRAWN = frozenset({"entered-in-error", "superseded", "cancelled"})
_NO_NOTE = frozenset(
    {"59284-0", "64292-6", "42348-3", "64290-0", "74465-6", "44249-1", "69737-5", "51855-5", "34133-9"}
)
"""LOINC types of what is filed with a visit and tells nothing of it: consent, release, directive, insurance card,
questionnaires, what the patient wrote, the chart's summary."""


def notes_of(sources: Sources, chart: Chart, encounter: str | None, *, own: bool) -> tuple[Note, ...]:
    """The patient's notes of an Encounter (`own`: the patient's; else the session's), by type and id."""
    if encounter is None or not (sources.has("DocumentReference") or sources.has("Composition")):
        return ()
    return tuple(
        note
        for kind in ("Composition", "DocumentReference")
        for resource in at_encounter(sources, chart, kind, encounter, own=own)
        if (note := _note(sources, resource)) is not None
    )


def _note(sources: Sources, resource: Resource) -> Note | None:
    """None for a note that was withdrawn or replaced, and for a document of another type."""
    if resource.get("status") in _WITHDRAWN or resource.get("docStatus") in _WITHDRAWN:
        return None
    if any(uri == LOINC and code in _NO_NOTE for uri, code in codings(resource.get("type"))):
        return None
    document = resource.get("resourceType") == "DocumentReference"
    final = resource.get("docStatus" if document else "status") in _FINAL
    signers = _practitioners(sources, resource, _signers(resource))
    text = b"\x1f".join(filter(None, _texts(sources, resource)))
    return Note(
        reference=f"{resource.get('resourceType')}/{resource.get('id')}",
        final=final,
        signed=final and bool(signers),
        author=signers or _practitioners(sources, resource, resource.get("author") or ()),
        digest=hashlib.sha256(text).hexdigest() if text else None,
        sketch=sketch(text),
    )


def _signers(resource: Resource) -> list[Any]:
    """`authenticator` of R4, `attester.party` of Composition and R5."""
    found = [resource["authenticator"]] if isinstance(resource.get("authenticator"), dict) else []
    for attester in resource.get("attester") or ():
        if isinstance(attester, dict) and isinstance(attester.get("party"), dict):
            found.append(attester["party"])
    return found


def _practitioners(sources: Sources, resource: Resource, elements: Any) -> tuple[str, ...]:
    found = (practitioner(sources, sources.index.ref(element, resource)) for element in elements)
    return tuple(dict.fromkeys(each for each in found if each and each.startswith("Practitioner")))


def _texts(sources: Sources, resource: Resource) -> Iterator[bytes]:
    """What the note says, as far as it is at hand. Only its hash and sketch are kept."""
    for content in rows(resource, "content"):
        for attachment in rows(content, "attachment"):
            yield _attachment(sources, resource, attachment)
    yield from _sections(resource)


def _attachment(sources: Sources, resource: Resource, attachment: Any) -> bytes:
    """Its data; where they are elsewhere, the Binary on file, else the hash or address it is known by."""
    if not attachment.get("data") and attachment.get("url"):
        binary = sources.get(sources.index.ref({"reference": attachment["url"]}, resource))
        attachment = binary if binary.get("data") else attachment
    data = string(attachment.get("data"))
    if data is not None:
        try:
            return binascii.a2b_base64(data).strip()
        except ValueError:
            return data.encode()
    known = string(attachment.get("hash")) or string(attachment.get("url"))
    return known.encode() if known else b""


def _sections(element: Any) -> Iterator[bytes]:
    for section in rows(element, "section"):
        for text in rows(section, "text"):
            yield (string(text.get("div")) or "").strip().encode()
        yield from _sections(section)
