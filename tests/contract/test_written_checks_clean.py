"""What a run writes, `check` has no error about: both judge the same services by the same rules."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groupbill.testing import builders as b

JSON = dict[str, Any]
Make = Callable[..., Any]
FAMILY = [b.led_by("rivera"), {"individual": b.ref("RelatedPerson/r1")}]
MOTHER = {"resourceType": "RelatedPerson", "id": "r1", "patient": b.ref("Patient/p1")}


def siblings(made: Any, code: str, **changes: Any) -> Any:
    """Visits of one leader at one time (shape C), typed with the code."""
    made.drop("Encounter/g1", "Group/g")
    for name in made.names:
        visit = made[f"Encounter/g1-{name}"]
        del visit["partOf"]
        visit |= {"type": [b.coded(b.CPT, code)], "participant": [b.led_by("rivera")], **changes}
    return made


def one_family_of_two_came(clinic: Make) -> tuple[Any, JSON]:
    made = siblings(clinic(2), "90849").put(MOTHER)
    made["Encounter/g1-p1"]["participant"] = FAMILY
    made["Encounter/g1-p2"]["status"] = "cancelled"
    return made, {"prices": {"90847": "150.00"}}


def units_under_another_code(clinic: Make) -> tuple[Any, JSON]:
    return siblings(clinic(2, "timed"), "90853"), {
        "prices": {"H0004": "30.00"},
        "policies": {"files": ["timed.json"]},
    }


def others_charged_a_visit_that_is_not_on_file(clinic: Make) -> tuple[Any, JSON]:
    made = clinic(2).drop("Encounter/g1-p1", "Encounter/g1-p2")
    made.item("theirs", "p1", "90853", visit="elsewhere")
    return made, {"roster_is_attendance": True}


def two_codes(clinic: Make) -> tuple[Any, JSON]:
    made = siblings(clinic(2), "90853")
    made["Encounter/g1-p1"]["type"].append(b.coded(b.CPT, "99213"))
    return made, {}


@pytest.mark.parametrize(
    ("scene", "codes"),
    [
        (one_family_of_two_came, {"90847"}),
        (units_under_another_code, {"H0004"}),
        (others_charged_a_visit_that_is_not_on_file, {"90853"}),
        (two_codes, {"90853"}),
    ],
)
def test_what_was_written_is_in_order(
    clinic: Make, tmp_path: Path, scene: Callable[[Make], tuple[Any, JSON]], codes: set[str]
) -> None:
    policy = {
        "id": "timed",
        "extends": "commercial",
        "values": {"session_code": {"90853": "H0004"}, "unit_minutes": 15},
    }
    (tmp_path / "timed.json").write_text(json.dumps(policy), encoding="utf-8")
    made, settings = scene(clinic)
    written = made.written(settings, folder=tmp_path)
    claims = [each for each in written if each["resourceType"] == "Claim"]
    assert {item["productOrService"]["coding"][0]["code"] for each in claims for item in each["item"]} == codes
    said = made.put(*written).check(settings, folder=tmp_path)
    assert {each["resource"]: said.errors(each["resource"]) for each in said.report["checked"]} == {
        each["resource"]: [] for each in said.report["checked"]
    }


def test_another_service_of_the_same_visit_still_counts(clinic: Make) -> None:
    made, settings = two_codes(clinic)
    said = made.put(*made.written(settings)).check(settings)
    assert [(each["at"], each["severity"]) for each in said.everything("NCC06")] == [("Encounter/g1-p1", "warning")]
