"""JSON in and out, digit by digit."""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbill.fhir import json


def test_amounts_stay_as_they_were_written():
    data = b'{"resourceType":"Claim","total":{"value":45.00,"currency":"USD"},"x":1E+2,"y":123456789012345678901234}'
    assert json.dumps(json.exact(data)) == data
    assert json.loads(data)["total"]["value"] == Decimal("45.00")
    assert str(json.loads(data, "Claim")["total"]["value"]) == "45.00"


def test_resources_without_money_are_read_quickly():
    assert json.loads(b'{"resourceType":"Observation","valueQuantity":{"value":1.5}}') == {
        "resourceType": "Observation",
        "valueQuantity": {"value": 1.5},
    }


@pytest.mark.parametrize("data", [b"NaN", b"[Infinity]", b"[-Infinity]"])
def test_what_is_no_json_number_is_refused(data):
    for parse in (json.loads, json.exact):
        with pytest.raises(ValueError, match=r"."):
            parse(data)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), {1, 2}, object()])
def test_what_json_cannot_hold_is_not_written(value):
    with pytest.raises(TypeError):
        json.dumps(value)


def test_read_only_mappings_are_written():
    assert json.dumps(MappingProxyType({"a": (1, Decimal("2.50"))})) == b'{"a":[1,2.50]}'


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_every_decimal_comes_back_exactly(number):
    found = json.exact(json.dumps([number, 0.5]))[0]
    assert found == number
    assert Decimal(found).as_tuple() == number.as_tuple() or number == number.to_integral_value()
