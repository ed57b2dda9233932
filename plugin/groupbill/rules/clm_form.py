"""CLM, continued: what the claim format asks for: control numbers, number of lines, amounts."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from ..model import Bill, Finding, Line, Severity
from .rule import ClaimRule, Context
from .services import element

_X12 = "ASC X12 005010X222A1 (837P)"
_CENT = Decimal("0.01")


class LineControlNumber(ClaimRule):
    """A line control number is too long, or stands on two lines.

    ## What it does
    Fails for a line item control number of more than 30 characters, and at the second line that has the same one.

    ## Why it matters
    By this number the remittance finds its line again.

    ## References
    - ASC X12 837P, REF*6R; stedi.com changelog of claim edits.
    """

    code = "CLM04"
    name = "line-control-number"
    severity = Severity.ERROR
    remedy = "give each line a number of its own of at most 30 characters"
    source = f"{_X12}, REF*6R in loop 2400; stedi.com claim edits, read 2026-11"
    confidence = "V"

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the control numbers of one claim."""
        if bill.kind != "Claim":
            return None
        if len(bill.lines) == 1 and len(bill.lines[0].control_number or "") <= 30:
            return () if bill.lines[0].control_number else None
        if not any(line.control_number for line in bill.lines):
            return None
        seen: set[str] = set()
        findings = []
        for line in bill.lines:
            number = line.control_number
            if number is None:
                continue
            if len(number) > 30:
                message = f"the line control number has {len(number)} characters; 30 is the most"
                findings.append(self.finding(message, at=element(line, "extension")))
            if number in seen:
                message = "the line control number stands on another line too"
                findings.append(self.finding(message, at=element(line, "extension")))
            seen.add(number)
        return findings


class TooManyLines(ClaimRule):
    """The claim has more lines than the format allows.

    ## What it does
    Fails for a professional claim of more than 50 lines, an institutional one of more than 999.

    ## Why it matters
    Clearinghouses reject the claim as a whole.

    ## References
    - ASC X12 837P and 837I, loop 2400.
    """

    code = "CLM05"
    name = "too-many-lines"
    severity = Severity.ERROR
    remedy = "split the claim"
    source = f"{_X12}, loop 2400: 50 repetitions; 837I: 999"
    confidence = "R-hi"

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Count the lines of one claim."""
        if bill.kind != "Claim":
            return None
        most = 50 if bill.professional else 999
        if len(bill.lines) <= most:
            return ()
        message = f"{len(bill.lines)} lines; the most is {most}"
        return (self.finding(message, at=f"{bill.at}#Claim.item[{most}]"),)


class Arithmetic(ClaimRule):
    """The amounts of the claim do not add up.

    ## What it does
    Fails where a line's net is not quantity times unit price (times factor), and where the total is not the sum of
    the nets. Amounts that are not stated are not judged.

    ## Why it matters
    Clearinghouses reject the claim.

    ## References
    - ASC X12 837P: CLM02 equals the sum of SV102.
    """

    code = "CLM12"
    name = "arithmetic"
    severity = Severity.ERROR
    remedy = "correct the amounts"
    source = f"{_X12}, CLM02 and SV102"
    confidence = "V"

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the amounts of one claim."""
        if bill.kind != "Claim":
            return None
        findings = [self._line(line) for line in bill.lines if _net_is_off(line, bill)]
        nets = [line.net for line in bill.lines if line.net is not None]
        if bill.total is not None and nets and len(nets) == len(bill.lines):
            summed = sum(nets, Decimal(0))
            if summed != bill.total:
                at = bill.lines[0].at if bill.desired else f"{bill.at}#Claim.total"
                findings.append(self.finding(f"the total is {bill.total}, the lines make {summed}", at=at))
        return findings

    def _line(self, line: Line) -> Finding:
        message = f"net {line.net} is not {line.units} x {line.unit_price}"
        return self.finding(message, at=element(line, "net"))


def _net_is_off(line: Line, bill: Bill) -> bool:
    if line.net is None or line.unit_price is None:
        return False
    product = line.units * line.unit_price
    return product != line.net and abs(product * _factor(line, bill) - line.net) >= _CENT


def _factor(line: Line, bill: Bill) -> Decimal:
    """`item.factor` of a Claim on file."""
    items: Any = bill.resource.get("item") if bill.resource is not None else None
    if not isinstance(items, list) or line.index is None or line.index >= len(items):
        return Decimal(1)
    factor = items[line.index].get("factor") if isinstance(items[line.index], dict) else None
    return Decimal(str(factor)) if isinstance(factor, int | float | Decimal) else Decimal(1)
