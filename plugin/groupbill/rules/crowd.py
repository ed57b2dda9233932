"""How many came to a session, and who belongs together: counted once per session, not once per participant."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ..model import Member, Session


@dataclass(frozen=True, slots=True)
class Crowd:
    """The participants of one session, counted."""

    attended: int
    """Members whose attendance is established, whoever pays for them."""
    families: int
    """Family units among them; those of whom nothing says whose treatment it is count as one at least."""
    unrelated: int
    """Participants, a family counted once."""
    people: int
    """Participants and their relatives."""
    only_families: bool
    """Whether every participant came with relatives or has one among the participants."""
    shared: frozenset[str]
    """Families with several participants."""

    def has_kin(self, member: Member) -> bool:
        """Whether another participant belongs to the member's family."""
        return member.family is not None and member.family in self.shared


_last: tuple[Session | None, Crowd] = (None, Crowd(0, 0, 0, 0, False, frozenset()))


def crowd(session: Session) -> Crowd:
    """The participants of a session, counted.

    The last answer is kept, since the participants of one session are judged one after the other.
    """
    global _last  # noqa: PLW0603 - a memo of one entry, compared by identity and replaced as a whole
    known, answer = _last
    if known is not session:
        answer = _count(session)
        _last = (session, answer)
    return answer


def _count(session: Session) -> Crowd:
    present = session.participants
    families = Counter(member.family for member in present if member.family is not None)
    shared = frozenset(family for family, number in families.items() if number > 1)
    return Crowd(
        attended=len(present),
        families=len(families) + any(member.family is None for member in present),
        unrelated=len(present) - families.total() + len(families),
        people=sum(1 + len(member.relatives) for member in present),
        only_families=bool(present) and all(member.relatives or member.family in shared for member in present),
        shared=shared,
    )
