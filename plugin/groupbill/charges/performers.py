"""Who is paid for the line: the leader, two of them where the payer pays two, or their supervisor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from ..fhir.encounter import actors
from ..model import Performer, Policy, Rendering, Resource, Session
from .people import Person, Role, person, practitioner, role_at, role_for
from .sources import Sources

_NOBODY = Person(npi=None, taxonomies=(), qualifications=())


def leaders(sources: Sources, session: Session, own: Resource, policy: Policy) -> tuple[tuple[Rendering, ...], bool]:
    """The paid leaders in order, numbered from 1, and whether it is undecided who is paid (PRV06).

    The first PPRF is paid, without one the first of those who rank next. `rendering.max` pays more of them.
    With `rendering.split` the co-leader whom the patient's own Encounter names as PPRF is paid.
    """
    most = policy["rendering.max"] or 1
    split = _own_leader(sources, own) if policy["rendering.split"] else None
    memory = sources.in_session(session.key)
    key = ("leaders", most, split)
    found: tuple[tuple[Rendering, ...], bool] | None = memory.get(key)
    if found is None:
        found = memory[key] = _leaders(sources, session, most, split)
    return found


def _own_leader(sources: Sources, own: Resource) -> str | None:
    named = (element for element, role, _ in actors(own) if role == "PPRF")
    return next((practitioner(sources, sources.index.ref(each, own)) for each in named), None)


def _leaders(sources: Sources, session: Session, most: int, split: str | None) -> tuple[tuple[Rendering, ...], bool]:
    present = _distinct(session.performers)
    if split is not None and any(_who(leader) == split for leader in present):
        present = [leader for leader in present if _who(leader) == split]
    first = [leader for leader in present if leader.role == present[0].role] if present else []
    undecided = len(first) > most and first[0].role != "PPRF"
    paid = tuple(
        _rendering(sources, leader, session, number) for number, leader in enumerate(present[:most], start=1)
    )
    return paid, undecided


def _distinct(performers: Sequence[Performer]) -> list[Performer]:
    """Each person once, at the best role."""
    return list({_who(leader): leader for leader in reversed(performers)}.values())[::-1]


def _who(leader: Performer) -> str:
    return leader.practitioner or leader.reference


def _rendering(sources: Sources, leader: Performer, session: Session, number: int) -> Rendering:
    on, organization = session.date_of_service, session.service_provider
    who = practitioner(sources, leader.practitioner)
    known, role = _facts(sources, who, organization, on, leader.reference)
    supervisor = leader.supervisor or (role.supervisor if role else None)
    above, above_role = _facts(sources, supervisor, organization, on)
    return Rendering(
        practitioner=who,
        role=role.reference if role else None,
        npi=known.npi or (role.npi if role else None),
        taxonomies=_taxonomies(known, role),
        role_active=role.active if role else None,
        qualifications=known.qualifications,
        supervisor=supervisor,
        supervisor_npi=above.npi or (above_role.npi if above_role else None),
        supervisor_taxonomies=_taxonomies(above, above_role),
        number=number,
    )


def _facts(
    sources: Sources, reference: str | None, organization: str | None, on: date, named: str = ""
) -> tuple[Person, Role | None]:
    role = role_at(sources, named, on) if named.startswith("PractitionerRole/") else None
    if reference is None:
        return _NOBODY, role
    return person(sources, reference), role or role_for(sources, reference, organization, on)


def _taxonomies(known: Person, role: Role | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*(role.taxonomies if role else ()), *known.taxonomies)))


def under_supervisor(sources: Sources, paid: Rendering, session: Session) -> Rendering:
    """The supervisor as the one who is paid, where the service was incident-to and the payer wants it so.

    CMS: incident-to services go out under the supervising practitioner's NPI (42 CFR 410.26).
    """
    if paid.supervisor is None:
        return paid
    on, organization = session.date_of_service, session.service_provider
    known, role = _facts(sources, paid.supervisor, organization, on)
    return replace(
        paid,
        practitioner=paid.supervisor,
        role=role.reference if role else None,
        npi=paid.supervisor_npi,
        taxonomies=paid.supervisor_taxonomies,
        role_active=role.active if role else None,
        qualifications=known.qualifications,
        performed_by=paid.practitioner,
    )
