"""What a Claim or ChargeItem means: the patient's day is looked at again; and how charges and prices come about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from groupbill import Change, Charge, Context, Effect, Recheck, Session, hookimpl

from .charging import charges
from .elements import element, elements


@hookimpl
def groupbill_claim_changed(change: Change) -> Iterable[Effect]:
    """Recheck the patient on every date that the Claim or ChargeItem bills, before and after the change."""
    for resource in (change.before, change.after):
        if resource is None:
            continue
        patient = (element(resource, "patient") or element(resource, "subject")).get("reference")
        if isinstance(patient, str):
            for day in _dates(resource):
                yield Recheck(patient, day)


@hookimpl
def groupbill_derive_charges(session: Session) -> Iterable[Charge]:
    """One session code per participant, families by unit, 90785 where the own record shows it."""
    return charges(session)


@hookimpl
def groupbill_resolve_price(charge: Charge, context: Context) -> Decimal | None:
    """The list price of the settings."""
    return context.settings.prices.get(charge.code)


def _dates(resource: Any) -> Iterator[date]:
    """Local dates as written: of the items of a Claim, or the occurrence of a ChargeItem."""
    items = list(elements(resource, "item"))
    texts = [item.get("servicedDate") for item in items]
    texts += [element(item, "servicedPeriod").get("start") for item in items]
    texts += [resource.get("occurrenceDateTime"), element(resource, "occurrencePeriod").get("start")]
    for text in texts:
        if isinstance(text, str) and len(text) >= 10:
            try:
                yield date.fromisoformat(text[:10])
            except ValueError:
                continue
