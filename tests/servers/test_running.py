"""The four servers really run, and are what they say they are."""

from __future__ import annotations

import json
import urllib.request

SOFTWARE = {
    "medplum": "Medplum FhirRouter + MemoryRepository",
    "hapi": "HAPI FHIR Server",
    "helios": "Helios FHIR Server",
    "poor": None,
}


def test_a_server_says_who_it_is(server: tuple[str, str]) -> None:
    kind, base = server
    with urllib.request.urlopen(f"{base}/metadata", timeout=30) as answer:
        statement = json.load(answer)
    assert statement["resourceType"] == "CapabilityStatement"
    if SOFTWARE[kind] is not None:
        assert statement["software"]["name"] == SOFTWARE[kind]
