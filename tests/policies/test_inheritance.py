"""Inheritance and dates: what is in force is what the nearest file says about the date."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbill.errors import PolicyError
from groupbill.policies import Policies
from groupbill.policies.reading import bundled, policy_file

ON = date(2026, 3, 10)
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def file(name: str, extends: str | None = "commercial", **values: Any) -> Path:
        document = {"id": name, "title": name.title(), "values": {k.replace("__", "."): v for k, v in values.items()}}
        if extends is not None:
            document["extends"] = extends
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    return file


def test_a_value_of_the_child_stands_before_that_of_its_parents(write: Write) -> None:
    files = [write("acme", group_size__max=15, timely_filing_days=180), write("acme-gold", "acme", group_size__max=9)]
    gold = Policies.load(files).in_force("acme-gold", ON)
    assert (gold.title, gold.on) == ("Acme-Gold", ON)
    assert (gold["group_size.max"], gold.values["group_size.max"].policy) == (9, "acme-gold")
    assert (gold["timely_filing_days"], gold.values["timely_filing_days"].policy) == (180, "acme")
    assert (gold["audio_modifier"], gold.values["audio_modifier"].policy) == ("93", "default")


def test_a_file_may_extend_one_that_is_named_after_it(write: Write) -> None:
    policies = Policies.load([write("acme-gold", "acme"), write("acme", group_size__max=15)])
    assert policies.in_force("acme-gold", ON)["group_size.max"] == 15


def test_without_extends_it_is_the_default_that_is_extended(write: Write) -> None:
    acme = Policies.load([write("acme", None, group_size__min=3)]).in_force("acme", ON)
    assert acme["group_size.min"] == 3
    assert set(acme.values) == set(Policies.load(()).in_force("default", ON).values)


def test_null_is_a_value_of_its_own(write: Write) -> None:
    acme = Policies.load([write("acme", "medicaid-ct", group_size__max=None)]).in_force("acme", ON)
    assert acme["group_size.max"] is None
    assert acme.values["group_size.max"].policy == "acme"


def test_severities_are_merged_along_the_chain_and_other_objects_replaced(write: Write) -> None:
    files = [
        write(
            "acme", "medicare-ngs", severity={"GRP02": "warning", "DX06": "error"}, session_code={"90853": "H0004"}
        ),
        write("gold", "acme", severity={"DX06": "information"}, session_code={"90849": "H0005"}),
    ]
    gold = Policies.load(files).in_force("gold", ON)
    assert gold["severity"] == {
        "DOC02": "error",
        "DOC06": "error",
        "DX06": "information",
        "GRP02": "warning",
        "GRP07": "error",
    }
    assert gold["session_code"] == {"90849": "H0005"}


def test_parts_of_documentation_that_are_not_named_are_inherited(write: Write) -> None:
    acme = Policies.load([write("acme", documentation={"note": "required"})]).in_force("acme", ON)
    assert acme["documentation"] == {"note": "required", "plan": "when-kept", "count": "when-kept"}


def test_a_date_without_a_value_falls_to_the_parent(write: Write) -> None:
    dated = [
        {"value": 8, "from": "2026-01-01", "to": "2026-06-30", "source": "Contract 2026", "confidence": "V"},
        {"value": 6, "from": "2026-09-01"},
    ]
    policies = Policies.load([write("acme", "medicaid-ct", group_size__max=dated)])
    in_force = {
        day: policies.in_force("acme", date.fromisoformat(day)).values["group_size.max"]
        for day in ("2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01", "2026-08-31", "2026-09-01", "9999-12-31")
    }
    assert [value.value for value in in_force.values()] == [12, 8, 8, 12, 12, 6, 6]
    assert (in_force["2026-01-01"].source, in_force["2026-01-01"].confidence) == ("Contract 2026", "V")
    assert in_force["2026-07-01"].source == "Conn. Agencies Regs. 17b-262-822"


def test_null_leaves_an_end_open_and_a_source_unsaid(write: Write) -> None:
    dated = [{"value": 8, "from": None, "to": "2026-06-30", "source": None, "confidence": None}]
    policies = Policies.load([write("acme", "medicaid-ct", group_size__max=dated)])
    first = policies.in_force("acme", date.min).values["group_size.max"]
    assert (first.value, first.source, first.confidence) == (8, "", "")
    assert policies.in_force("acme", date(2026, 7, 1))["group_size.max"] == 12


def test_a_list_of_plain_objects_is_one_value(write: Write) -> None:
    limit = {"codes": ["90853"], "days": 7, "max": 2}
    policies = Policies.load(
        [
            write("plain", frequency=[limit]),
            write("dated", frequency=[{"value": [limit], "from": "2026-01-01"}]),
            write("none", "medicaid-il", frequency=[]),
        ]
    )
    wanted = ({"codes": ("90853",), "days": 7, "max": 2},)
    assert policies.in_force("plain", ON)["frequency"] == wanted
    assert policies.in_force("dated", ON)["frequency"] == wanted
    assert policies.in_force("dated", date(2025, 12, 31))["frequency"] == ()
    assert policies.in_force("none", ON)["frequency"] == ()


def test_amounts_are_decimal_to_the_cent(write: Write) -> None:
    acme = Policies.load([write("acme", allowed={"90853": "45.00", "90849": 30.39})]).in_force("acme", ON)
    assert {code: str(amount) for code, amount in acme["allowed"].items()} == {"90853": "45.00", "90849": "30.39"}
    assert isinstance(acme["allowed"]["90853"], Decimal)


def test_equal_dates_share_one_table_and_equal_questions_one_answer() -> None:
    policies = Policies.load(())
    one, other = policies.in_force("medicare", ON), policies.in_force("medicare", ON + timedelta(days=1))
    assert policies.in_force("medicare", ON) is one
    assert (other.on, other.values is one.values) == (ON + timedelta(days=1), True)


def test_an_unknown_policy_is_refused_with_the_nearest() -> None:
    with pytest.raises(PolicyError) as refusal:
        Policies.load(()).in_force("medicad", ON)
    assert str(refusal.value) == "no policy 'medicad' (did you mean 'medicaid'?)"


@st.composite
def ranges(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Ranges that don't overlap, with or without gaps, open at the ends or not, in any order."""
    days = sorted(draw(st.sets(st.dates(date(2019, 1, 1), date(2030, 1, 1)), min_size=2, max_size=9)))
    found = []
    for number, (start, end) in enumerate(pairwise(days)):
        if draw(st.booleans()):
            found.append({"value": number + 2, "from": str(start), "to": str(end - timedelta(days=1))})
    if found and draw(st.booleans()):
        del found[0]["from"]
    if found and draw(st.booleans()):
        del found[-1]["to"]
    return draw(st.permutations(found))


@given(ranges(), st.lists(st.dates(date(2018, 12, 1), date(2030, 2, 1)), min_size=1, max_size=20))
def test_any_ranges_give_the_value_of_exactly_the_range_that_holds_the_date(
    found: list[dict[str, Any]], days: list[date]
) -> None:
    values = {"group_size.max": found} if found else {}
    acme = policy_file({"id": "acme", "extends": "medicaid-nh", "values": values}, "acme.json")
    policies = Policies([acme])
    bounds = [date.fromisoformat(each[end]) for each in found for end in ("from", "to") if end in each]
    for day in (*days, *bounds, *(bound + timedelta(days=1) for bound in bounds)):
        text = str(day)
        holding = [e["value"] for e in found if e.get("from", "") <= text <= e.get("to", "9999")]
        assert policies.in_force("acme", day)["group_size.max"] == (holding[0] if holding else 10)


def test_every_bundled_policy_has_every_key_on_every_date() -> None:
    policies = Policies.load(())
    keys = set(next(file for file in bundled() if file.id == "default").values)
    for name in policies.ids:
        for day in (date.min, date(2019, 6, 30), date(2023, 12, 31), ON, date(2028, 1, 1), date.max):
            assert set(policies.in_force(name, day).values) == keys
