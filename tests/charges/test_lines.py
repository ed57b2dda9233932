"""Desired lines: code, units, identity."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbill.charges.lines import timed_units
from groupbill.model.identity import CHARGE_ITEM_SYSTEM, charge_item_value, resource_id


def test_the_line_of_a_participant_is_complete(world):
    line = world.gather().lines[0]
    value = charge_item_value("", world.session.key, "Patient/p1", "90853")
    assert line.at == f"ChargeItem/{resource_id(CHARGE_ITEM_SYSTEM, value)}"
    assert (line.desired, line.ours, line.sent, line.item) == (True, True, False, None)
    assert (line.code, line.system, line.units) == ("90853", world.CPT, Decimal(1))
    assert (line.date, line.period) == (world.ON, world.hours("09:00-10:00", world.ON))
    assert (line.rendering, line.billing) == ("Practitioner/rivera", "Organization/clinic")
    assert (line.encounter, line.session, line.leader) == ("Encounter/g1-p1", world.session.key, 1)
    assert (line.pointers, line.control_number) == ((1,), value)


def test_the_namespace_is_part_of_the_identity(world):
    plain = world.gather().lines[0].at
    world.settings["namespace"] = "north"
    assert world.gather().lines[0].at != plain


def test_the_payers_code_changes_the_line_and_not_its_identity(world):
    before = world.gather().lines[0]
    after = world.policy(session_code={"90853": "H0005"}).gather().lines[0]
    assert (after.code, after.at) == ("H0005", before.at)
    assert after.system == "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
    assert after.net == Decimal("120.00")


@pytest.mark.parametrize(
    ("clock", "units"),
    [
        ("09:00-10:00", 4),
        ("09:00-09:52", 3),
        ("09:00-09:53", 4),
        ("09:00-09:08", 1),
        ("09:00-09:07", 1),
    ],
)
def test_a_timed_program_counts_quarters_of_an_hour_and_what_is_held_for_want_of_one_is_one(world, clock, units):
    world.policy(session_code={"90853": "H0004"}, unit_minutes=15)
    world.settings["prices"] = {"90853": "120.00", "H0004": "21.35"}
    line = world.gather(member=world.member(period=world.hours(clock, world.ON))).lines[0]
    assert (line.units, str(line.unit_price), line.net) == (Decimal(units), "21.35", Decimal("21.35") * units)


def test_a_session_price_is_never_taken_for_a_price_per_quarter(world):
    world.policy(session_code={"90853": "H0004"}, unit_minutes=15)
    assert world.gather().lines[0].unit_price is None


def test_without_times_a_timed_program_counts_one(world):
    world.policy(session_code={"90853": "H0004"}, unit_minutes=15)
    member = world.member(period=world.hours("2026-03-10", world.ON))
    assert world.gather(member=member).lines[0].units == Decimal(1)


def test_an_add_on_is_not_timed(world):
    world.policy(unit_minutes=15)
    assert [line.units for line in world.gather("90853", "90785").lines] == [Decimal(4), Decimal(1)]


def test_an_untimed_session_is_one_unit_however_long(world):
    member = world.member(period=world.hours("09:00-12:00", world.ON))
    assert world.gather(member=member).lines[0].units == Decimal(1)


@given(st.integers(0, 1440), st.sampled_from([15, 30, 60]))
def test_a_unit_more_needs_more_than_half_of_it(minutes, unit):
    units = timed_units(minutes, unit)
    assert units * unit - minutes < unit / 2 or units == 0
    assert minutes - units * unit <= unit / 2


def test_both_encounters_labels_are_carried_once(world):
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "PSY"}
    strict = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
    world.change("Encounter/g1-p1", meta={"security": [label]})
    world.change("Encounter/g1", meta={"security": [strict, label]})
    assert [dict(each) for each in world.gather().security] == [label, strict]


def test_a_death_is_read(world):
    assert str(world.change("Patient/p1", deceasedDateTime="2026-03-09").gather().deceased) == "2026-03-09"


def test_a_participant_without_an_own_encounter_has_none_on_the_line(world):
    assert world.gather(member=world.member(encounter=None)).lines[0].encounter is None


def test_the_order_of_the_input_changes_nothing(world):
    one = world.gather(sources=world.sources())
    two = world.gather(sources=world.sources(backwards=True))
    assert one == two


def test_the_date_of_service_is_the_sessions(world):
    world.session = replace(world.session, date_of_service=world.ON)
    late = world.member(period=world.hours("2026-03-11 00:10-01:00", world.ON))
    assert world.gather(member=late).lines[0].date == world.ON
