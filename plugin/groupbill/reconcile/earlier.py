"""The session key under which a visit was billed already: it stays under it, whatever key its session has now.

Records arrive late. Visits that shared nothing but an hour get a session Encounter, a start is put right, a parent
is deleted: the key of the session is another one then (design 5.6), and the visit must not be billed a second time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from ..fhir.codes import procedure_code
from ..fhir.dates import period
from ..fhir.index import Index
from ..model import Member, Resource, Session
from ..model.identity import CHARGE_ITEM_SYSTEM, SESSION_SYSTEM, USUAL_CODES, charge_item_value
from ..resources.content import rows
from .existing import LEADERS, identifier, on_file


def billed_under(
    index: Index, namespace: str, session: Session, member: Member, patients: Sequence[str], known: Collection[str]
) -> str:
    """The key under which a member's visit is billed: that of the session, or an earlier one.

    Args:
        index: What was read.
        namespace: Of the settings; what was made under another one is somebody else's.
        session: As it is now.
        member: Whose visit it is.
        patients: The member's Patient, then other records of the same person.
        known: Keys of all sessions of the run.
    """
    found = []
    for patient in patients:
        for resource in _items(index, session, member, patient):
            key, value = identifier(resource, SESSION_SYSTEM), identifier(resource, CHARGE_ITEM_SYSTEM)
            if key is None or value is None or (key in known and key != session.key):
                continue
            if made_here(namespace, resource, patient, session.code):
                item = on_file(resource, value)
                found.append((key != session.key, item.ended, item.reference, key))
    return min(found)[-1] if found else session.key


def made_here(namespace: str, item: Resource, patient: str, code: str) -> bool:
    """Whether the identity of a ChargeItem was made under this namespace.

    Args:
        namespace: Of the settings.
        item: A ChargeItem of ours.
        patient: Whose it is.
        code: Of the session.
    """
    key, value = identifier(item, SESSION_SYSTEM), identifier(item, CHARGE_ITEM_SYSTEM)
    if key is None:
        return False
    codes = {*USUAL_CODES, code, procedure_code(item.get("code")) or ""}
    return any(
        charge_item_value(namespace, key, patient, each, leader) == value for each in codes for leader in LEADERS
    )


def _items(index: Index, session: Session, member: Member, patient: str) -> Iterator[Resource]:
    """ChargeItems of the patient for the visit: by its Encounter; where none names that, by leader and time."""
    charged = index.linked("ChargeItem", "subject", patient)
    if not charged:
        return
    named = set(index.linked("ChargeItem", "context", member.encounter)).intersection(charged)
    for reference in named or charged:
        resource = index.get(reference)
        if resource is not None and (named or _at_once(index, resource, session, member)):
            yield resource


def _at_once(index: Index, resource: Resource, session: Session, member: Member) -> bool:
    """Whether a ChargeItem is of the same leader and hour: nobody is in two groups of one leader at once."""
    performers = {index.ref(row.get("actor"), resource) for row in rows(resource, "performer")}
    leaders = {each for one in session.performers for each in (one.practitioner, one.reference)}
    together = period(resource.get("occurrencePeriod"), None).coincides(member.period)
    return together and not performers.isdisjoint(leaders - {None})
