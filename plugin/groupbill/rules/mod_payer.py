"""MOD, continued: modifiers that a payer asks for, those that agree with who led, those that exclude one another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..model import Bill, Finding, Line, Qualification, Severity, Verdict
from .modifiers import modifier_place
from .pairs import adding
from .rule import Context, LineRule
from .services import GROUP, is_medicare, weight_of

_HCPCS = "CMS HCPCS Level II modifiers, 2024"

_PHYSICIANS = ("2084", "207", "208")
_DOCTORS = ("103T", "103G", *_PHYSICIANS)
_MASTERS = ("1041", "106H", "101Y", "363", "364S")
_AGREES: dict[str, tuple[str, ...]] = {
    "AH": ("103T", "103G"),
    "AJ": ("1041C",),
    "AF": _PHYSICIANS,
    "AG": _PHYSICIANS,
    "SA": ("363L", "364S"),
    "TD": ("163W",),
    "TE": ("164W", "164X"),
    "HL": ("390200000X",),
    "HP": _DOCTORS,
    "HO": _MASTERS,
    "HN": ("104100000X", "1041S", "101Y", "163W"),
    "HM": ("175T", "172V", "106S", "164", "167G"),
}
"""Beginnings of the NUCC codes of those who may bill under a licence or degree modifier."""
_DEGREES = {
    "HP": frozenset({"PHD", "PSYD", "EDD", "MD", "DO", "DSW", "DNP"}),
    "HO": frozenset({"MA", "MS", "MSW", "MED", "MSN", "MBA"}),
    "HN": frozenset({"BA", "BS", "BSW", "BSN", "BN"}),
}
"""Degrees of HL7 table 0360 that bear out a degree modifier whatever the taxonomy says."""


class ExcludingModifiers(LineRule):
    """Two modifiers of one line exclude each other.

    ## What it does
    Compares every two modifiers of a line with the table of conflicts: video and audio, same and other
    practitioner, two degrees, family and group, and so on. Synonyms (95 with GT, 93 with FQ) and programs that
    include each other only warn.

    ## Why it matters
    The payer can't tell which of the two is meant, and denies the line.

    ## References
    - CMS HCPCS modifiers and the NCCI policy manual, by their definitions.
    - RARC N519: invalid combination of modifiers.
    """

    code = "MOD04"
    name = "excluding-modifiers"
    severity = Severity.ERROR
    remedy = "take one of them off"
    source = f"{_HCPCS}, by their definitions; RARC N519"
    confidence = "V"
    denial = ("N519", "4")

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Compare the modifiers of one line."""
        if not line.modifiers:
            return None
        return tuple(self._found(line, context))

    def _found(self, line: Line, context: Context) -> Iterator[Finding]:
        for conflict in context.reference.modifier_conflicts(line.modifiers, line.code):
            stated = [each for each in (conflict.first, conflict.second) if each in line.modifiers]
            place = max(line.modifiers.index(each) for each in stated)
            message = f"{conflict.first} with {conflict.second}: {conflict.reason}"
            yield self.finding(message, at=modifier_place(line, place), severity=Severity(conflict.severity))


class GroupModifier(LineRule):
    """The payer's modifier for a group is missing, or was sent to a payer that has none.

    ## What it does
    Fails for a group line without the policy's `group_modifier`, and offers it: an error, since the payer's policy
    asks for it (a warning where the policy only has it from elsewhere). Says so where HQ goes to Medicare.

    ## Why it matters
    Some Medicaid programs pay nothing, or the individual rate, without HQ. Medicare does not read it.

    ## Options
    `group_modifier`, `session_code`.

    ## References
    - Vendor guides of Medicaid programs (secondary sources); the payer's manual decides.
    """

    code = "MOD11"
    name = "group-modifier"
    severity = Severity.WARNING
    remedy = "put it on"
    source = "pimsyehr.com and wellnotesai.com on Medicaid HQ, read 2026-11; else the payer's policy"
    confidence = "V2"
    denial = ("4", "N822")

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the group modifier of one line."""
        policy = bill.policy
        wanted = policy["group_modifier"]
        if not wanted and "HQ" not in line.modifiers:
            return None
        recoded = policy["session_code"] or {}
        if line.code not in GROUP and line.code not in {recoded.get(code) for code in GROUP}:
            return None
        if not wanted:
            return tuple(self._needless(line)) if is_medicare(policy) else ()
        if wanted in line.modifiers:
            return ()
        message = f"{line.code} without {wanted}, which this payer asks for in groups"
        weight, source = weight_of(policy, "group_modifier"), policy.source("group_modifier") or None
        fix = adding(line, str(wanted))
        return (self.finding(message, at=line.place(), severity=weight, fix=fix, source=source),)

    def _needless(self, line: Line) -> Iterator[Finding]:
        place = modifier_place(line, line.modifiers.index("HQ"))
        message = "Medicare does not read HQ"
        yield self.finding(message, at=place, severity=Severity.INFORMATION, remedy="take it off")


class LicenceModifier(LineRule):
    """The modifier for licence or degree is missing, or does not agree with who rendered the service.

    ## What it does
    Where the policy has `license_modifiers`, fails for a line without the one of the rendering practitioner's
    taxonomy, and offers it. Compares every licence or degree modifier with the taxonomy: an error where the payer
    asks for them, else a warning. Without a taxonomy on file there is no data.

    ## Why it matters
    These modifiers price the line in Medicaid. A wrong one is overpayment or denial.

    ## Options
    `license_modifiers`, `session_code`.

    ## References
    - CMS HCPCS modifiers by their definitions; therathink.com on their use (secondary source).
    """

    code = "MOD12"
    name = "licence-modifier"
    severity = Severity.ERROR
    remedy = "correct the modifier, or the taxonomy on file"
    source = f"{_HCPCS}: AH, AJ, HL to HP, SA, TD, TE; else the payer's policy"
    confidence = "V"
    denial = ("4", "8", "N822")

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the licence modifiers of one line."""
        licences = bill.policy["license_modifiers"]
        if not licences and not line.modifiers:
            return None
        stated = [modifier for modifier in line.modifiers if modifier in _AGREES]
        group = line.code in GROUP or line.code in (bill.policy["session_code"] or {}).values()
        if not stated and not (licences and group):
            return None
        taxonomies, qualifications = _credentials(line, bill)
        if not taxonomies:
            message = "the taxonomy of the rendering practitioner is not on file"
            return (self.finding(message, at=line.place(), verdict=Verdict.NO_DATA),)
        wanted = next((licences[code] for code in taxonomies if code in licences), None) if licences else None
        weight = weight_of(bill.policy, "license_modifiers")
        findings = [
            self._disagrees(line, modifier, weight if licences else Severity.WARNING)
            for modifier in dict.fromkeys(stated)
            if modifier != wanted and not _agrees(modifier, taxonomies, qualifications)
        ]
        if group and wanted and wanted not in line.modifiers:
            message = f"{line.code} without {wanted}, which this payer asks for by licence"
            source, fix = bill.policy.source("license_modifiers") or None, adding(line, str(wanted))
            findings.append(self.finding(message, at=line.place(), severity=weight, fix=fix, source=source))
        return findings

    def _disagrees(self, line: Line, modifier: str, severity: Severity) -> Finding:
        message = f"{modifier} does not agree with the taxonomy of the rendering practitioner"
        place = modifier_place(line, line.modifiers.index(modifier))
        return self.finding(message, at=place, severity=severity)


def _credentials(line: Line, bill: Bill) -> tuple[tuple[str, ...], tuple[Qualification, ...]]:
    """Taxonomies and qualifications of who rendered the line."""
    if bill.participant is not None:
        for leader in bill.participant.rendering:
            if leader.practitioner == line.rendering or line.rendering is None:
                return leader.taxonomies, leader.qualifications
    if line.rendering is None or line.rendering == bill.rendering:
        return bill.rendering_taxonomies, ()
    return (), ()


def _agrees(modifier: str, taxonomies: tuple[str, ...], held: tuple[Qualification, ...]) -> bool:
    if any(code.startswith(_AGREES[modifier]) for code in taxonomies):
        return True
    degrees = _DEGREES.get(modifier, frozenset())
    return any(each.code is not None and each.code.upper() in degrees for each in held)
