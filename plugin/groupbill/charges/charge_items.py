"""A ChargeItem on file as a line."""

from __future__ import annotations

from decimal import Decimal

from ..fhir.dates import day
from ..fhir.references import LOGICAL
from ..model import Line, Resource
from ..model.identity import CHARGE_ITEM_SYSTEM, SESSION_SYSTEM, charge_item_value
from .codes import charge_item_modifiers, procedure
from .contacts import Contact
from .occurrences import encounter_of, occurrence, when
from .people import identifier, practitioner
from .sources import Sources
from .values import amount, rows

_ENDED = frozenset({"aborted", "not-billable", "entered-in-error"})
_ONE = Decimal(1)


def is_live(resource: Resource) -> bool:
    """Whether a ChargeItem counts as a service."""
    return resource.get("status") not in _ENDED


def is_held(resource: Resource) -> bool:
    """Whether groupbill itself holds a ChargeItem: nothing is billed yet, so it competes with nothing."""
    return resource.get("status") == "planned" and identifier(resource, CHARGE_ITEM_SYSTEM) is not None


def charge_item_line(sources: Sources, resource: Resource) -> Line:
    """The service of a ChargeItem of R4 or R5, whatever its status."""
    index = sources.index
    encounter = index.ref(resource.get("context") or resource.get("encounter"), resource)
    visit = encounter_of(sources, encounter)
    organization = index.ref(
        resource.get("performingOrganization") or resource.get("requestingOrganization"), resource
    )
    system, code = procedure(resource.get("code"))
    period = when(sources, occurrence(resource), visit, organization)
    units = amount(resource.get("quantity")) or _ONE
    net = _price(resource)
    session, ours = identifier(resource, SESSION_SYSTEM), identifier(resource, CHARGE_ITEM_SYSTEM)
    patient = index.ref(resource.get("subject"), resource) or ""
    return Line(
        at=f"ChargeItem/{resource.get('id')}",
        ours=ours is not None,
        sent=resource.get("status") == "billed",
        patient=patient,
        code=code,
        system=system,
        modifiers=charge_item_modifiers(resource),
        units=units,
        unit_price=_each(net, units),
        net=net,
        date=period.date,
        period=period,
        rendering=_performer(sources, resource, visit),
        billing=organization or (visit.provider if visit else None),
        encounter=encounter,
        encounter_status=visit.status if visit else None,
        encounter_date=visit.period.date if visit else None,
        session=session,
        created=day(resource.get("enteredDate"), sources.zone()),
        leader=_leader(sources, ours, session, patient, code),
        control_number=ours,
    )


def _each(net: Decimal | None, units: Decimal) -> Decimal | None:
    """The price of one unit, where the price of the whole divides."""
    each = net / units if net is not None and units else None
    return each if each is not None and each * units == net else None


def _price(resource: Resource) -> Decimal | None:
    """The price of the whole: `priceOverride`, in R5 `totalPriceComponent` or unit price times quantity."""
    stated = amount(resource.get("priceOverride"))
    if stated is not None:
        return stated
    total = _component(resource, "totalPriceComponent")
    if total is not None:
        return total
    unit = _component(resource, "unitPriceComponent")
    return None if unit is None else unit * (amount(resource.get("quantity")) or _ONE)


def _component(resource: Resource, name: str) -> Decimal | None:
    prices = (amount(row.get("amount")) for row in rows(resource, name))
    return next((price for price in prices if price is not None), None)


def _performer(sources: Sources, resource: Resource, visit: Contact | None) -> str | None:
    """The first performer who is a person, else the Encounter's."""
    for entry in resource.get("performer") or ():
        reference = sources.index.ref(entry.get("actor"), resource)
        if reference is not None and reference.startswith(("Practitioner", LOGICAL, "ChargeItem/", "urn:")):
            return practitioner(sources, reference)
    return visit.practitioners[0] if visit is not None and visit.practitioners else None


def _leader(sources: Sources, value: str | None, session: str | None, patient: str, code: str) -> int:
    """The number of the paid leader; it stands nowhere but in the hash of the identifier.

    The payer's code may be another than the one hashed, so the usual code of a group is tried too.
    """
    if value is None or session is None:
        return 1
    namespace = sources.settings.namespace
    second = (charge_item_value(namespace, session, patient, each, 2) for each in {code, "90853"})
    return 2 if value in second else 1
