"""The billing provider of a claim (837P loop 2010AA)."""

from __future__ import annotations

import re

from ..fhir.codes import EIN, NPI, NUCC, codings
from ..model import Billing, Resource
from .people import identifier
from .sources import Sources
from .values import rows

_BOX = re.compile(r"\s*(?:p\.?\s*o\.?\s*b(?:ox)?|post\s+office\s+box|box)\b", re.IGNORECASE)
_CLINICS = frozenset({"261QF0400X", "261QR1300X"})
"""NUCC: Federally Qualified Health Center, Rural Health Clinic."""
_CLINIC_PLACES = frozenset({"50", "72"})
"""CMS place of service: FQHC, RHC."""


def billing_provider(sources: Sources, service_provider: str | None, place_of_service: str | None) -> Billing:
    """The service provider, else the one of the settings; at places 50 and 72 it is an FQHC or RHC."""
    reference = service_provider or usual_provider(sources)
    clinic = place_of_service in _CLINIC_PLACES
    return sources.once(("billing", reference, clinic), lambda: _billing(sources, reference, clinic))


def usual_provider(sources: Sources) -> str | None:
    """The billing provider of the settings, which may name it by `system|value` of an identifier."""
    stated = sources.settings.billing_provider
    if stated is None or "|" not in stated:
        return stated
    uri, _, value = stated.rpartition("|")
    named = {"type": "Organization", "identifier": {"system": uri, "value": value}}
    return sources.once(("usual", stated), lambda: sources.index.ref(named))


def _billing(sources: Sources, reference: str | None, clinic: bool) -> Billing:
    resource = sources.get(reference)
    codes = codings([*_concepts(resource, "type"), *_concepts(resource, "qualification")])
    taxonomies = tuple(dict.fromkeys(code for uri, code in codes if uri == NUCC))
    return Billing(
        reference=reference,
        npi=identifier(resource, NPI),
        tax_id=identifier(resource, EIN),
        has_street=_has_street(resource) if resource else None,
        taxonomies=taxonomies,
        fqhc=clinic or not _CLINICS.isdisjoint(taxonomies),
    )


def _concepts(resource: Resource, name: str) -> list[object]:
    """Concepts of `Organization.type`, or of a Practitioner's `qualification` who bills in their own name."""
    if resource.get("resourceType") == "Practitioner":
        return [entry.get("code") for entry in resource.get(name) or ()] if name == "qualification" else []
    return list(resource.get(name) or ()) if name == "type" else []


def _has_street(resource: Resource) -> bool:
    """Whether an address in use has a line that is no PO box; R5 keeps them under `contact`."""
    addresses = [*(resource.get("address") or ())]
    if resource.get("resourceType") == "Organization":
        for contact in rows(resource, "contact"):
            addresses += rows(contact, "address")
    return any(
        line.strip() and not _BOX.match(line)
        for address in addresses
        if address.get("use") != "old"
        for line in address.get("line") or ()
        if isinstance(line, str)
    )
