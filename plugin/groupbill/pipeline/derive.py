"""From the hooks' charges to the charges of each participant: equal answers are one, differing ones hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..model import Charge, Finding, Session, Severity
from ..plugins import Context, Hooks, place


@dataclass(frozen=True, slots=True)
class Derived:
    """Charges of one session, and what holds its members."""

    charges: Mapping[str, tuple[Charge, ...]]
    """By member, in the order of their codes, the session's own first."""
    holding: Mapping[str, tuple[Finding, ...]]
    """ENG02 by member."""
    crashes: tuple[Finding, ...]
    """ENG02 of the whole session: every participant is held."""


def derive(session: Session, hooks: Hooks, context: Context) -> Derived:
    """Ask the hooks for the charges of the participants of a session."""
    answers, crashes = hooks.derive_charges(session, context)
    present = {member.member for member in session.participants}
    by_member: dict[str, dict[str, Charge]] = {}
    owners: dict[tuple[str, str], str] = {}
    holding: dict[str, list[Finding]] = {}
    for plugin, charge in answers:
        if charge.member not in present:
            crashes.append(
                _wrong(session, f"plugin {plugin}: {charge.code} was derived for somebody who did not attend")
            )
            continue
        known = by_member.setdefault(charge.member, {}).setdefault(charge.code, charge)
        owner = owners.setdefault((charge.member, charge.code), plugin)
        if known != charge:
            wrong = _wrong(session, f"plugins differ about the charge {charge.code}: {owner} and {plugin}")
            holding.setdefault(charge.member, []).append(wrong)
    ordered = {member: _ordered(charges.values(), session.code) for member, charges in by_member.items()}
    return Derived(ordered, {member: tuple(found) for member, found in holding.items()}, tuple(crashes))


def _ordered(charges: Iterable[Charge], first: str) -> tuple[Charge, ...]:
    return tuple(sorted(charges, key=lambda charge: (charge.code != first, charge.code)))


def _wrong(session: Session, message: str) -> Finding:
    return Finding(
        code="ENG02",
        name="crashed",
        severity=Severity.ERROR,
        at=place(session),
        message=message,
        source="groupbill",
    )
