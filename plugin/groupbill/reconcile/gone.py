"""What was charged and is not to be charged any more: by identifier and patient, whoever is on the roster now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from ..fhir import encounter as encounters
from ..fhir.codes import procedure_code
from ..fhir.index import Index
from ..fhir.references import LOGICAL
from ..model import Resource
from ..model.identity import CLAIM_SYSTEM, SESSION_SYSTEM, VISIT_SYSTEM, session_key, visit_value
from .claims import carry_out
from .existing import LEADERS, Chain, OnFile, chain, identifier
from .steps import Draft, abort, close_task, keep_task
from .transitions import Charge, Facts, State, decide

_NEVER = frozenset({"cancelled", "entered-in-error"})
_WAITING = frozenset({"planned", "arrived", "triaged", "in-progress", "onleave", "unknown"})


def any_claim(index: Index, patients: Sequence[str]) -> bool:
    """Whether the patient has any Claim, anybody's: without one there is no generation to look for."""
    return any(index.find("Claim", "patient", patient) for patient in patients)


def chains_on_file(
    index: Index, namespace: str, session: str, patients: Sequence[str], visits: Iterable[str]
) -> tuple[Chain, ...]:
    """All chains with a Claim of ours, for any leader and any order of coverage, also one that no Coverage has now.

    Args:
        index: What was read.
        namespace: Of the settings.
        session: Session key.
        patients: The patient, then other records of the same person.
        visits: Bare references under which Claims of the session may name the visit, besides the logical one.
    """
    if not any_claim(index, patients):
        return ()
    orders = {1}
    for patient in patients:
        found = (each.get("order") for each in index.find("Coverage", "beneficiary", patient))
        orders |= {order for order in found if isinstance(order, int)}
    chains = _chains(index, namespace, session, patients, sorted(orders))
    known = {claim.file.reference for each in chains for claim in each.claims}
    logical = (LOGICAL + f"{VISIT_SYSTEM}|{visit_value(namespace, session, patient)}" for patient in patients)
    if _ours_at(index, (*visits, *logical)) - known:
        chains += _chains(index, namespace, session, patients, sorted(set(range(1, _ORDERS + 1)) - orders))
    return chains


_ORDERS = 20
"""Coverages that one patient may have had."""


def _chains(
    index: Index, namespace: str, session: str, patients: Sequence[str], orders: Iterable[int]
) -> tuple[Chain, ...]:
    every = (chain(index, namespace, session, patients, leader, order) for order in orders for leader in LEADERS)
    return tuple(sorted((each for each in every if each.claims), key=lambda each: (each.leader, each.order)))


def _ours_at(index: Index, visits: Iterable[str]) -> set[str]:
    """Claims of ours that name one of these visits."""
    found = {reference for visit in visits for reference in index.linked("Claim", "encounter", visit)}
    return {each for each in found if identifier(index.get(each) or {}, CLAIM_SYSTEM) is not None}


def claimed_at(index: Index, visits: Iterable[str]) -> set[str]:
    """Patients for whom a Claim of ours names one of these visits, whoever's they are now."""
    claims = (index.get(reference) or {} for reference in _ours_at(index, visits))
    found = {index.ref(claim.get("patient"), claim) for claim in claims}
    return {patient for patient in found if patient is not None}


def give_up(
    draft: Draft,
    who: tuple[str, str],
    chains: Sequence[Chain],
    items: Sequence[OnFile],
    facts: Facts = Facts.GONE,
) -> str | None:
    """Plan the end of Claims and ChargeItems whose charge is gone.

    Args:
        draft: The plan so far.
        who: Session key and patient.
        chains: Claims of ours that are not to stand any more.
        items: ChargeItems of ours that are not to stand any more.
        facts: `held` where it was not decided yet what stands instead: nothing is voided then.

    Returns:
        A Claim that stands until the payer has answered, if there is one.
    """
    waiting = False
    standing: str | None = None
    for each in chains:
        # A void that is on its way was decided when its charge went: that somebody is held now takes nothing back.
        state = State(each, facts, _never)
        move = decide(replace(state, facts=Facts.GONE) if state.void and not state.none_live else state)
        waiting |= move.charge is Charge.KEEP
        claim = carry_out(draft, each, move, facts, who, None)
        standing = standing or claim
    for item in items:
        if waiting:
            draft.keep(item)
            keep_task(draft, item.value)
        else:
            abort(draft, item)
            close_task(draft, item.value, "cancelled")
    return standing


def _never() -> bool:
    return False


def orphans(
    index: Index, namespace: str, known: Collection[str], deleted: Collection[str] = ()
) -> Iterator[tuple[str, str]]:
    """Key and Encounter of sessions that were charged and are none any more: deleted, or on file and over.

    An Encounter that is merely not among what was read proves nothing.

    Args:
        index: What was read.
        namespace: Of the settings.
        known: Keys of the sessions that were found.
        deleted: `Encounter/id` of those that the server says are deleted.
    """
    keys = {key for key, _ in _strays(index, known)}
    if not keys:
        return
    for reference in sorted({*index.keys("Encounter"), *deleted}):
        if session_key(namespace, reference) in keys:
            resource = index.get(reference)
            if reference in deleted or (resource and encounters.status(resource) not in _WAITING):
                yield session_key(namespace, reference), reference


def lost_visits(
    index: Index, known: Collection[str], deleted: Collection[str] = ()
) -> Iterator[tuple[str, str, str]]:
    """Key, patient and Encounter of visits that were charged in a session that nobody finds any more.

    The visit must say so itself: deleted, cancelled, in error, or of another code now. That its session is not
    found may only mean that the others' visits were not read.

    Args:
        index: What was read.
        known: Keys of the sessions that were found.
        deleted: `Encounter/id` of those that the server says are deleted.
    """
    for key, resource in _strays(index, known):
        visit, patient = (index.ref(resource.get(name), resource) for name in ("context", "subject"))
        if visit is not None and patient is not None:
            found = index.get(visit)
            if visit in deleted or (found is not None and _is_over(found, procedure_code(resource.get("code")))):
                yield key, patient, visit


def _is_over(visit: Resource, code: str | None) -> bool:
    status, codes = encounters.status(visit), encounters.cpt_codes(visit)
    return status in _NEVER or (bool(codes) and code not in codes and status not in _WAITING)


def _strays(index: Index, known: Collection[str]) -> Iterator[tuple[str, Resource]]:
    """ChargeItems of ours, each with its session key, of sessions that were not found."""
    for reference in index.keys("ChargeItem"):
        resource = index.get(reference)
        key = identifier(resource, SESSION_SYSTEM) if resource is not None else None
        if resource is not None and key is not None and key not in known:
            yield key, resource
