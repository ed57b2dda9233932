"""The billing provider: numbers, street, kind of clinic."""

from __future__ import annotations

from dataclasses import replace

import pytest


def test_the_service_provider_bills_with_npi_tax_id_and_taxonomy(world):
    found = world.gather().billing
    assert (found.reference, found.npi, found.tax_id) == ("Organization/clinic", "1245319599", "36-3812345")
    assert (found.has_street, found.taxonomies, found.fqhc) == (True, ("261QM0801X",), False)


def test_the_tax_id_is_read_under_its_other_system(world):
    world.change(
        "Organization/clinic",
        identifier=[{"system": "http://terminology.hl7.org/NamingSystem/USEIN", "value": "363812345"}],
    )
    assert world.gather().billing.tax_id == "363812345"


@pytest.mark.parametrize("line", ["P.O. Box 12", "PO BOX 12", "p o box 12", "Post Office Box 9", "POB 7"])
def test_a_box_is_no_street(world, line):
    world.change("Organization/clinic", address=[{"line": [line], "city": "Peoria"}])
    assert world.gather().billing.has_street is False


def test_a_street_beside_a_box_is_a_street(world):
    world.change("Organization/clinic", address=[{"line": ["PO Box 12"]}, {"line": ["Suite 2", "9 Elm St"]}])
    assert world.gather().billing.has_street is True


def test_a_street_called_boxwood_is_a_street(world):
    world.change("Organization/clinic", address=[{"line": ["Boxwood Lane 4"]}])
    assert world.gather().billing.has_street is True


def test_an_old_address_does_not_count(world):
    world.change("Organization/clinic", address=[{"use": "old", "line": ["9 Elm St"]}])
    assert world.gather().billing.has_street is False


def test_the_street_of_an_organization_not_on_file_is_unknown(world):
    found = world.drop("Organization/clinic").gather().billing
    assert (found.reference, found.has_street, found.npi) == ("Organization/clinic", None, None)


def test_without_a_service_provider_the_settings_name_who_bills(world):
    world.session = replace(world.session, service_provider=None)
    world.settings["billing"] = {"provider": "Organization/clinic"}
    assert world.gather().billing.npi == "1245319599"


def test_nobody_bills_where_neither_says_who(world):
    world.session = replace(world.session, service_provider=None)
    found = world.gather()
    assert (found.billing.reference, found.billing.has_street) == (None, None)
    assert found.lines[0].billing is None


@pytest.mark.parametrize("taxonomy", ["261QF0400X", "261QR1300X"])
def test_a_health_center_is_known_by_its_taxonomy(world, taxonomy):
    world.change("Organization/clinic", type=[world.coded(world.NUCC, taxonomy)])
    assert world.gather().billing.fqhc is True


@pytest.mark.parametrize("code", ["50", "72"])
def test_a_health_center_is_known_by_its_place_of_service(world, code):
    world.change("Location/room", type=[world.coded(world.POS, code)])
    assert world.gather().billing.fqhc is True


def test_an_address_under_contact_counts_in_r5(world):
    world.change("Organization/clinic", address=None, contact=[{"address": {"line": ["410 Oak Street"]}}])
    assert world.gather().billing.has_street is True
