"""The findings that reconciliation itself raises; their pages are among the rules."""

from __future__ import annotations

from ..model import Finding, Severity

_TABLE = {
    "CLM02": (
        "claim-frequency-without-control-number",
        Severity.ERROR,
        "ASC X12 005010X222A1, CLM05-3 and REF*F8",
    ),
    "CLM03": ("already-claimed-elsewhere", Severity.WARNING, "X12 claim adjustment reason code 18"),
    "CLM13": ("ended-by-a-person", Severity.INFORMATION, "groupbill: a person's decision stands"),
    "CHG07": ("charge-on-file", Severity.INFORMATION, "X12 claim adjustment reason code 18"),
    "ENG03": ("gate-refused", Severity.ERROR, "groupbill: a resource that fails its check is not written"),
}
"""Name, default severity and source by code."""
_DENIAL = {"CLM03": ("18",), "CLM02": ("18",)}


def finding(code: str, at: str, message: str, severity: Severity | None = None) -> Finding:
    """A finding of this code at one place; the message names no person."""
    name, usual, source = _TABLE[code]
    weight = severity or usual
    denial = _DENIAL.get(code, ()) if weight is not Severity.INFORMATION else ()
    return Finding(code=code, name=name, severity=weight, at=at, message=message, source=source, denial=denial)
