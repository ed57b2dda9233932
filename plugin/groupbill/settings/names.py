"""What the keys of a settings table name: a FHIR resource, an identifier or a coding."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..fhir.codes import spelled, system
from .suggest import did_you_mean

_REFERENCE = re.compile(r"(?:(?:https?|urn)[^|?#]*/)?([A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[^/]+)?")

SITES = ("Location", "Organization")
PAYERS = ("Organization", "Patient", "RelatedPerson")
PROVIDERS = ("Organization", "Practitioner", "PractitionerRole")
GROUPS = ("Group",)


def reference(value: str, types: tuple[str, ...], example: str) -> str:
    """`Type/id` of a relative or absolute reference, with or without a version.

    Errors:
        ValueError: not a reference to a resource of these types; the text says what was expected.
    """
    match = _REFERENCE.fullmatch(value)
    if match is None:
        raise ValueError(example)
    if match.group(1) not in types:
        raise ValueError(f"a reference to {' or '.join(types)}{did_you_mean(match.group(1), types)}")
    return f"{match.group(1)}/{match.group(2)}"


def token(value: str, example: str) -> str:
    """`system|value` as it stands, without blanks around it.

    Errors:
        ValueError: nothing before or after the bar.
    """
    uri, bar, rest = (part.strip() for part in value.rpartition("|"))
    if not (uri and bar and rest):
        raise ValueError(example)
    return f"{uri}|{rest}"


def coding(value: str, example: str) -> str:
    """`system|code`, spelled as codes are when resources are read.

    Errors:
        ValueError: nothing before or after the bar.
    """
    uri, _, code = token(value, example).rpartition("|")
    canonical = system(uri)
    return f"{canonical}|{spelled(canonical, code)}"


def _one(types: tuple[str, ...], reading: Callable[[str, str], str], example: str) -> Callable[[str], str]:
    """A key that is either a reference to one of some types or has a bar."""

    def name(value: str) -> str:
        return reading(value, example) if "|" in value else reference(value, types, example)

    return name


payer = _one(PAYERS, token, "a reference like Organization/acme, or an identifier like http://acme.example|7")
provider = _one(PROVIDERS, token, "a reference like Organization/clinic, or an identifier like http://acme.example|7")
session_type = _one(GROUPS, coding, "a coding like http://example.org/visit|FAMGRP, or a Group like Group/g1")


def site(value: str) -> str:
    """A place with a time zone of its own."""
    return reference(value, SITES, "a reference like Location/annex or Organization/north")
