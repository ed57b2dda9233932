"""Which charges a session comes to: one per participant, or one per family."""

from __future__ import annotations

from collections.abc import Iterator

from groupbill import Charge, Member, Session

GROUP = "90853"
SEVERAL_FAMILIES = "90849"
ONE_FAMILY = "90847"
_FAMILY_CODES = frozenset({SEVERAL_FAMILIES, ONE_FAMILY, "90846"})
INTERACTIVE_COMPLEXITY = "90785"


def charges(session: Session) -> Iterator[Charge]:
    """The charges of a session, in the order of its members.

    A group is charged to each participant; with families it is one charge per family, on the identified
    patient. A session for several families to which one family came is that family's (CPT: 90849 is for
    several). The add-on for interactive complexity goes with a group only, and only where the patient's own
    record shows it. Relatives, guests and practitioners are never charged.
    """
    participants = [member for member in session.participants if member.patient is not None]
    if session.code in _FAMILY_CODES:
        units = _identified(participants)
        code = ONE_FAMILY if session.code == SEVERAL_FAMILIES and len(units) == 1 else session.code
        for member in units:
            yield Charge(member=member.member, code=code)
        return
    for member in participants:
        yield Charge(member=member.member, code=session.code)
        if member.interactive_complexity and session.code == GROUP:
            yield Charge(member=member.member, code=INTERACTIVE_COMPLEXITY)


def _identified(participants: list[Member]) -> list[Member]:
    """One participant per family: the one with an Encounter of their own, else the first by reference."""
    families: dict[str, Member] = {}
    for member in participants:
        family = member.family or member.member
        known = families.get(family)
        if known is None or (known.encounter is None and member.encounter is not None):
            families[family] = member
    return sorted(families.values(), key=lambda member: member.member)
