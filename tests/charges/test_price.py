"""Prices to the cent, with the digits they were written in."""

from __future__ import annotations

from decimal import Decimal

import pytest

from groupbill.model import Charge


def definition(world, identity="d", price="95.50", **elements):
    group = {
        "priceComponent": [
            {"type": "surcharge", "amount": {"value": 5}},
            {"type": "base", "amount": {"value": float(price), "currency": "USD"}},
        ]
    }
    return world.put(
        {
            "resourceType": "ChargeItemDefinition",
            "id": identity,
            "status": "active",
            "url": "http://example.org/price",
            "code": world.coded(world.CPT, "90853"),
            "propertyGroup": [group],
            **elements,
        }
    )


def line(world):
    return world.gather().lines[0]


def test_the_list_price_of_the_settings_keeps_its_digits(world):
    found = line(world)
    assert (str(found.unit_price), str(found.net)) == ("120.00", "120.00")


def test_the_settings_go_before_a_definition(world):
    assert line(definition(world)).unit_price == Decimal("120.00")


def test_a_definition_gives_its_base_price(world):
    world.settings["prices"] = {}
    assert line(definition(world)).unit_price == Decimal("95.5")


@pytest.mark.parametrize(
    "elements",
    [
        {"status": "retired"},
        {"status": "draft"},
        {"effectivePeriod": {"end": "2026-03-09"}},
        {"effectivePeriod": {"start": "2026-03-11"}},
    ],
)
def test_a_definition_not_in_force_gives_none(world, elements):
    world.settings["prices"] = {}
    found = line(definition(world, **elements))
    assert (found.unit_price, found.net) == (None, None)


def test_an_amount_in_another_currency_is_no_price(world):
    world.settings["prices"] = {}
    euros = {"type": "base", "amount": {"value": 95.5, "currency": "EUR"}}
    assert line(definition(world, propertyGroup=[{"priceComponent": [euros]}])).unit_price is None


def test_of_two_definitions_the_later_one_counts(world):
    world.settings["prices"] = {}
    definition(world, "a", "95.50", effectivePeriod={"start": "2026-01-01"})
    definition(world, "b", "90.00", effectivePeriod={"start": "2025-01-01"})
    assert line(world).unit_price == Decimal("95.5")


def test_a_code_nobody_priced_has_no_price(world):
    found = world.gather("90785").lines[0]
    assert (found.unit_price, found.net) == (None, None)


def test_a_hooks_answer_goes_before_all_and_zero_is_an_answer(world):
    from groupbill.charges import gather

    def price(charge: Charge, coverage: object) -> Decimal | None:
        return Decimal("0.00") if charge.code == "90853" else None

    sources = world.sources()
    found = gather(sources, world.session, world.member(), [Charge(member="Patient/p1", code="90853")], price=price)
    assert str(found.lines[0].unit_price) == "0.00"


def test_a_hook_gets_the_focal_coverage(world):
    from groupbill.charges import gather

    seen = []
    gather(
        world.sources(),
        world.session,
        world.member(),
        [Charge(member="Patient/p1", code="90853")],
        price=lambda charge, coverage: seen.append((charge.code, coverage["id"])),
    )
    assert seen == [("90853", "p1")]
