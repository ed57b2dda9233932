"""Faults in where and by whom a service was rendered: TEL, PRV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from groupbill.testing import builders as b

from .conftest import EXTENSION, Clinic, modifier
from .faults import fault, observed, place_of_service, remote

LINE = "Claim/c1#Claim.item[0]"
MODIFIER = f"{LINE}.modifier[0]"
PLACE = f"{LINE}.locationCodeableConcept"


@fault("TEL01", "warning")
def at_a_place_that_nobody_recorded(c: Clinic) -> Iterator[None]:
    remote(c)
    yield
    del c["Encounter/g1-p1"]["location"]


@fault("TEL01", "error")
def in_hospital_without_a_location(c: Clinic) -> Iterator[None]:
    yield
    for visit in ("g1", *(f"g1-{name}" for name in c.names)):
        c[f"Encounter/{visit}"]["class"]["code"] = "IMP"
    del c["Encounter/g1"]["location"]


@fault("TEL02", "error", PLACE, how="check", on="2021-12-07")
def ten_before_its_time(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("90853", "95", place_of_service("02")))
    yield
    claim["item"][0] |= place_of_service("10")


@fault("TEL03", "information", PLACE, how="check", policy="medicare")
def the_facility_rate(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("90853", place_of_service("10")))
    yield
    claim["item"][0] |= place_of_service("02")


@fault("TEL04", "error", PLACE, how="check", policy="medicare")
def video_in_the_office(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("90853", "95", place_of_service("10")))
    yield
    claim["item"][0] |= place_of_service("11")


@fault("TEL05", "error", LINE, how="check")
def video_without_its_modifier(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("90853", "95", place_of_service("02")))
    yield
    del claim["item"][0]["modifier"]


@fault("TEL06", "error", LINE, how="check with visits")
def a_phone_call_without_its_modifier(c: Clinic) -> Iterator[None]:
    remote(c, modality="audio")
    line = {"encounter": [b.ref("Encounter/g1-p1")], **place_of_service("10")}
    claim = c.claim("c1", "p1", ("90853", "93", line))
    yield
    del claim["item"][0]["modifier"]


@fault("TEL07", "warning", policy="medicare")
def no_reason_for_the_phone(c: Clinic) -> Iterator[None]:
    for name in ("p1", "p2"):
        remote(c, name, "audio")
        observed(c, name, "audio-only-reason")
    yield
    c.drop("Observation/audio-only-reason-p1")


@fault("TEL08", "error", MODIFIER, how="check")
def a_group_that_was_stored_and_forwarded(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("90853", "95", place_of_service("02")))
    yield
    claim["item"][0]["modifier"] = [modifier("GQ")]


@fault("TEL09", "warning", MODIFIER, how="check")
def the_old_modifier_for_video(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("90853", "95", place_of_service("02")))
    yield
    claim["item"][0]["modifier"] = [modifier("GT")]


@fault("TEL10", "warning", LINE, how="check", policy="medicare", on="2020-12-08")
def before_it_was_listed(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", "90853")
    yield
    claim["item"][0] |= place_of_service("02")


@fault("TEL11", "error", policy="medicare", on="2028-02-08")
def never_seen_in_person(c: Clinic) -> Iterator[None]:
    remote(c)
    times = ("2027-11-02T10:00:00-06:00", "2027-11-02T11:00:00-06:00")
    c.put(b.encounter("seen", "Patient/p1", times, code=None, location="room"))
    yield
    c.drop("Encounter/seen")


@fault("TEL12", "warning", MODIFIER, how="check")
def a_supervisor_whom_nobody_knows(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("90853", "FR"))
    role = b.coded("http://terminology.hl7.org/CodeSystem/claimcareteamrole", "supervisor")
    claim["careTeam"].append({"sequence": 2, "provider": b.ref("Practitioner/chen"), "role": role})
    yield
    del claim["careTeam"][1]


@fault("TEL13", "warning")
def on_holiday_abroad(c: Clinic) -> Iterator[None]:
    remote(c)
    c["Patient/p1"]["address"][0]["country"] = "US"
    yield
    c["Patient/p1"]["address"][0]["country"] = "FR"


@fault("PRV01", "error", policy="medicare")
def a_school_counselor(c: Clinic) -> Iterator[None]:
    yield
    c.put(b.practitioner("rivera", 7, "101YS0200X"))


@fault("PRV02", "error", policy="medicare", on="2023-12-12")
def a_family_therapist_before_2024(c: Clinic) -> Iterator[None]:
    yield
    c.put(b.practitioner("rivera", 7, "106H00000X"))


@fault("PRV03", "error")
def a_licence_that_ran_out(c: Clinic) -> Iterator[None]:
    yield
    for held in c["Practitioner/rivera"]["qualification"]:
        held["period"] = {"start": "2015-01-01", "end": "2025-12-31"}


@fault("PRV04", "error")
def a_student_in_their_own_name(c: Clinic) -> Iterator[None]:
    yield
    c.put(b.practitioner("rivera", 7, "390200000X", None))


@fault("PRV05", "warning", policy="medicare")
def incident_to_nobody(c: Clinic) -> Iterator[None]:
    c["Encounter/g1"]["extension"] = [{"url": EXTENSION + "supervisor", "valueReference": b.ref("Practitioner/chen")}]
    observed(c, "p1", "incident-to")
    yield
    del c["Encounter/g1"]["extension"]


@fault("PRV06", "error")
def two_who_led_as_equals(c: Clinic) -> Iterator[None]:
    c["Encounter/g1"]["participant"] = [b.led_by("rivera", "PPRF"), b.led_by("chen", "SPRF")]
    yield
    c["Encounter/g1"]["participant"] = [b.led_by(name, "SPRF") for name in ("rivera", "chen")]


@fault("PRV07", "warning", "Encounter/g1", how="check with visits")
def half_the_group_under_each_leader(c: Clinic) -> Iterator[None]:
    c["Encounter/g1"]["participant"] = [b.led_by("rivera", "PPRF"), b.led_by("chen", "SPRF")]
    for name in ("p1", "p2"):
        c.claim(f"c-{name}", name, ("90853", {"encounter": [b.ref(f"Encounter/g1-{name}")]}))
    yield
    c["Claim/c-p2"]["careTeam"][0]["provider"] = b.ref("Practitioner/chen")


@fault("PRV08", "error")
def a_wrong_check_digit(c: Clinic) -> Iterator[None]:
    yield
    c["Practitioner/rivera"]["identifier"][0]["value"] = "1234567890"


@fault("PRV09", "error")
def a_post_office_box(c: Clinic) -> Iterator[None]:
    yield
    c["Organization/clinic"]["address"][0]["line"] = ["PO Box 12"]


@fault("PRV10", "warning", "Claim/c1#Claim.facility", how="check")
def in_a_school_without_a_name(c: Clinic) -> Iterator[None]:
    claim = c.claim("c1", "p1", ("90853", place_of_service("03")))
    claim["facility"] = b.ref("Location/room")
    yield
    del claim["facility"]


@fault("PRV11", "error", values={"referral_required": True})
def nobody_referred(c: Clinic) -> Iterator[None]:
    order: dict[str, Any] = {"resourceType": "ServiceRequest", "id": "r", "status": "active", "intent": "order"}
    c.put({**order, "subject": b.ref("Patient/p1"), "authoredOn": "2026-01-05"})
    yield
    c.drop("ServiceRequest/r")


@fault("PRV12", "error", policy="medicare")
def a_group_of_a_rural_clinic(c: Clinic) -> Iterator[None]:
    yield
    c["Organization/clinic"]["type"] = [b.coded(b.NUCC, "261QR1300X")]


@fault("PRV13", "error", policy="tricare")
def during_a_hospital_stay(c: Clinic) -> Iterator[None]:
    yield
    stay = ("2026-03-08T10:00:00-05:00", "2026-03-12T10:00:00-05:00")
    c.put(b.encounter("stay", "Patient/p1", stay, category="IMP", code=None))
