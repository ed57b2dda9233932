"""Deterministic identities: the same facts give the same identifier, so a second run finds what the first wrote."""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, datetime
from functools import lru_cache

BASE = "https://w3id.org/groupbill/"
ID = BASE + "id/"
EXTENSION = BASE + "fhir/StructureDefinition/"
CODE_SYSTEM = BASE + "fhir/CodeSystem/"
SESSION_SYSTEM = ID + "session"
VISIT_SYSTEM = ID + "visit"
CHARGE_ITEM_SYSTEM = ID + "chargeitem"
CLAIM_SYSTEM = ID + "claim"
TASK_SYSTEM = ID + "task"
USUAL_CODES = frozenset({"90853", "90849", "90847", "90846"})
"""CPT codes of sessions from which identities are made where no site or plugin has others."""

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = tuple(first + second for first in _CROCKFORD for second in _CROCKFORD)
_SHIFTS = (70, 60, 50, 40, 30, 20, 10, 0)
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, BASE)


@lru_cache(maxsize=8192)
def digest(namespace: str, *parts: str) -> str:
    """Sixteen characters of Crockford base32 over a SHA-256 of the namespace and the parts."""
    # Kept: rules, plan and report each name the same charge.
    data = "\x1f".join((namespace, *parts)).encode()
    bits = int.from_bytes(hashlib.sha256(data).digest()[:10], "big")
    return "".join([_PAIRS[(bits >> shift) & 1023] for shift in _SHIFTS])


def resource_id(system: str, value: str) -> str:
    """The uuid5 of an identifier: the id of a new resource that carries it."""
    return _uuid5(f"{system}|{value}")


def provenance_id(*parts: str) -> str:
    """The uuid5 of a Provenance's targets and versions (R4 Provenance has no identifier)."""
    return _uuid5("provenance|" + "|".join(parts))


@lru_cache(maxsize=8192)
def _uuid5(name: str) -> str:
    """`uuid.uuid5` without the object in between, which costs more than the hash; three are made per charge."""
    text = hashlib.sha1(_NAMESPACE.bytes + name.encode(), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(text[16], 16) & 3]
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}"


def session_key(namespace: str, encounter: str) -> str:
    """Key of a session that has an Encounter: `Encounter/id`, bare, whatever the base."""
    return digest(namespace, "session", encounter)


def slot_key(namespace: str, performer: str, site: str, start: datetime) -> str:
    """Key of a session without an Encounter: performer, site, start rounded down to a quarter of an hour (UTC)."""
    utc = start.astimezone(UTC)
    quarter = utc.replace(minute=utc.minute - utc.minute % 15, second=0, microsecond=0)
    return digest(namespace, "slot", performer, site, quarter.isoformat())


def visit_value(namespace: str, session: str, patient: str) -> str:
    """Value of the logical reference that stands for a visit without an Encounter of its own."""
    return digest(namespace, "visit", session, patient)


def charge_item_value(namespace: str, session: str, patient: str, code: str, leader: int = 1) -> str:
    """Identifier value of a ChargeItem; `code` is the one before the policy's `session_code`."""
    return digest(namespace, "chargeitem", session, patient, code, str(leader))


def task_value(namespace: str, charge_item: str, generation: int = 1) -> str:
    """Identifier value of the Task of a held ChargeItem; a closed one needed again gets the next generation."""
    return charge_item if generation == 1 else digest(namespace, "task", charge_item, str(generation))


def claim_value(
    namespace: str, session: str, patient: str, leader: int = 1, order: int = 1, generation: int = 1
) -> str:
    """Identifier value of a Claim: one per session, patient, paid leader, coverage order and generation."""
    return digest(namespace, "claim", session, patient, str(leader), str(order), str(generation))
