"""Modifiers of a desired line: which, in which order, and at most four (domain.md 5.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ..model import Charge, Finding, Line, Policy, Severity

MOST = 4
"""X12 837P SV101-3 to SV101-6."""
_CLASSES = "PELTI"
"""Pricing, payment-eligibility, licence or program, telehealth, informational."""
_UNKNOWN = "L"

Classes = Callable[[str], str | None]
"""The class letter of a modifier, None where it is not in the table."""


def wanted(
    charge: Charge, policy: Policy, modality: str, taxonomies: Sequence[str], *, group: bool
) -> tuple[tuple[str, ...], frozenset[str]]:
    """The modifiers of a charge as they come, and those the payer asks for; `group`: the session's own."""
    asked: list[str | None] = []
    if modality == "video":
        asked.append(policy["video_modifier"])
    elif modality == "audio":
        asked.append(policy["audio_modifier"])
    if group:
        asked.append(policy["group_modifier"])
    licences = policy["license_modifiers"]
    if licences:
        asked.append(next((licences[code] for code in taxonomies if code in licences), None))
    mandatory = [modifier for modifier in asked if modifier]
    return tuple(dict.fromkeys((*charge.modifiers, *mandatory))), frozenset(mandatory)


def ordered(modifiers: Iterable[str], policy: Policy, classes: Classes) -> tuple[str, ...]:
    """By the payer's `modifier_order` (modifiers, class letters), then by class; equals keep their order."""
    found = tuple(modifiers)
    if len(found) < 2:
        return found
    stated = {entry: place for place, entry in enumerate(policy["modifier_order"] or ())}

    def place(modifier: str) -> tuple[int, int]:
        letter = classes(modifier) or _UNKNOWN
        ahead = stated.get(modifier, stated.get(letter, len(stated)))
        return ahead, _CLASSES.find(letter)

    return tuple(sorted(found, key=place))


def limited(
    modifiers: tuple[str, ...], mandatory: frozenset[str], classes: Classes, at: str
) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """At most four: informational ones give way first, then others that the payer did not ask for.

    A payment-eligibility or telehealth modifier never goes unsaid: losing one is an error.
    """
    if len(modifiers) <= MOST:
        return modifiers, ()
    left = list(modifiers)
    dropped: list[str] = []
    for weight in (_informational, _neither_e_nor_t, _any):
        for modifier in reversed(modifiers):
            if len(left) <= MOST:
                break
            optional = weight is _any or modifier not in mandatory
            if modifier in left and optional and weight(classes(modifier)):
                left.remove(modifier)
                dropped.append(modifier)
    return tuple(left), tuple(_dropped(modifier, classes, mandatory, at) for modifier in dropped)


def _informational(letter: str | None) -> bool:
    return letter == "I"


def _neither_e_nor_t(letter: str | None) -> bool:
    return letter not in ("E", "T")


def _any(letter: str | None) -> bool:
    return True


def _dropped(modifier: str, classes: Classes, mandatory: frozenset[str], at: str) -> Finding:
    grave = modifier in mandatory or classes(modifier) in ("E", "T")
    return Finding(
        code="MOD01",
        name="more-than-four-modifiers",
        severity=Severity.ERROR if grave else Severity.WARNING,
        at=at,
        message=f"a professional line has room for four modifiers: {modifier} was left out",
        source="X12 837P 005010X222A1, SV101-3 to SV101-6",
    )


def repeated(line: Line, policy: Policy, classes: Classes) -> Line:
    """The line as a second or later session of the day, with the payer's `repeat_modifier` in its place.

    Where there is no room the line stands as it is and MOD01 is left to the rules, by a fifth modifier.
    """
    modifier = policy["repeat_modifier"]
    if not modifier or modifier in line.modifiers:
        return line
    return replace(line, modifiers=ordered((*line.modifiers, modifier), policy, classes))
