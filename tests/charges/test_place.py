"""Modality and place of service, decided for each participant."""

from __future__ import annotations

from dataclasses import replace

import pytest

ROLE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"


def place(world):
    found = world.gather()
    return found.modality, found.place_of_service, found.place_assumed, found.home


def own_class(world, code):
    return world.change("Encounter/g1-p1", **{"class": {"system": world.ACT, "code": code}})


def at(world, identity, concept):
    world.put({"resourceType": "Location", "id": identity, "type": [concept]})
    entry = {"location": {"reference": f"Location/{identity}"}, "status": "completed"}
    return world.change("Encounter/g1-p1", location=[entry])


def modality(world, encounter, code):
    return world.change(encounter, extension=[{"url": world.EXTENSION + "modality", "valueCode": code}])


def test_in_the_room_the_sessions_location_counts(world):
    world.change("Location/room", type=[world.coded(world.POS, "53")])
    assert place(world) == ("in-person", "53", False, False)
    assert world.gather().facility == "Location/room"


def test_a_room_without_a_type_takes_that_of_its_building(world):
    world.change("Location/room", type=None, partOf={"reference": "Location/wing"})
    world.put({"resourceType": "Location", "id": "wing", "partOf": {"reference": "Location/campus"}})
    world.put({"resourceType": "Location", "id": "campus", "type": [world.coded(world.POS, "22")]})
    assert place(world) == ("in-person", "22", False, False)


def test_locations_that_are_part_of_each_other_are_not_followed_for_ever(world):
    world.change("Location/room", type=None, partOf={"reference": "Location/room"})
    assert place(world) == ("in-person", "11", False, False)


def test_the_default_is_an_office(world):
    world.session = replace(world.session, location=None)
    assert place(world) == ("in-person", "11", False, False)


def test_home_health_is_at_home(world):
    own_class(world, "HH")
    assert place(world) == ("in-person", "12", False, True)
    assert world.gather().facility is None


@pytest.mark.parametrize("code", ["IMP", "EMER", "OBSENC", "ACUTE"])
def test_an_institution_without_a_location_is_not_guessed(world, code):
    world.session = replace(world.session, location=None)
    own_class(world, code)
    assert place(world) == ("in-person", None, False, False)


def test_an_institution_with_a_location_is_known(world):
    own_class(world, "IMP")
    at(world, "ward", world.coded(world.POS, "21"))
    assert place(world) == ("in-person", "21", False, False)


def test_remote_at_home_by_the_role_code(world):
    at(own_class(world, "VR"), "home", world.coded(ROLE, "PTRES"))
    assert place(world) == ("video", "10", False, True)


@pytest.mark.parametrize("code", ["10", "12"])
def test_remote_at_home_by_the_place_of_service(world, code):
    at(own_class(world, "VR"), "home", world.coded(world.POS, code))
    assert place(world) == ("video", "10", False, True)


def test_in_person_at_home_is_12(world):
    at(world, "home", world.coded(ROLE, "PTRES"))
    assert place(world) == ("in-person", "12", False, True)


@pytest.mark.parametrize("code", ["02", "03", "31"])
def test_remote_at_another_known_place_is_02(world, code):
    at(own_class(world, "VR"), "school", world.coded(world.POS, code))
    assert place(world) == ("video", "02", False, False)


def test_remote_place_not_recorded_is_taken_from_the_settings_and_said_so(world):
    own_class(world, "VR")
    assert place(world) == ("video", "02", True, False)
    world.settings["remote_place_of_service"] = "10"
    assert place(world) == ("video", "10", True, True)


def test_the_leaders_room_does_not_say_where_a_remote_patient_sat(world):
    own_class(world, "VR")
    world.change("Encounter/g1-p1", location=[{"location": {"reference": "Location/room"}}])
    assert place(world) == ("video", "02", True, False)


def test_a_planned_location_was_not_used(world):
    at(own_class(world, "VR"), "home", world.coded(ROLE, "PTRES"))
    world.change("Encounter/g1-p1", location=[{"location": {"reference": "Location/home"}, "status": "planned"}])
    assert place(world) == ("video", "02", True, False)


def test_class_vr_is_taken_as_video(world):
    found = own_class(world, "VR").gather()
    assert (found.modality, found.modality_assumed) == ("video", True)


def test_the_own_extension_says_audio(world):
    found = modality(own_class(world, "VR"), "Encounter/g1-p1", "audio").gather()
    assert (found.modality, found.modality_assumed) == ("audio", False)


def test_the_sessions_extension_says_it_for_all(world):
    found = modality(own_class(world, "VR"), "Encounter/g1", "audio").gather()
    assert (found.modality, found.modality_assumed) == ("audio", False)


def test_the_own_extension_goes_before_the_sessions(world):
    modality(modality(world, "Encounter/g1", "video"), "Encounter/g1-p1", "in-person")
    assert place(world) == ("in-person", "11", False, False)


def test_an_unknown_modality_says_nothing(world):
    assert modality(own_class(world, "VR"), "Encounter/g1-p1", "carrier-pigeon").gather().modality == "video"


def test_a_patient_in_the_room_of_a_remote_session_is_in_person(world):
    world.change("Encounter/g1", **{"class": {"system": world.ACT, "code": "VR"}})
    assert world.gather().modality == "in-person"


def test_without_an_own_encounter_the_sessions_class_counts(world):
    world.change("Encounter/g1", **{"class": {"system": world.ACT, "code": "VR"}}).drop("Encounter/g1-p1")
    assert world.gather(member=world.member(encounter=None)).modality == "video"


def test_an_r5_virtual_service_is_video(world):
    world.change(
        "Encounter/g1-p1",
        **{"class": [world.coded(world.ACT, "AMB")]},
        virtualService=[{"channelType": {"code": "zoom"}}],
    )
    assert world.gather().modality == "video"


def test_the_place_reaches_the_line(world):
    assert world.gather().lines[0].place_of_service == "11"


def test_a_home_is_the_patients_even_where_the_session_was_named_after_it(world):
    at(own_class(world, "VR"), "home", world.coded(ROLE, "PTRES"))
    world.session = replace(world.session, location="Location/home")
    assert place(world) == ("video", "10", False, True)
