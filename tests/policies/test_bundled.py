"""The policies that come with groupbill: valid, sourced, and what the regulations say."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from groupbill.policies import Policies
from groupbill.policies.objects import parse_object
from groupbill.policies.reading import bundled
from groupbill.policies.schema import descriptions, problems, schema

ON = date(2026, 3, 10)
POLICIES = Policies.load(())
FILES = sorted(each.name for each in files("groupbill.policies").joinpath("data").iterdir())


def test_all_policies_of_the_design_are_there() -> None:
    assert POLICIES.ids == (
        "commercial",
        "default",
        "medi-cal",
        "medicaid",
        "medicaid-ct",
        "medicaid-il",
        "medicaid-nh",
        "medicaid-ny-588",
        "medicaid-wi",
        "medicare",
        "medicare-ngs",
        "self-pay",
        "tricare",
    )


@pytest.mark.parametrize("name", FILES)
def test_a_bundled_file_holds_to_the_schema_and_is_named_by_its_id(name: str) -> None:
    text = files("groupbill.policies").joinpath("data", name).read_text(encoding="utf-8")
    document = parse_object(text, name)
    assert problems(document) == []
    assert document["id"] + ".json" == name


def test_every_bundled_value_has_a_source_and_a_confidence() -> None:
    for file in bundled():
        for key, values in file.values.items():
            for value in values:
                assert value.source, f"{file.id}: {key}"
                assert value.confidence in ("V", "V2", "R-hi", "R-lo"), f"{file.id}: {key}"


def test_the_schema_is_one_and_describes_every_key() -> None:
    Draft202012Validator.check_schema(schema())
    default = next(file for file in bundled() if file.id == "default")
    assert list(descriptions()) == list(default.values)
    assert all(text.endswith(".") for text in descriptions().values())


@pytest.mark.parametrize(
    ("policy", "key", "value"),
    [
        ("default", "group_size.min", 2),
        ("default", "group_size.max", None),
        ("default", "group_size.usual_min", 4),
        ("default", "units_per_day", 1),
        ("default", "repeat_modifier", "76"),
        ("default", "modifier_placement", "either"),
        ("default", "dx.primary_prefixes", ("F",)),
        ("default", "timely_filing_days", 365),
        ("default", "no_data", "report"),
        ("commercial", "video_modifier", "95"),
        ("medicaid", "video_modifier", "95"),
        ("medicare", "video_modifier", None),
        ("medicare", "audio_modifier", "93"),
        ("medicare", "allowed", "medicare-pfs"),
        ("medicare", "group_size.max", None),
        ("medicare-ngs", "group_size.max", 12),
        ("medicare-ngs", "allowed", "medicare-pfs"),
        ("medicaid-ct", "group_size.max", 12),
        ("medicaid-ct", "group_size.family_max", 24),
        ("medicaid-ct", "minutes.min", 45),
        ("medicaid-ct", "minutes.min_intermediate_care", 30),
        ("medicaid-ct", "sessions_per_day", 1),
        ("medicaid-nh", "group_size.max", 10),
        ("medicaid-nh", "group_size.unrelated_min", 2),
        ("medicaid-wi", "group_size.max", 10),
        ("medicaid-wi", "rendering.max", 2),
        ("medi-cal", "group_size.max", 8),
        ("medi-cal", "minutes.min", 90),
        ("medicaid-ny-588", "group_size.max", 12),
        ("medicaid-ny-588", "minutes.min", 60),
        (
            "medicaid-il",
            "frequency",
            ({"codes": ("90853",), "days": 1, "max": 1}, {"codes": ("90853",), "days": 7, "max": 2}),
        ),
        (
            "medicaid-ct",
            "frequency",
            ({"codes": ("90853",), "days": 1, "max": 1}, {"codes": ("90849",), "days": 1, "max": 1}),
        ),
        ("medicaid-il", "severity", {"DX02": "error"}),
        ("medicaid-il", "group_size.max", 12),
        ("medicaid-il", "minutes.min", 45),
        ("tricare", "severity", {"DX02": "error", "PRV13": "error"}),
        ("self-pay", "authorization_required", False),
    ],
)
def test_a_bundled_policy_says_what_its_source_says(policy: str, key: str, value: Any) -> None:
    assert POLICIES.in_force(policy, ON)[key] == value


def test_no_bundled_policy_ships_licence_modifiers_or_asks_for_hq() -> None:
    for name in POLICIES.ids:
        assert POLICIES.in_force(name, ON)["license_modifiers"] == {}
        assert POLICIES.in_force(name, ON)["group_modifier"] is None


def test_medicare_pays_counselors_from_2024_on() -> None:
    before, after = (POLICIES.in_force("medicare", day) for day in (date(2023, 12, 31), date(2024, 1, 1)))
    counselors = {"106H00000X", "101YM0800X", "101YP2500X", "101YA0400X"}
    assert counselors.isdisjoint(before["rendering.taxonomies"])
    assert counselors <= set(after["rendering.taxonomies"])
    assert after["rendering.percent"]["106H00000X"] == after["rendering.percent"]["1041C0700X"] == 75


def test_the_in_person_visit_becomes_an_error_for_medicare_in_2028() -> None:
    assert "TEL11" not in POLICIES.in_force("medicare-ngs", date(2027, 12, 31))["severity"]
    assert POLICIES.in_force("medicare-ngs", date(2028, 1, 1))["severity"]["TEL11"] == "error"


def test_medicare_took_the_modifier_on_either_line_from_july_2019_on() -> None:
    placement = [
        POLICIES.in_force("medicare", day)["modifier_placement"] for day in (date(2019, 6, 30), date(2019, 7, 1))
    ]
    assert placement == ["column2", "either"]


def test_ngs_makes_size_and_the_number_in_the_record_errors() -> None:
    severity = POLICIES.in_force("medicare-ngs", ON)["severity"]
    assert {code: severity[code] for code in ("GRP02", "GRP07", "DOC02")} == dict.fromkeys(
        ("GRP02", "GRP07", "DOC02"), "error"
    )


def test_modifiers_are_asked_for_from_their_first_day_on() -> None:
    days = [date(2016, 12, 31), date(2017, 1, 1), date(2021, 12, 31), date(2022, 1, 1)]
    policies = [POLICIES.in_force("commercial", day) for day in days]
    assert [policy["video_modifier"] for policy in policies] == [None, "95", "95", "95"]
    assert [policy["audio_modifier"] for policy in policies] == [None, None, None, "93"]


def test_medicare_took_the_office_for_telehealth_until_2024() -> None:
    days = [date(2023, 12, 31), date(2024, 1, 1)]
    assert [POLICIES.in_force("medicare", day)["telehealth_place_required"] for day in days] == [False, True]


@pytest.mark.parametrize(
    ("policy", "key", "confidence", "source"),
    [
        ("default", "group_size.min", "V", "22 CCR 51505.3"),
        ("default", "units_per_day", "V", "XI-34"),
        ("default", "separate_encounter_modifier", "V", "I-20"),
        ("default", "modifier_placement", "V2", "CR 11168"),
        ("default", "modifier_order", "V2", "AAPC article 165494"),
        ("default", "audio_modifier", "V", "2022-01-01"),
        ("medicare", "video_modifier", "V2", "transmittal 12671"),
        ("medicare", "telehealth_place_required", "V", "NGS"),
        ("medicare", "rendering.supervised", "V2", "42 CFR 410.26"),
        ("medicare", "timely_filing_days", "R-hi", "42 CFR 424.44"),
        ("medicare-ngs", "group_size.max", "V2", "L33632"),
        ("medicaid-ct", "group_size.max", "V", "17b-262-822"),
        ("medicaid-ct", "minutes.min_intermediate_care", "V", "17b-262-822"),
        ("medicaid-ct", "frequency", "V", "17b-262-822"),
        ("medicaid-nh", "group_size.unrelated_min", "V", "He-M 426.08"),
        ("medicaid-ny-588", "minutes.min", "V", "14 NYCRR 588.6"),
        ("medicaid-wi", "rendering.max", "V", "DHS 107.13"),
        ("medi-cal", "minutes.min", "V", "22 CCR 51505.3"),
        ("medicaid-il", "group_size.max", "R-lo", "89 IAC 140.413"),
        ("medicaid-il", "minutes.min", "R-lo", "89 IAC 140.413"),
        ("medicaid-il", "frequency", "V", "prn140626c"),
        ("tricare", "severity", "V", "6010.60-M"),
    ],
)
def test_a_value_is_as_sure_as_its_source(policy: str, key: str, confidence: str, source: str) -> None:
    value = POLICIES.in_force(policy, ON).values[key]
    assert (value.confidence, value.policy) == (confidence, policy)
    assert source in value.source
