"""PRV, continued: how practitioner, billing provider and facility are identified on the claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from ..model import Bill, Billing, Finding, Severity, Verdict
from .rule import ClaimRule, Context
from .services import bill_place, is_claim

_NEAR = frozenset({"02", "10", "11", "12"})
"""Places of service where the claim's billing address says where: telehealth, office, home."""


@lru_cache(maxsize=4096)
def npi_defect(npi: str) -> str | None:
    """What is wrong with an NPI, None where nothing is.

    Source: CMS, NPI check digit: Luhn over the prefix 80840 and the number.
    """
    if len(npi) != 10 or not npi.isascii() or not npi.isdigit():
        return "is not of 10 digits"
    if npi[0] not in "12":
        return "does not start with 1 or 2"
    digits = [int(digit) for digit in reversed("80840" + npi)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return None if (sum(digits[::2]) + sum(doubled)) % 10 == 0 else "has a wrong check digit"


_REMARKS = {"rendering": "N290", "billing": "N257"}
"""RARC by whose identifier is missing or invalid."""


class NpiInvalid(ClaimRule):
    """An NPI on the claim is missing or can't be one.

    ## What it does
    Looks at the NPI of the rendering practitioner (professional claims) and of the billing provider: present,
    ten digits, starting with 1 or 2, check digit right. Warns when a practitioner is billed under the
    organization's NPI. Where a claim on file names somebody whose resource is not at hand, it can't tell.

    ## Why it matters
    A claim without both is rejected before anybody reads it.

    ## References
    - CMS, NPI standard: check digit by the Luhn algorithm over 80840 and the number.
    """

    code = "PRV08"
    name = "npi-invalid"
    severity = Severity.ERROR
    remedy = "correct the NPI"
    source = "CMS, National Provider Identifier standard (45 CFR 162.406), check digit"
    confidence = "V"
    denial = ("206", "207", "208", "N290", "N257")

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the identifiers of one claim."""
        if not is_claim(bill):
            return None
        first, second = bill.rendering_npi, bill.provider_npi
        if first and second and first != second and npi_defect(first) is None and npi_defect(second) is None:
            return ()
        return tuple(self._judge(bill))

    def _judge(self, bill: Bill) -> Iterator[Finding]:
        if bill.professional:
            yield from self._one(bill, bill.rendering_npi, "rendering", "careTeam[0].provider")
        yield from self._one(bill, bill.provider_npi, "billing", "provider")
        same = bill.rendering_npi is not None and bill.rendering_npi == bill.provider_npi
        if same and bill.provider is not None and bill.provider.startswith("Organization/"):
            message = "the rendering practitioner has the organization's NPI"
            place = bill_place(bill, "careTeam[0].provider")
            yield self.finding(message, at=place, severity=Severity.WARNING, denial=("208", "N290"))

    def _one(self, bill: Bill, npi: str | None, who: str, where: str) -> Iterator[Finding]:
        at = bill_place(bill, where)
        if npi is None:
            unseen = ("provider" if who == "billing" else who) in bill.unresolved
            verdict = Verdict.NO_DATA if unseen else Verdict.FAIL
            nobody = who == "rendering" and not unseen and all(line.rendering is None for line in bill.lines)
            message = "nobody is on file as having rendered the service" if nobody else f"no {who} NPI"
            remedy = "record who led, with an NPI" if nobody else None
            yield self.finding(message, at=at, verdict=verdict, denial=("206", _REMARKS[who]), remedy=remedy)
            return
        defect = npi_defect(npi)
        if defect is not None:
            yield self.finding(f"the {who} NPI {defect}", at=at, denial=("207", _REMARKS[who]))


class BillingProviderIncomplete(ClaimRule):
    """The billing provider lacks what a claim needs.

    ## What it does
    Looks for tax id, street address (a PO box is none) and taxonomy. Missing tax id or a PO box fails; an
    address or taxonomy that is not on file may be known elsewhere.

    ## Why it matters
    Clearing houses reject claims whose billing provider is incomplete.

    ## References
    - X12 837P, loops 2000A and 2010AA: PRV, N3, REF*EI.
    """

    code = "PRV09"
    name = "billing-provider-incomplete"
    severity = Severity.ERROR
    remedy = "complete the Organization"
    source = "X12 837P (005010X222A1), loops 2000A and 2010AA"
    confidence = "R-hi"
    denial = ("16", "N256", "N257", "N258")

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the billing provider of one claim."""
        billing = billing_of(bill)
        if not is_claim(bill) or billing is None:
            return None
        if billing.tax_id and billing.has_street and billing.taxonomies:
            return ()
        return tuple(self._judge(bill, billing))

    def _judge(self, bill: Bill, billing: Billing) -> Iterator[Finding]:
        at = bill_place(bill, "provider")
        if not billing.tax_id:
            yield self.finding("the billing provider has no tax id", at=at)
        if billing.has_street is False:
            yield self.finding("the billing provider has no street address", at=at)
        unknown = [] if billing.taxonomies else ["taxonomy"]
        unknown += ["address"] if billing.has_street is None else []
        if unknown:
            message = f"no {' and '.join(unknown)} of the billing provider on file"
            yield self.finding(message, at=at, verdict=Verdict.NO_DATA)


def billing_of(bill: Bill) -> Billing | None:
    """The billing provider's facts: of the claim on file, else of the participant behind it."""
    if bill.billing is not None:
        return bill.billing
    return bill.participant.billing if bill.participant is not None else None


class FacilityMissing(ClaimRule):
    """The claim doesn't say where the service took place.

    ## What it does
    Warns when a claim has no facility although a line was at a place that can't be the billing address (not
    office, home or telehealth).

    ## Why it matters
    Payers deny services at a hospital, school or shelter without its name and address.

    ## References
    - X12 837P, loop 2310C; RARC MA114.
    """

    code = "PRV10"
    name = "facility-missing"
    severity = Severity.WARNING
    remedy = "name the facility"
    source = "X12 837P (005010X222A1), loop 2310C"
    confidence = "R-hi"
    denial = ("16", "MA114")

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge the facility of one claim."""
        if not is_claim(bill):
            return None
        away = sorted({line.place_of_service for line in bill.lines if line.place_of_service} - _NEAR)
        if not away or bill.facility is not None:
            return ()
        message = f"place of service {', '.join(away)}, but no facility"
        return (self.finding(message, at=bill_place(bill, "facility")),)
