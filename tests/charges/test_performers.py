"""Who is paid, and under which number and taxonomy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from groupbill.model import Performer


def led_by(world, *leaders):
    performers = tuple(
        Performer(reference=f"Practitioner/{name}", practitioner=f"Practitioner/{name}", role=role)
        for name, role in leaders
    )
    world.session = replace(world.session, performers=performers)
    for name, _ in leaders:
        world.put(
            {
                "resourceType": "Practitioner",
                "id": name,
                "identifier": [{"system": world.NPI, "value": NUMBERS[name]}],
            }
        )
    return world


NUMBERS = {"adams": "1999999984", "baker": "1679576722", "clark": "1003000126"}


def test_the_leader_is_paid_with_npi_taxonomy_and_licence(world):
    (paid,) = world.gather().rendering
    assert (paid.practitioner, paid.npi, paid.number) == ("Practitioner/rivera", "1234567893", 1)
    assert (paid.role, paid.role_active, paid.taxonomies) == ("PractitionerRole/rivera", True, ("1041C0700X",))
    (licence,) = paid.qualifications
    assert (licence.code, licence.start, licence.end) == ("1041C0700X", date(2015, 1, 1), date(2027, 12, 31))


def test_the_first_pprf_is_paid_and_nothing_is_undecided(world):
    found = led_by(world, ("adams", "PPRF"), ("baker", "SPRF")).gather()
    assert [each.practitioner for each in found.rendering] == ["Practitioner/adams"]
    assert found.ambiguous_leader is False


def test_two_equals_without_a_pprf_are_undecided(world):
    assert led_by(world, ("adams", "SPRF"), ("baker", "SPRF")).gather().ambiguous_leader is True


def test_a_secondary_performer_goes_before_an_attender(world):
    found = led_by(world, ("baker", "SPRF"), ("adams", "ATND")).gather()
    assert (found.rendering[0].practitioner, found.ambiguous_leader) == ("Practitioner/baker", False)


def test_a_payer_of_two_leaders_gets_a_line_for_each(world):
    led_by(world, ("adams", "SPRF"), ("baker", "SPRF")).policy(rendering__max=2)
    found = world.gather()
    assert found.ambiguous_leader is False
    assert [(line.rendering, line.leader) for line in found.lines] == [
        ("Practitioner/adams", 1),
        ("Practitioner/baker", 2),
    ]
    assert found.lines[0].at != found.lines[1].at


def test_three_equals_are_undecided_for_a_payer_of_two(world):
    led_by(world, ("adams", ""), ("baker", ""), ("clark", "")).policy(rendering__max=2)
    assert world.gather().ambiguous_leader is True


def test_a_session_nobody_led_has_one_line_without_a_leader(world):
    found = led_by(world).gather()
    assert found.rendering == ()
    assert [line.rendering for line in found.lines] == [None]


def test_one_person_under_two_references_is_one_leader(world):
    one = Performer(reference="PractitionerRole/rivera", practitioner="Practitioner/rivera", role="PPRF")
    two = Performer(reference="Practitioner/rivera", practitioner="Practitioner/rivera", role="ATND")
    world.session = replace(world.session, performers=(one, two))
    found = world.policy(rendering__max=2).gather()
    assert [each.practitioner for each in found.rendering] == ["Practitioner/rivera"]


def test_the_role_at_the_organization_counts_before_another_organizations(world):
    world.put(
        {
            "resourceType": "PractitionerRole",
            "id": "a-hospital",
            "active": True,
            "practitioner": {"reference": "Practitioner/rivera"},
            "organization": {"reference": "Organization/hospital"},
            "specialty": [world.coded(world.NUCC, "104100000X")],
        }
    )
    assert world.gather().rendering[0].role == "PractitionerRole/rivera"


def test_a_role_that_ended_before_the_date_is_not_active(world):
    world.change("PractitionerRole/rivera", period={"end": "2026-03-09"})
    assert world.gather().rendering[0].role_active is False


def test_a_role_that_ends_on_the_date_is_active(world):
    world.change("PractitionerRole/rivera", period={"start": "2026-03-10", "end": "2026-03-10"})
    assert world.gather().rendering[0].role_active is True


def test_without_a_role_on_file_its_standing_is_unknown(world):
    found = world.drop("PractitionerRole/rivera").gather().rendering[0]
    assert (found.role, found.role_active, found.taxonomies) == (None, None, ("1041C0700X",))


def test_a_referenced_role_is_used_whatever_the_others_say(world):
    world.put(
        {
            "resourceType": "PractitionerRole",
            "id": "z",
            "active": True,
            "practitioner": {"reference": "Practitioner/rivera"},
            "organization": {"reference": "Organization/elsewhere"},
            "specialty": [world.coded(world.NUCC, "103TC0700X")],
        }
    )
    leader = Performer(reference="PractitionerRole/z", practitioner="Practitioner/rivera", role="PPRF")
    world.session = replace(world.session, performers=(leader,))
    found = world.gather().rendering[0]
    assert (found.role, found.taxonomies) == ("PractitionerRole/z", ("103TC0700X", "1041C0700X"))


def test_an_old_npi_is_not_used(world):
    world.change(
        "Practitioner/rivera",
        identifier=[
            {"system": world.NPI, "use": "old", "value": "1679576722"},
            {"system": "urn:oid:2.16.840.1.113883.4.6", "value": "1234567893"},
        ],
    )
    assert world.gather().rendering[0].npi == "1234567893"


def supervised(world):
    world.put(
        {
            "resourceType": "Practitioner",
            "id": "boss",
            "identifier": [{"system": world.NPI, "value": "1679576722"}],
            "qualification": [{"code": world.coded(world.NUCC, "103TC0700X")}],
        }
    )
    leader = replace(world.session.performers[0], supervisor="Practitioner/boss")
    world.session = replace(world.session, performers=(leader,))
    return world


def incident_to(world):
    return world.put(
        {
            "resourceType": "Observation",
            "id": "it",
            "status": "final",
            "code": world.coded(world.OWN + "fhir/CodeSystem/documentation", "incident-to"),
            "subject": {"reference": "Patient/p1"},
            "encounter": {"reference": "Encounter/g1-p1"},
            "valueBoolean": True,
        }
    )


def test_the_supervisor_is_known_with_number_and_taxonomy(world):
    found = supervised(world).gather().rendering[0]
    assert (found.practitioner, found.supervisor) == ("Practitioner/rivera", "Practitioner/boss")
    assert (found.supervisor_npi, found.supervisor_taxonomies) == ("1679576722", ("103TC0700X",))


def test_an_incident_to_service_goes_out_under_the_supervisor_where_the_payer_wants_it(world):
    incident_to(supervised(world)).policy(rendering__supervised="supervisor")
    found = world.gather()
    (paid,) = found.rendering
    assert (paid.practitioner, paid.npi) == ("Practitioner/boss", "1679576722")
    assert (paid.performed_by, paid.taxonomies) == ("Practitioner/rivera", ("103TC0700X",))
    assert found.lines[0].rendering == "Practitioner/boss"


def test_a_supervised_service_that_is_not_incident_to_stays_with_the_leader(world):
    supervised(world).policy(rendering__supervised="supervisor")
    assert world.gather().rendering[0].practitioner == "Practitioner/rivera"


def test_an_incident_to_service_stays_with_the_leader_where_the_payer_says_no(world):
    incident_to(supervised(world)).policy(rendering__supervised="no")
    assert world.gather().rendering[0].practitioner == "Practitioner/rivera"


def test_a_supervisor_named_by_the_role_is_found(world):
    supervised(world)
    world.session = replace(world.session, performers=(replace(world.session.performers[0], supervisor=None),))
    world.change(
        "PractitionerRole/rivera",
        extension=[{"url": world.EXTENSION + "supervisor", "valueReference": {"reference": "Practitioner/boss"}}],
    )
    assert world.gather().rendering[0].supervisor == "Practitioner/boss"


def test_a_split_group_is_billed_by_the_leader_of_the_own_encounter(world):
    led_by(world, ("adams", "PPRF"), ("baker", "PPRF")).policy(rendering__split=True)
    world.change("Encounter/g1-p1", participant=[world.leader("Practitioner/baker")])
    assert world.gather().rendering[0].practitioner == "Practitioner/baker"
