"""What a common billing guide for CPT 90853 says, statement by statement, and how groupbill treats it.

The statements S-01 to S-54 are those of a widely copied guide (providerscarebilling.com, 2025-06-16); some are
wrong. Each has a row in one of the two tables, and a test named after it here or in the two files beside.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from groupbill.model import Finding, Severity
from groupbill.rules.catalogue import Catalogue
from groupbill.rules.page import BY_CONSTRUCTION
from groupbill.rules.rulebook import Rulebook
from groupbill.settings import Settings
from groupbill.testing.facts import Facts, context

CATALOGUE = Catalogue.with_bundled(())

SESSION = {
    "S-01": ("90849 and 90853 exclude one another", "GRP05"),
    "S-02": ("guided discussion alone is no psychotherapy", "DOC10"),
    "S-03": ("the purpose is a diagnosed disorder", "DX02"),
    "S-04": ("4 to 10 participants is a custom: information below 4, warning above 12", "GRP02 GRP08"),
    "S-05": ("families and individuals are other codes", "GRP01 GRP05"),
    "S-06": ("the separate code is 90849", "GRP05"),
    "S-08": ("wrong: garbled; nobody's information is shared on a bill", "CHG09"),
    "S-09": ("who may bill is the payer's list", "PRV01 PRV02"),
    "S-10": ("clinics bill, a practitioner renders", "PRV08 PRV09"),
    "S-11": ("attendance of this patient, and the number attending, are documented", "CHG02 GRP07"),
    "S-12": ("the topic is prose of the note", "DOC03"),
    "S-13": ("interventions and the leader's role are prose of the note", "DOC03"),
    "S-14": ("start and end are recorded", "TIM02"),
    "S-15": ("outcome and plan belong to the participant's own record", "DOC04 DOC06"),
    "S-16": ("payers differ: every limit is a policy value", "GRP02 AUT01 PRV11"),
    "S-17": ("no rule: a hope", ""),
    "S-21": ("documentation is judged for every participant", "DOC01 DOC04"),
    "S-24": ("notes without times, treatment or goals", "TIM02 DOC04 DOC06"),
    "S-25": ("education and activities billed as 90853", "DOC10"),
    "S-26": ("no rule: training", ""),
    "S-28": ("90847 is for one family with the patient", "GRP05"),
    "S-32": ("the same again", "GRP05"),
    "S-33": ("relatives in a group warn; the whole group of families is another code", "GRP05 GRP06"),
    "S-35": ("attendance, duration and a progress note are on file", "CHG02 TIM02 DOC04"),
    "S-36": ("several clients and a licensed clinician", "GRP01 PRV03 PRV04"),
    "S-37": ("an individual note per participant", "DOC01 DOC04"),
    "S-39": ("payer rules decide", "GRP04"),
    "S-40": ("etiquette; of it only confidentiality concerns a bill", "CHG09"),
    "S-41": ("not time-based: one unit whatever the length; some payers have a minimum", "TIM01 TIM03 TIM04"),
    "S-42": ("no rule: quality", ""),
    "S-43": ("several families 90849, individuals 90853", "GRP05"),
    "S-44": ("no rule: a truism", ""),
    "S-45": ("selection is clinical; severe impairment alone is worth a look", "DX07"),
    "S-46": ("each participant is billed for one unit", "CHG01"),
    "S-47": ("one client is no group", "GRP01"),
    "S-48": ("individual progress is documented", "DOC04 DOC05"),
}

SAME_DAY_AND_PAYMENT = {
    "S-07": ("individual therapy is 90832, 90834 or 90837; each pairs with 90853", "NCC02"),
    "S-18": ("wrong as stated: Medicare pays by locality, usually more in dear cities", "PAY01"),
    "S-19": ("the expected amount is the payer's", "PAY01"),
    "S-20": ("Medicare never pays by length; timed payers are a policy value", "TIM05"),
    "S-22": ("underpayments are reported", "PAY01"),
    "S-23": ("modifiers the payer asks for", "MOD11 MOD12 TEL05"),
    "S-27": ("wrong: GT means video; multi-family is 90849", "MOD10"),
    "S-29": ("obesity counselling and nutrition pair with 90853", "NCC01 NCC02"),
    "S-30": ("97150 is another discipline, no pair; as the content of a group it is none", "DOC10"),
    "S-31": ("no rule: an anecdote of a vendor", ""),
    "S-34": ("limits over rolling windows are the payer's", "FRQ01"),
    "S-38": ("half wrong: one unit per date, more only where the payer says so", "MUE01 MUE04"),
    "S-49": ("place and kind of practitioner change the amount", "PAY01 TEL03"),
    "S-50": ("right as a range; 75 and 85 percent apply to some", "PAY01"),
    "S-51": ("no rule: a guess", ""),
    "S-52": ("90853 and 90834 on one day need separate encounters", "NCC02 NCC03"),
    "S-53": ("XE rather than 59, on the line that would be denied", "NCC04 MOD06"),
    "S-54": ("some payers allow no second service", "NCC15"),
}


def test_every_statement_is_treated_once() -> None:
    assert not set(SESSION) & set(SAME_DAY_AND_PAYMENT)
    assert {*SESSION, *SAME_DAY_AND_PAYMENT} == {f"S-{number:02}" for number in range(1, 55)}


@pytest.mark.parametrize(
    ("statement", "codes"), [(key, row[1].split()) for key, row in {**SESSION, **SAME_DAY_AND_PAYMENT}.items()]
)
def test_every_statement_names_rules_that_exist(statement: str, codes: list[str]) -> None:
    assert [code for code in codes if code not in CATALOGUE.by_code and code not in BY_CONSTRUCTION] == []


def test_every_statement_has_a_test_named_after_it() -> None:
    files = Path(__file__).parent.glob("test_common_guide*.py")
    names = re.findall(r"def test(_s\d\d_\w+)", "".join(path.read_text(encoding="utf-8") for path in files))
    shown = {f"S-{number}" for name in names for number in re.findall(r"(?<=_s)\d\d(?=_)", name)}
    assert shown == {*SESSION, *SAME_DAY_AND_PAYMENT}


# -- Sessions, participants, documentation


def session_findings(values: Any = None, **keys: Any) -> list[Finding]:
    """What all participant rules say to one participant."""
    facts = Facts(values=values)
    return Rulebook((), Settings.parse({})).participant(facts.participant(**keys), context())


def weight(findings: list[Finding], code: str) -> list[Severity]:
    return [finding.severity for finding in findings if finding.code == code]


@pytest.mark.parametrize(("attended", "code", "severity"), [
    (1, "GRP01", [Severity.ERROR]),
    (3, "GRP08", [Severity.INFORMATION]),
    (4, "GRP08", []),
    (11, "GRP02", []),
    (13, "GRP02", [Severity.WARNING]),
])  # fmt: skip
def test_s04_four_to_ten_is_a_custom_and_no_limit(attended: int, code: str, severity: list[Severity]) -> None:
    assert weight(session_findings(session={"attended": attended}), code) == severity


def test_s06_and_s43_families_are_billed_as_90849() -> None:
    families = session_findings(session={"attended": 3, "together": {"relatives": ["RelatedPerson/r"]}})
    assert weight(families, "GRP05") == [Severity.ERROR]


def test_s11_the_number_attending_is_in_the_record() -> None:
    assert weight(session_findings(documentation={"kept": ["count"]}), "GRP07") == [Severity.WARNING]


def test_s14_missing_times_warn_and_hold_where_the_payer_counts_minutes() -> None:
    untimed = {"member": {"period": "2026-03-10"}}
    assert weight(session_findings(**untimed), "TIM02") == [Severity.WARNING]
    assert weight(session_findings(values={"minutes.min": 45}, **untimed), "TIM02") == [Severity.ERROR]


def test_s33_relatives_in_a_larger_group_only_warn() -> None:
    kin = {"family": "a"}
    members = [kin, {"member": "Patient/p2", "patient": "Patient/p2", **kin}, {"member": "Patient/p3"}]
    findings = session_findings(member=kin, session={"members": members})
    assert weight(findings, "GRP06") == [Severity.WARNING]
    assert weight(findings, "GRP05") == []


def test_s37_a_participant_without_a_note_of_their_own_is_held() -> None:
    assert weight(session_findings(documentation={"notes": [], "kept": ["note"]}), "DOC04") == [Severity.ERROR]


def test_s41_a_long_session_is_one_unit() -> None:
    book, facts = Rulebook((), Settings.parse({})), Facts()
    long = [{"period": "09:00-10:30", "units": "6"}]
    found = book.bill(facts.bill(lines=long), context())
    assert weight(found, "TIM01") == weight(found, "CHG01") == [Severity.ERROR]


def test_s46_one_claim_with_the_size_of_the_group_is_an_error() -> None:
    found = Rulebook((), Settings.parse({})).bill(Facts().bill(lines=[{"units": "8"}]), context())
    assert [finding.at for finding in found if finding.code == "CHG01"] == ["Claim/c1#Claim.item[0].quantity"]
