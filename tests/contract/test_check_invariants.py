"""What holds for every check, whatever is on the bills: fixes work, places exist, nothing crashes."""

from __future__ import annotations

import copy
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from .conftest import EXTENSION, Clinic, modifier

JSON = dict[str, Any]

CODES = [
    *["90853"] * 4, "90832", "90834", "90837", "90791", "90839", "99213", "96127", "90785", "90847", "90849",
    "G0410", "90868", "90880", "97150", "H0005", "90901", "G0444", "96164", "90833",
]  # fmt: skip
MODIFIERS = ["59", "XE", "XP", "XS", "XU", "25", "76", "77", "95", "93", "GT", "HQ", "HO", "ZZ", "22", "52", "KX"]
HOURS = [None, ("09:00", "10:00"), ("09:30", "10:15"), ("11:00", "11:45"), ("10:00", "11:00"), ("14:00", None)]
NEVER_PAID = {"NCC01", "NCC12", "NCC14"}

services = st.tuples(
    st.sampled_from(CODES),
    st.lists(st.sampled_from(MODIFIERS), max_size=5),
    st.sampled_from(HOURS),
)
days = st.fixed_dictionaries(
    {
        "policy": st.sampled_from(
            ["commercial", "medicare-ngs", "medicaid-il", "medicaid-ct", "medi-cal", "default"]
        ),
        "on": st.sampled_from(["2019-06-30", "2024-08-13", "2026-03-10"]),
        "claims": st.lists(st.lists(services, min_size=1, max_size=3), min_size=1, max_size=2),
        "items": st.lists(services, max_size=2),
        "kind": st.sampled_from(["professional", "professional", "institutional"]),
        "leader": st.sampled_from(["rivera", "chen"]),
    }
)


def bills(day: JSON) -> Clinic:
    made = Clinic(1, day["policy"], day["on"])
    for number, lines in enumerate(day["claims"]):
        made.claim(f"c{number}", "p1", *(line(made, each) for each in lines), kind=day["kind"])
    for number, (code, modifiers, hours) in enumerate(day["items"]):
        start, end = hours or (None, None)
        made.item(f"i{number}", "p1", code, *modifiers, start=start, end=end, leader=day["leader"])
    return made.bills()


def line(made: Clinic, service: tuple[str, list[str], Any]) -> tuple[Any, ...]:
    code, modifiers, hours = service
    if hours is None:
        return (code, *modifiers)
    start, end = made.hours(*hours)
    return (code, *modifiers, {"servicedPeriod": {"start": start, **({"end": end} if end else {})}})


def found(made: Clinic) -> list[JSON]:
    report = made.check().report
    return [finding for checked in report["checked"] for finding in checked["findings"]] + report["findings"]


def element(resource: Any, path: str) -> Any:
    """What a FHIRPath of a finding points at; None where nothing is there."""
    for name, place in re.findall(r"\.(\w+)(?:\[(\d+)\])?", path):
        resource = resource.get(name) if isinstance(resource, dict) else None
        if place and resource is not None:
            resource = resource[int(place)] if int(place) < len(resource) else None
    return resource


def fixed(made: Clinic, fix: JSON) -> Clinic:
    """The bills with the modifier of a fix put on its line."""
    better = copy.deepcopy(made)
    bill = better.files[fix["line"]]
    if "item" in fix:
        item = next(each for each in bill["item"] if each["sequence"] == fix["item"])
        item.setdefault("modifier", []).append(modifier(fix["modifier"]))
    else:
        mark = {"url": EXTENSION + "charge-modifier", "valueCodeableConcept": modifier(fix["modifier"])}
        bill.setdefault("extension", []).append(mark)
    return better


@settings(max_examples=60)
@given(day=days)
def test_no_rule_crashes_and_every_place_is_there(day: JSON) -> None:
    made = bills(day)
    for finding in found(made):
        assert finding["code"] != "ENG02"
        reference, _, path = finding["at"].partition("#")
        assert reference in made.files
        assert finding["code"] == "PRV10" or element(made.files[reference], path) is not None


@settings(max_examples=40)
@given(day=days)
def test_a_modifier_that_is_offered_resolves_the_finding(day: JSON) -> None:
    """But for a 59 or X modifier on a visit, which has to go as well."""
    made = bills(day)
    for finding in found(made):
        fix = finding["fix"]
        if fix is None or "modifier" not in fix or "is for services that are no visits" in finding["message"]:
            continue
        left = {(each["code"], each["at"], each["message"]) for each in found(fixed(made, fix))}
        assert (finding["code"], finding["at"], finding["message"]) not in left


@settings(max_examples=60)
@given(day=days)
def test_no_modifier_is_offered_where_none_helps(day: JSON) -> None:
    for finding in found(bills(day)):
        fix = finding["fix"] or {}
        if finding["code"] in (*NEVER_PAID, "NCC03", "TIM06", "MUE01", "MUE02", "CLM03"):
            assert "modifier" not in fix
        if "overlapping times" in finding["message"]:
            assert fix == {}


@settings(max_examples=30)
@given(day=days, order=st.randoms(use_true_random=False))
def test_the_order_of_the_bills_changes_nothing(day: JSON, order: Any) -> None:
    made = bills(day)
    mixed = copy.deepcopy(made)
    keys = list(mixed.files)
    order.shuffle(keys)
    mixed.files = {key: mixed.files[key] for key in keys}
    assert mixed.check().report == made.check().report
