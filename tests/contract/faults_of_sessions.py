"""Faults in who came, when, and what is written about it: CHG, GRP, TIM, DOC."""

from __future__ import annotations

from collections.abc import Iterator

from groupbill.testing import builders as b

from .conftest import Clinic
from .faults import fault, hours, note, observed, plan, related, remote


@fault("CHG01", "error", "Claim/c1#Claim.item[0].quantity", how="check")
def as_many_units_as_members(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", "90853")
    yield
    claim["item"][0] |= {"quantity": {"value": 4}, "net": {"value": 480, "currency": "USD"}}
    claim["total"]["value"] = 480


@fault("CHG02", "warning")
def nothing_says_who_came(c: Clinic) -> Iterator[None]:
    yield
    c.drop("Encounter/g1-p1")


@fault("CHG02", "error", "Claim/c1#Claim.item[0]", how="check with visits")
def billed_for_somebody_who_stayed_away(c: Clinic) -> Iterator[None]:
    c.claim("c1", "p1", ("90853", {"encounter": [b.ref("Encounter/g1-p1")]}))
    yield
    c["Encounter/g1-p1"]["status"] = "cancelled"


@fault("CHG03", "error", "ChargeItem/i1#ChargeItem.subject", how="check")
def one_charge_for_the_group(c: Clinic) -> Iterator[None]:
    item = c.item("i1", "p1", "90853")
    yield
    item["subject"] = b.ref("Group/g")


@fault("CHG04", "error", "Claim/c1#Claim.item[0]", how="check with visits")
def billed_before_it_was_over(c: Clinic) -> Iterator[None]:
    c.claim("c1", "p1", ("90853", {"encounter": [b.ref("Encounter/g1-p1")]}))
    yield
    c["Encounter/g1-p1"]["status"] = "in-progress"


@fault("CHG05", "information", "Claim/c1#Claim.insurance[0].coverage", how="check")
def a_claim_without_an_insurer(c: Clinic) -> Iterator[None]:
    c.claim("c1", "p1", "90853")
    yield
    c.put(b.coverage("p1", None))


@fault("CHG06", "warning")
def left_after_twenty_minutes(c: Clinic) -> Iterator[None]:
    yield
    c["Encounter/g1-p1"]["period"]["end"] = c.hours("09:00", "09:20")[1]


@fault("CHG07", "error", "ChargeItem/i2", how="check")
def charged_twice_for_one_visit(c: Clinic) -> Iterator[None]:
    c.item("i1", "p1", "90853", visit="g1-p1")
    yield
    c.item("i2", "p1", "90853", visit="g1-p1")


@fault("CHG08", "error", settings={"prices": {"90853": "120.00"}})
def no_price_for_the_code(c: Clinic) -> Iterator[None]:
    yield
    c["Encounter/g1"]["type"] = [b.coded(b.CPT, "90846")]


@fault("CHG09", "error", "Claim/c1#Claim.supportingInfo[0].valueReference.reference", how="check")
def names_the_group(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", "90853")
    yield
    claim["supportingInfo"] = [
        {"sequence": 1, "category": b.coded("http://example.org", "roster"), "valueReference": b.ref("Group/g")}
    ]


@fault("GRP01", "error", members=2)
def only_one_came(c: Clinic) -> Iterator[None]:
    yield
    c["Encounter/g1-p2"]["status"] = "cancelled"


@fault("GRP02", "error", policy="medicaid-nh", members=10)
def one_too_many(c: Clinic) -> Iterator[None]:
    yield
    c["Group/g"]["member"].append({"entity": b.ref("Patient/p11")})
    times = c.hours("09:00", "10:00")
    c.put(b.patient("p11"), b.encounter("g1-p11", "Patient/p11", times, part_of="g1", code=None))


@fault("GRP05", "error")
def families_as_a_group(c: Clinic) -> Iterator[None]:
    yield
    for name in c.names:
        c.put({"resourceType": "RelatedPerson", "id": f"r-{name}", "patient": b.ref(f"Patient/{name}")})
        c[f"Encounter/g1-{name}"]["participant"] = [{"individual": b.ref(f"RelatedPerson/r-{name}")}]


@fault("GRP06", "warning")
def two_sisters(c: Clinic) -> Iterator[None]:
    yield
    related(c, "p1", "p2")


@fault("GRP07", "error", policy="medicare-ngs")
def the_number_attending_in_one_record_only(c: Clinic) -> Iterator[None]:
    for name in c.names:
        observed(c, name, "number-attending", valueInteger=4)
    yield
    c.drop("Observation/number-attending-p1")


@fault("GRP08", "information", members=4)
def three_of_four_came(c: Clinic) -> Iterator[None]:
    yield
    c["Encounter/g1-p4"]["status"] = "cancelled"


@fault("GRP09", "error", values={"group_size.family_max": 9})
def ten_people_in_a_group_of_families(c: Clinic) -> Iterator[None]:
    c["Encounter/g1"]["type"] = [b.coded(b.CPT, "90849")]
    for name in c.names:
        c.put({"resourceType": "RelatedPerson", "id": f"r-{name}", "patient": b.ref(f"Patient/{name}")})
        c[f"Encounter/g1-{name}"]["participant"] = [{"individual": b.ref(f"RelatedPerson/r-{name}")}]
    yield
    for number in (1, 2):
        c.put({"resourceType": "RelatedPerson", "id": f"q-{number}", "patient": b.ref("Patient/p1")})
        c["Encounter/g1-p1"]["participant"].append({"individual": b.ref(f"RelatedPerson/q-{number}")})


@fault("TIM01", "error", "Claim/c1#Claim.item[0].quantity", how="check")
def a_unit_for_each_quarter_of_an_hour(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("90853", hours(c, "09:00", "10:00")))
    yield
    claim["item"][0] |= {"quantity": {"value": 4}, "net": {"value": 480, "currency": "USD"}}
    claim["total"]["value"] = 480


@fault("TIM02", "warning")
def no_end_recorded(c: Clinic) -> Iterator[None]:
    yield
    for visit in ("g1", "g1-p1"):
        del c[f"Encounter/{visit}"]["period"]["end"]


@fault("TIM03", "error", policy="medi-cal")
def an_hour_where_ninety_minutes_are_asked_for(c: Clinic) -> Iterator[None]:
    for visit in ("g1", *(f"g1-{name}" for name in c.names)):
        c[f"Encounter/{visit}"]["period"]["end"] = c.hours("09:00", "10:30")[1]
    yield
    for visit in ("g1", *(f"g1-{name}" for name in c.names)):
        c[f"Encounter/{visit}"]["period"]["end"] = c.hours("09:00", "10:00")[1]


@fault("TIM04", "warning")
def over_in_twenty_minutes(c: Clinic) -> Iterator[None]:
    yield
    for visit in ("g1", *(f"g1-{name}" for name in c.names)):
        c[f"Encounter/{visit}"]["period"]["end"] = c.hours("09:00", "09:20")[1]


@fault(
    "TIM05",
    "warning",
    "Claim/c1#Claim.item[0].quantity",
    how="check",
    values={"session_code": {"90853": "H0004"}, "unit_minutes": 15},
)
def five_quarters_in_an_hour(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("H0004", {**hours(c, "09:00", "10:00"), "quantity": {"value": 4}}))
    yield
    claim["item"][0]["quantity"]["value"] = 5


@fault("TIM06", "error")
def at_another_visit_at_the_same_time(c: Clinic) -> Iterator[None]:
    c.visit("v", "p1", "99078", "13:00", "13:45", leader="chen")
    yield
    c.visit("v", "p1", "99078", "09:30", "10:15", leader="chen")


@fault("TIM07", "error", "Encounter/v")
def the_leader_saw_somebody_else_meanwhile(c: Clinic) -> Iterator[None]:
    c.put(b.patient("q"))
    c.visit("v", "q", "90834", "10:00", "10:45")
    yield
    c.visit("v", "q", "90834", "09:45", "10:30")


@fault("TIM08", "information", "Claim/c1#Claim.item[0].servicedDate", how="check with visits")
def billed_on_the_day_of_utc(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("90853", {"encounter": [b.ref("Encounter/g1-p1")]}))
    for visit in ("g1", "g1-p1"):
        c[f"Encounter/{visit}"]["period"] = {"start": "2026-03-11T01:00:00Z", "end": "2026-03-11T02:00:00Z"}
    yield
    claim["item"][0]["servicedDate"] = "2026-03-11"


@fault("DOC01", "warning")
def only_the_date_of_the_session(c: Clinic) -> Iterator[None]:
    yield
    for visit in ("g1", "g1-p1"):
        c[f"Encounter/{visit}"]["period"] = {"start": c.on}
    del c["Encounter/g1"]["location"]


@fault("DOC02", "warning")
def a_wrong_number_attending(c: Clinic) -> Iterator[None]:
    observed(c, "p1", "number-attending", valueInteger=4)
    yield
    observed(c, "p1", "number-attending", valueInteger=5)


@fault("DOC04", "error")
def no_note_of_ones_own(c: Clinic) -> Iterator[None]:
    for name in c.names:
        note(c, name)
    yield
    c.drop("DocumentReference/note-g1-p1")


@fault("DOC05", "warning", "Encounter/g1")
def one_note_copied(c: Clinic) -> Iterator[None]:
    for name in c.names:
        note(c, name)
    yield
    for name in c.names:
        note(c, name, "The group went well.")


@fault("DOC05", "warning", "Encounter/g1")
def one_note_with_other_names(c: Clinic) -> Iterator[None]:
    for name in c.names:
        note(c, name, " ".join(f"{name} {number}" for number in range(80)))
    yield
    words = " ".join(f"said{number} and heard{number}" for number in range(80))
    for name in c.names[:2]:
        note(c, name, f"{words}, then {name} went home")


@fault("DOC06", "error", policy="medicare")
def a_plan_without_group_therapy(c: Clinic) -> Iterator[None]:
    plan(c, "p1")
    yield
    plan(c, "p1", "90834")


@fault("DOC08", "error")
def a_diagnosis_that_was_over(c: Clinic) -> Iterator[None]:
    yield
    c["Condition/dx-p1"]["abatementDateTime"] = "2026-01-01"


@fault("DOC09", "error")
def an_unsigned_note(c: Clinic) -> Iterator[None]:
    for name in c.names:
        note(c, name)
    yield
    note(c, "p1", signer=None)


@fault("DOC10", "error")
def a_visit_of_education(c: Clinic) -> Iterator[None]:
    yield
    c["Encounter/g1-p1"]["type"] = [b.coded(b.CPT, "90853"), b.coded(b.CPT, "99078")]


@fault("DOC11", "warning")
def no_consent_to_telehealth(c: Clinic) -> Iterator[None]:
    remote(c)
    observed(c, "p1", "telehealth-consent")
    yield
    observed(c, "p1", "telehealth-consent", valueBoolean=False)


@fault("DOC12", "error", "ChargeItem/i9")
def one_note_for_two_services(c: Clinic) -> Iterator[None]:
    for name in c.names:
        note(c, name)
    c.visit("v", "p1", None, "13:00", "13:45")
    c.item("i9", "p1", "90834", "XE", start="13:00", end="13:45", visit="v")
    note(c, "p1", visit="v")
    yield
    c.drop("DocumentReference/note-v")


@fault("DOC13", "warning")
def a_plan_that_ran_out(c: Clinic) -> Iterator[None]:
    plan(c, "p1")
    yield
    plan(c, "p1", end="2026-01-31")


@fault("DOC14", "error", "Claim/c1#Claim.item[1]", how="check with visits")
def complexity_of_somebody_else(c: Clinic) -> Iterator[None]:
    c.claim("c1", "p1", ("90853", {"encounter": [b.ref("Encounter/g1-p1")]}), "90785")
    observed(c, "p1", "interactive-complexity")
    observed(c, "p2", "interactive-complexity")
    yield
    c.drop("Observation/interactive-complexity-p1")
