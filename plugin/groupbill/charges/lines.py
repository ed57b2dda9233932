"""The desired lines of one participant: code, units, price, modifiers, one per charge and paid leader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ..fhir.codes import CPT, HCPCS
from ..model import Charge, Finding, Line, Member, Policy, Rendering, Resource, Session
from ..model.identity import CHARGE_ITEM_SYSTEM, charge_item_value, resource_id
from .modifiers import Classes, limited, ordered, wanted
from .place import Place
from .price import listed
from .sources import Sources

Price = Callable[[Charge, Resource | None], Decimal | None]
"""The answer of the price hooks for one unit of a charge, None where no plugin has one."""
POINTERS = 4
"""Diagnosis pointers of a professional line (837P SV107)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What all lines of one participant have in common."""

    sources: Sources
    session: Session
    member: Member
    policy: Policy
    coverage: Resource | None
    place: Place
    rendering: tuple[Rendering, ...]
    billing: str | None
    payer: str | None
    diagnoses: int
    price: Price | None


def lines(terms: Terms, charges: Sequence[Charge]) -> tuple[tuple[Line, ...], tuple[Finding, ...]]:
    """The lines in the order of the charges, priced and with modifiers, and what was left out of them."""
    made: list[Line] = []
    said: list[Finding] = []
    for charge in charges:
        for leader in terms.rendering or (None,):
            line, findings = _line(terms, charge, leader)
            made.append(line)
            said.extend(findings)
    return tuple(made), tuple(said)


def _line(terms: Terms, charge: Charge, leader: Rendering | None) -> tuple[Line, tuple[Finding, ...]]:
    session, member = terms.session, terms.member
    patient, number = member.patient or member.member, leader.number if leader else 1
    value = charge_item_value(terms.sources.settings.namespace, session.key, patient, charge.code, number)
    at = f"ChargeItem/{resource_id(CHARGE_ITEM_SYSTEM, value)}"
    code = billed_code(charge.code, terms.policy)
    units = Decimal(_units(terms, charge))
    unit_price = _unit_price(terms, charge, code)
    modifiers, findings = _modifiers(terms, charge, leader, at)
    line = Line(
        at=at,
        desired=True,
        ours=True,
        patient=patient,
        code=code,
        system=CPT if code[:1].isdigit() else HCPCS,
        modifiers=modifiers,
        units=units,
        unit_price=unit_price,
        net=None if unit_price is None else unit_price * units,
        date=session.date_of_service,
        period=member.period,
        place_of_service=terms.place.code,
        rendering=leader.practitioner if leader else None,
        billing=terms.billing,
        payer=terms.payer,
        encounter=member.encounter,
        pointers=tuple(range(1, min(terms.diagnoses, POINTERS) + 1)),
        session=session.key,
        leader=number,
        control_number=value,
    )
    return line, findings


def billed_code(code: str, policy: Policy) -> str:
    """The code that the payer takes for a charge (`session_code`)."""
    mapped = policy["session_code"]
    return str(mapped.get(code, code)) if mapped else code


def _units(terms: Terms, charge: Charge) -> int:
    """The units of the charge; for a timed program what the member's minutes come to, at least one (TIM03)."""
    timed = terms.policy["unit_minutes"]
    if not timed or charge.units != 1 or not _is_session(terms, charge):
        return charge.units
    minutes = terms.member.period.minutes
    return charge.units if minutes is None else max(1, timed_units(minutes, timed))


def timed_units(minutes: int, unit: int) -> int:
    """Full units, and one more once a remainder passes the midpoint: 8 minutes of 15 (CMS Claims Processing
    Manual ch. 5 section 20.2; CPT time rule)."""
    return minutes // unit + (2 * (minutes % unit) > unit)


def _is_session(terms: Terms, charge: Charge) -> bool:
    """Whether a charge is the session itself and no add-on to it."""
    return charge.code == terms.session.code or charge.code in (terms.policy["session_code"] or ())


def _unit_price(terms: Terms, charge: Charge, code: str) -> Decimal | None:
    """The hooks' answer, else the list price of the code; an untimed substitute goes by the session's price.

    A price per session is never taken for a price per 15 minutes.
    """
    if code == charge.code:
        return _asked(terms, charge)
    found = _asked(terms, replace(charge, code=code))
    if found is not None or terms.policy["unit_minutes"]:
        return found
    return _asked(terms, charge)


def _asked(terms: Terms, charge: Charge) -> Decimal | None:
    answer = terms.price(charge, terms.coverage) if terms.price is not None else None
    return listed(terms.sources, charge.code, terms.session.date_of_service) if answer is None else answer


def _modifiers(
    terms: Terms, charge: Charge, leader: Rendering | None, at: str
) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    found, mandatory = wanted(
        charge,
        terms.policy,
        terms.place.modality,
        leader.taxonomies if leader else (),
        group=_is_session(terms, charge),
    )
    if not found:
        return (), ()
    classes = classes_of(terms.sources)
    return limited(ordered(found, terms.policy, classes), mandatory, classes, at)


def classes_of(sources: Sources) -> Classes:
    """Class letters of modifiers from the code table of this run."""

    def letter(code: str) -> str | None:
        modifier = sources.reference.modifier(code)
        return None if modifier is None else modifier.cls

    return letter
