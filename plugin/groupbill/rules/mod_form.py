"""MOD: the modifiers of a line by themselves: how many, which, in which order."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..charges.modifiers import MOST, ordered
from ..model import Bill, Finding, Line, Severity
from .modifiers import DISTINCT, DISTINCT_X, is_evaluation, modifier_place
from .rule import Context, LineRule

_MANUAL = "CMS, Medicare NCCI Policy Manual 2026 (rev. 2026-01-01), chapter I"
_X12 = "ASC X12 005010X222A1 (837P), SV101-3 to SV101-6"
_FORM = re.compile(r"[A-Z0-9]{2}")


class MoreThanFourModifiers(LineRule):
    """The line has more than four modifiers.

    ## What it does
    Fails at the fifth modifier of a professional line.

    ## Why it matters
    The claim format has room for four; clearinghouses reject the claim or cut the rest off in silence.

    ## References
    - ASC X12 837P, SV101-3 to SV101-6.
    """

    code = "MOD01"
    name = "more-than-four-modifiers"
    severity = Severity.ERROR
    remedy = "leave out what the payer does not ask for"
    source = _X12
    confidence = "R-hi"

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Count the modifiers of one line."""
        if not line.modifiers or not line.professional:
            return None
        if len(line.modifiers) <= MOST:
            return ()
        message = f"{len(line.modifiers)} modifiers; a professional line has room for {MOST}"
        return (self.finding(message, at=modifier_place(line, MOST)),)


class UnknownModifier(LineRule):
    """A modifier is unknown, or was not in force on the date of service.

    ## What it does
    Looks up every modifier in the table of CPT and HCPCS modifiers with its dates. Fails for one that is not two
    letters or digits, not in the table, or not in force on the date.

    ## Why it matters
    Payers reject the line for a modifier that they do not know; 95 or FQ on an older date is one.

    ## References
    - CMS HCPCS modifiers, and CPT modifiers by code.
    """

    code = "MOD02"
    name = "unknown-modifier"
    severity = Severity.ERROR
    remedy = "correct the modifier"
    source = f"CMS HCPCS Level II modifiers, 2024; {_MANUAL}, page I-14"
    confidence = "V"
    denial = ("182", "4", "N519", "N823")

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Look up the modifiers of one line."""
        if not line.modifiers:
            return None
        findings = []
        for position, modifier in enumerate(line.modifiers):
            wrong = _wrong(modifier, line, context)
            if wrong:
                findings.append(self.finding(wrong, at=modifier_place(line, position)))
        return findings


def _wrong(modifier: str, line: Line, context: Context) -> str | None:
    if not _FORM.fullmatch(modifier):
        return f"{modifier[:10]!r} is no modifier of two letters or digits"
    entry = context.reference.modifier(modifier)
    if entry is None:
        return f"modifier {modifier} is unknown"
    on = line.date
    if on is not None and entry.start is not None and on < entry.start:
        return f"modifier {modifier} is in force from {entry.start}, the service was on {on}"
    if on is not None and entry.end is not None and on > entry.end:
        return f"modifier {modifier} ended on {entry.end}, the service was on {on}"
    return None


class RepeatedModifier(LineRule):
    """A modifier stands twice on one line.

    ## What it does
    Fails at the second of two equal modifiers.

    ## Why it matters
    It says nothing more and takes the place of another; payers reject the combination.

    ## References
    - RARC N519: invalid combination of modifiers.
    """

    code = "MOD03"
    name = "repeated-modifier"
    severity = Severity.ERROR
    remedy = "take one of them off"
    source = "X12 remittance advice remark code N519"
    confidence = "R-hi"
    denial = ("N519",)

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Look for equal modifiers on one line."""
        modifiers = line.modifiers
        if len(modifiers) < 2:
            return None
        return tuple(
            self.finding(f"modifier {modifier} stands twice", at=modifier_place(line, position))
            for position, modifier in enumerate(modifiers)
            if modifier in modifiers[:position]
        )


class OrderOfModifiers(LineRule):
    """The modifiers do not stand in the order in which the payer reads them.

    ## What it does
    Sorts by the policy's `modifier_order`, then by class: pricing, payment eligibility, licence or program,
    telehealth, informational. Warns where the line differs. Lines that groupbill derives are sorted already.

    ## Why it matters
    Many systems price by the first modifier alone and stop reading at the second.

    ## Options
    `modifier_order`.

    ## References
    - AAPC article 165494 (secondary source): pricing, then payment, then informational.
    """

    code = "MOD05"
    name = "order-of-modifiers"
    severity = Severity.WARNING
    remedy = "put them in that order"
    source = "AAPC article 165494, read 2026-11"
    confidence = "V2"
    denial = ("4",)

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Compare the order of one line with the payer's."""
        if len(line.modifiers) < 2:
            return None
        entry = context.reference.modifier

        def letter(modifier: str) -> str | None:
            known = entry(modifier)
            return None if known is None else known.cls

        wanted = ordered(line.modifiers, bill.policy, letter)
        if wanted == line.modifiers:
            return ()
        message = f"the modifiers are {' '.join(line.modifiers)}; the payer reads {' '.join(wanted)}"
        return (self.finding(message, at=modifier_place(line, 0)),)


class UnspecificDistinct(LineRule):
    """Modifier 59 stands where a more specific one fits.

    ## What it does
    Warns for 59 where the policy takes the X modifiers (`accepts_x_modifiers`) and none of them is on the line:
    XE says that it was a separate encounter.

    ## Why it matters
    59 is the modifier of last resort, and the one that is audited most.

    ## Options
    `accepts_x_modifiers`, `separate_encounter_modifier`, `repeat_modifier`.

    ## References
    - Medicare NCCI Policy Manual 2026, pages I-17 and I-20.
    """

    code = "MOD06"
    name = "unspecific-distinct"
    severity = Severity.WARNING
    remedy = "put XE instead if there were two encounters"
    source = f"{_MANUAL}, pages I-17 and I-20"
    confidence = "V"
    denial = ("4",)

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge a 59 of one line."""
        if "59" not in line.modifiers or is_evaluation(line.code):
            return None
        policy = bill.policy
        xe = context.reference.modifier("XE")
        known = xe is not None and (xe.start is None or line.date is None or line.date >= xe.start)
        wanted = policy["separate_encounter_modifier"]
        asked = "59" in (wanted, policy["repeat_modifier"])
        if not policy["accepts_x_modifiers"] or asked or not known:
            return ()
        if not DISTINCT_X.isdisjoint(line.modifiers):
            return ()
        message = "59 says only that the service was distinct; XE says that it was a separate encounter"
        return (self.finding(message, at=modifier_place(line, line.modifiers.index("59"))),)


class DistinctTwice(LineRule):
    """Two modifiers of one line give the reason why the service was distinct.

    ## What it does
    Fails for 59 together with XE, XP, XS or XU, and for two of these, at the second one.

    ## Why it matters
    An X modifier stands in lieu of 59. Both together are an invalid combination.

    ## References
    - Medicare NCCI Policy Manual 2026, page I-20.
    """

    code = "MOD07"
    name = "distinct-twice"
    severity = Severity.ERROR
    remedy = "leave one of them"
    source = f"{_MANUAL}, page I-20"
    confidence = "V"
    denial = ("N519",)

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Count the reasons of one line."""
        if not line.modifiers or DISTINCT.isdisjoint(line.modifiers):
            return None
        seen = list(dict.fromkeys(modifier for modifier in line.modifiers if modifier in DISTINCT))
        if len(seen) < 2:
            return ()
        message = f"{' and '.join(seen)} on one line: one modifier says why the service was distinct"
        second = line.modifiers.index(seen[1])
        return (self.finding(message, at=modifier_place(line, second)),)
