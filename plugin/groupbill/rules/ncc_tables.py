"""NCC, continued: which table counts, for whom, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from ..fhir.codes import codings
from ..model import Bill, Finding, Participant, PatientDay, Session, Severity, Verdict
from .pairs import Paired, is_visit, pairs, practitioners_differ
from .rule import ClaimRule, Context, DayRule, SessionRule

_MANUAL = "CMS, Medicare NCCI Policy Manual 2026 (rev. 2026-01-01)"
_KINDS = frozenset({"professional", "institutional"})


class PairOfTwoPractitioners(DayRule):
    """Two services that would pair under NCCI are of two practitioners.

    ## What it does
    Says so, and whether they count as one provider's: by rendering practitioner (`ncci_scope` rendering, as
    Medicare does) they do not, by billing provider they may.

    ## Why it matters
    The edits are for one provider; some commercial payers widen them to the billing group.

    ## Options
    `ncci_scope`.

    ## References
    - Medicare NCCI Policy Manual 2026, introduction and page I-4. The widening is practice of payers.
    """

    code = "NCC08"
    name = "pair-of-two-practitioners"
    severity = Severity.INFORMATION
    remedy = "make sure which way the payer counts (`ncci_scope`)"
    source = f"{_MANUAL}, introduction and page I-4"
    confidence = "V"

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Report pairs across practitioners."""
        if len(day.lines) < 2 or len({line.rendering for line in day.lines} - {None}) < 2:
            return None
        found = [pair for pair in pairs(day, context) if practitioners_differ(pair.first, pair.second)]
        return tuple(self._told(pair) for pair in found if not is_visit(pair.second))

    def _told(self, pair: Paired) -> Finding:
        counted = "count as one provider's" if pair.same else "do not count as one provider's"
        message = f"{pair.first.code} and {pair.second.code} are of two practitioners and {counted}"
        return self.finding(message, at=pair.second.place(), evidence=(pair.first.at,), edition=pair.edit.edition)


class SessionBeyondEdition(SessionRule):
    """The part of NCC09 that says once per session that its date is beyond the table."""

    def check(
        self, session: Session, participants: Sequence[Participant], context: Context
    ) -> Iterable[Finding] | None:
        """Judge the date of a session against the practitioner table."""
        if not any(participant.policy["ncci"] for participant in participants):
            return None
        beyond = _beyond(context, session.date_of_service, professional=True)
        if beyond is None:
            return ()
        place = session.encounter or (session.sources[0] if session.sources else session.key)
        message = f"the NCCI table at hand ({beyond}) does not cover {session.date_of_service}; {self.remedy}"
        return (self.finding(message, at=place, verdict=Verdict.NO_DATA, edition=beyond),)


class BeyondEdition(DayRule):
    """The NCCI table at hand does not cover the date of service.

    ## What it does
    Edits are dated. Warns at each pair that was found on a date before the edition at hand, or more than a year
    after it; the pair is reported all the same. Otherwise there is no data, which is said once per session.

    ## Why it matters
    CMS changes the table every quarter. An answer from another quarter is likely right, and not certain.

    ## Options
    `[reference] folder`, with editions loaded by `groupbill import ncci`, `ncci`.

    ## References
    - Medicare NCCI Policy Manual 2026, page I-14.
    """

    code = "NCC09"
    name = "beyond-edition"
    severity = Severity.WARNING
    remedy = "import the edition of that date (`groupbill import ncci`)"
    source = f"{_MANUAL}, page I-14"
    confidence = "V"
    parts = (SessionBeyondEdition,)
    tells_no_data = True

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge the pairs of one day by their date."""
        if len(day.lines) < 2:
            return None
        judged = [pair for pair in pairs(day, context) if pair.same]
        found: dict[str, Finding] = {}
        for pair in judged:
            beyond = _beyond(context, day.date, professional=pair.first.professional)
            if beyond is not None:
                codes = f"{pair.first.code} and {pair.second.code}"
                message = f"{codes} are paired by the table of {beyond}, which does not cover {day.date}"
                place = pair.second.place()
                found.setdefault(place, self.finding(message, at=place, edition=beyond))
        return tuple(found.values()) if judged else None


def _beyond(context: Context, on: date, *, professional: bool) -> str | None:
    """The edition that answers for a date before it, or more than a year after it; None where it covers the date."""
    state, edition = context.reference.coverage(on, professional)
    return None if state == "covered" else edition


class ClaimTypeWithoutTable(ClaimRule):
    """The type of the Claim does not say which NCCI and MUE tables count.

    ## What it does
    The tables are chosen by `Claim.type` alone: professional or institutional. Fails for a Claim on file of any
    other type, or without one. A place of service 19 or 22 changes the fee, not the table.

    ## Why it matters
    The practitioner table has 26 pairs with 90853 that the outpatient hospital table has not, and the MUE of
    90853 is 1 in one and 4 in the other.

    ## References
    - CMS NCCI PTP edits and MUE tables, practitioner and outpatient hospital.
    """

    code = "NCC10"
    name = "claim-type-without-table"
    severity = Severity.ERROR
    remedy = "set Claim.type"
    source = "CMS NCCI PTP edits, practitioner and outpatient hospital tables of 2024-07-01"
    confidence = "V"

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the type of one Claim on file."""
        if bill.kind != "Claim" or bill.resource is None:
            return None
        seen = {code for _, code in codings(bill.resource.get("type"))}
        if len(seen & _KINDS) == 1:
            return ()
        message = f"Claim.type is {', '.join(sorted(seen)) or 'missing'}; professional or institutional is expected"
        return (self.finding(message, at=f"{bill.at}#Claim.type"),)
