"""Faults in what is billed beside one another and under which modifiers: NCC, MUE, FRQ, MOD."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from groupbill.testing import builders as b

from .conftest import Clinic, modifier
from .faults import fault, hours, place_of_service

LINE = "Claim/c1#Claim.item[{}]"
FIRST, SECOND = LINE.format(0), LINE.format(1)


def marks(claim: dict[str, Any], item: int, *modifiers: str) -> None:
    """Puts modifiers on a line in the place of what it has."""
    claim["item"][item]["modifier"] = [modifier(each) for each in modifiers]


@fault("NCC01", "error")
def group_on_the_day_of_the_intake(c: Clinic) -> Iterator[None]:
    c.item("i9", "p1", "90791", start="14:00", end="15:00", leader="chen")
    yield
    c.item("i9", "p1", "90791", start="14:00", end="15:00", leader="rivera")


@fault("NCC02", "error", "ChargeItem/i9")
def individual_therapy_without_a_modifier(c: Clinic) -> Iterator[None]:
    c.item("i9", "p1", "90834", "XE", start="14:00", end="14:45")
    yield
    c.item("i9", "p1", "90834", start="14:00", end="14:45")


@fault("NCC03", "error", SECOND, how="check")
def a_modifier_against_the_record(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("90853", hours(c, "09:00", "10:00")), ("90834", "XE", hours(c, "11:00", "11:45")))
    yield
    claim["item"][1] |= hours(c, "09:30", "10:15")


@fault("NCC04", "information", FIRST, how="check")
def the_modifier_on_the_line_that_is_paid(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", "90853", ("90834", "XE"))
    yield
    marks(claim, 0, "XE")
    del claim["item"][1]["modifier"]


@fault("NCC05", "error", SECOND, how="check")
def a_modifier_that_bypasses_nothing(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", "90853", ("90834", "XE"))
    yield
    marks(claim, 1, "76")


@fault("NCC06", "error", SECOND, how="check")
def a_visit_without_25(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", "90853", ("99213", "25"))
    yield
    del claim["item"][1]["modifier"]


@fault("NCC07", "warning", SECOND, how="check")
def another_diagnosis_as_the_reason(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", "90853", ("90834", "XE"))
    claim["diagnosis"].append({"sequence": 2, "diagnosisCodeableConcept": b.coded(b.ICD10CM, "F41.1")})
    yield
    claim["item"][1]["diagnosisSequence"] = [2]


@fault("NCC08", "information", "Claim/c2#Claim.item[0]", how="check")
def a_pair_of_two_practitioners(c: Clinic) -> Iterator[None]:
    c.claim("c1", "p1", "90853")
    other = c.claim("c2", "p1", "90834")
    yield
    other["careTeam"][0]["provider"] = b.ref("Practitioner/chen")


@fault("NCC09", "warning", SECOND, how="check", on="2026-03-10")
def a_pair_from_an_old_table(c: Clinic) -> Iterator[None]:
    c.claim("c1", "p1", "90853")
    yield
    c.claim("c1", "p1", "90853", ("90834", "XE"))


@fault("NCC10", "error", "Claim/c1#Claim.type", how="check")
def a_claim_of_another_type(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", "90853")
    yield
    claim["type"]["coding"][0]["code"] = "oral"


@fault("NCC11", "warning", SECOND, how="check", policy="medicare")
def a_report_that_medicare_never_pays(c: Clinic) -> Iterator[None]:
    c.claim("c1", "p1", "90853")
    yield
    c.claim("c1", "p1", "90853", "90889")


@fault("NCC12", "error", FIRST, how="check")
def group_on_the_day_of_a_crisis(c: Clinic) -> Iterator[None]:
    c.claim("c1", "p1", "90853", kind="institutional")
    yield
    c.claim("c1", "p1", "90853", "90839")


@fault("NCC13", "warning", SECOND, how="check", policy="medicare")
def a_screening_beside_the_group(c: Clinic) -> Iterator[None]:
    c.claim("c1", "p1", "90853")
    yield
    c.claim("c1", "p1", "90853", ("G0444", "59"))


@fault("NCC14", "error", SECOND, how="check")
def a_questionnaire_beside_the_group(c: Clinic) -> Iterator[None]:
    c.claim("c1", "p1", "90853")
    yield
    c.claim("c1", "p1", "90853", "96127")


@fault("NCC15", "warning", SECOND, how="check")
def the_same_hour_under_two_codes(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("90853", hours(c, "09:00", "10:00")), ("H0005", hours(c, "11:00", "12:00")))
    yield
    claim["item"][1] |= hours(c, "09:00", "10:00")


@fault(
    "NCC15", "error", SECOND, how="check", values={"frequency": [{"codes": ["90853", "90834"], "days": 1, "max": 1}]}
)
def two_kinds_of_therapy_where_one_a_day_is_paid(c: Clinic) -> Iterator[None]:
    c.claim("c1", "p1", ("90853", hours(c, "09:00", "10:00")))
    yield
    c.claim("c1", "p1", ("90853", hours(c, "09:00", "10:00")), ("90834", "XE", hours(c, "11:00", "11:45")))


@fault("MUE01", "error", "Claim/c2#Claim.item[0]", how="check")
def two_groups_of_one_practitioner(c: Clinic) -> Iterator[None]:
    c.claim("c1", "p1", ("90853", hours(c, "09:00", "10:00")))
    yield
    c.claim("c2", "p1", ("90853", "59", hours(c, "11:00", "12:00")))


@fault("MUE02", "error", LINE.format(4), how="check")
def a_fifth_group_in_a_hospital(c: Clinic) -> Iterator[None]:
    times = [("08:00", "09:00"), ("09:00", "10:00"), ("10:00", "11:00"), ("11:00", "12:00"), ("13:00", "14:00")]
    lines = [("90853", hours(c, *each)) for each in times]
    c.claim("c1", "p1", *lines[:4], kind="institutional")
    yield
    c.claim("c1", "p1", *lines, kind="institutional")


@fault("MUE03", "information", SECOND, how="check")
def units_split_over_lines(c: Clinic) -> Iterator[None]:
    c.claim("c1", "p1", "90853")
    yield
    c.claim("c1", "p1", "90853", ("90853", "76"))


@fault("MUE04", "warning", SECOND, how="check", values={"sessions_per_day": 2})
def a_second_session_that_does_not_say_so(c: Clinic) -> Iterator[None]:
    times = hours(c, "09:00", "10:00"), hours(c, "11:00", "12:00")
    claim = c.claim("c1", "p1", ("90853", times[0]), ("90853", "76", times[1]))
    yield
    del claim["item"][1]["modifier"]


@fault("MUE05", "warning", "Claim/c2#Claim.item[0]", how="check")
def a_second_group_with_somebody_else(c: Clinic) -> Iterator[None]:
    c.claim("c1", "p1", ("90853", hours(c, "09:00", "10:00")))
    yield
    other = c.claim("c2", "p1", ("90853", hours(c, "11:00", "12:00")))
    other["careTeam"][0]["provider"] = b.ref("Practitioner/chen")


@fault("FRQ01", "error", policy="medicaid-il")
def a_third_group_in_seven_days(c: Clinic) -> Iterator[None]:
    c.item("a", "p1", "90853", occurrenceDateTime="2026-03-07")
    yield
    c.item("b", "p1", "90853", occurrenceDateTime="2026-03-04")


@fault("FRQ02", "warning", values={"frequency": [{"codes": ["90853"], "days": 365, "max": 5}]})
def two_visits_left(c: Clinic) -> Iterator[None]:
    c.item("a", "p1", "90853", occurrenceDateTime="2026-01-13")
    yield
    c.item("b", "p1", "90853", occurrenceDateTime="2026-02-10")


@fault("FRQ03", "information")
def six_groups_in_a_week(c: Clinic) -> Iterator[None]:
    for number in (5, 6, 7, 8):
        c.item(f"a{number}", "p1", "90853", occurrenceDateTime=f"2026-03-0{number}")
    yield
    c.item("a9", "p1", "90853", occurrenceDateTime="2026-03-09")


@fault("MOD01", "error", f"{FIRST}.modifier[4]", how="check")
def a_fifth_modifier(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("90853", "HO", "HQ", "U1", "GC"))
    yield
    marks(claim, 0, "HO", "HQ", "U1", "GC", "U2")


@fault("MOD02", "error", f"{FIRST}.modifier[0]", how="check", on="2016-12-31")
def video_before_its_modifier(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("90853", place_of_service("02")))
    yield
    marks(claim, 0, "95")


@fault("MOD03", "error", f"{FIRST}.modifier[1]", how="check")
def one_modifier_twice(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("90853", "HQ"))
    yield
    marks(claim, 0, "HQ", "HQ")


@fault("MOD04", "error", f"{FIRST}.modifier[1]", how="check")
def by_video_and_by_phone(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("90853", "95", place_of_service("10")))
    yield
    marks(claim, 0, "95", "93")


@fault("MOD05", "warning", f"{FIRST}.modifier[0]", how="check")
def telehealth_before_the_level(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("90853", "HQ", "95", place_of_service("10")))
    yield
    marks(claim, 0, "95", "HQ")


@fault("MOD06", "warning", f"{SECOND}.modifier[0]", how="check")
def the_modifier_of_last_resort(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", "90853", ("90834", "XE"))
    yield
    marks(claim, 1, "59")


@fault("MOD07", "error", f"{SECOND}.modifier[1]", how="check")
def two_reasons_on_one_line(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", "90853", ("90834", "XE"))
    yield
    marks(claim, 1, "59", "XE")


@fault("MOD08", "error", f"{FIRST}.modifier[0]", how="check")
def the_visits_modifier_on_the_group(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", "90853")
    yield
    marks(claim, 0, "25")


@fault("MOD09", "warning", f"{SECOND}.modifier[0]", how="check")
def another_structure_of_the_body(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", "90853", ("90834", "XE"))
    yield
    marks(claim, 1, "XS")


@fault("MOD10", "error", f"{FIRST}.modifier[0]", how="check with visits")
def gt_for_a_group_of_families(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("90853", {"encounter": [b.ref("Encounter/g1-p1")]}))
    c["Encounter/g1"]["type"] = [b.coded(b.CPT, "90849")]
    yield
    marks(claim, 0, "GT")


@fault("MOD11", "error", FIRST, how="check", values={"group_modifier": "HQ"})
def no_hq_where_it_is_asked_for(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("90853", "HQ"))
    yield
    del claim["item"][0]["modifier"]


@fault("MOD12", "warning", f"{FIRST}.modifier[0]", how="check")
def a_degree_that_the_practitioner_has_not(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("90853", "AJ"))
    yield
    marks(claim, 0, "AH")


@fault("MOD13", "error", f"{FIRST}.modifier[0]", how="check")
def both_sides_of_the_body(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("90853", "KX"))
    yield
    marks(claim, 0, "50")


@fault("MOD14", "warning", f"{FIRST}.modifier[0]", how="check")
def a_reduced_session(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("90853", "KX"))
    yield
    marks(claim, 0, "52")


@fault("MOD15", "warning", f"{FIRST}.modifier[0]", how="check")
def a_notice_of_medicares_for_somebody_else(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("90853", "KX"))
    yield
    marks(claim, 0, "GA")


@fault("MOD16", "warning", f"{FIRST}.modifier[0]", how="check")
def a_substance_use_program_for_a_depression(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("90853", "HF"))
    claim["diagnosis"] = [{"sequence": 1, "diagnosisCodeableConcept": b.coded(b.ICD10CM, "F10.20")}]
    yield
    claim["diagnosis"] = [{"sequence": 1, "diagnosisCodeableConcept": b.coded(b.ICD10CM, "F33.1")}]
