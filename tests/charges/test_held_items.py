"""What groupbill holds itself is no service yet."""

from __future__ import annotations

import pytest

from groupbill.charges import lines_on_file

OWN_ITEM = "https://w3id.org/groupbill/id/chargeitem"


def group(world, status, **elements):
    return world.put(
        {
            "resourceType": "ChargeItem",
            "id": "group",
            "status": status,
            "code": world.coded(world.CPT, "90853"),
            "subject": {"reference": "Patient/p1"},
            "occurrenceDateTime": "2026-03-10",
            **elements,
        }
    )


OURS = {"identifier": [{"system": OWN_ITEM, "value": "K7Q2M4X9T1B5C8D0"}]}


@pytest.mark.parametrize(("status", "elements", "codes"), [
    ("planned", OURS, []),
    ("billable", OURS, ["90853"]),
    ("billed", OURS, ["90853"]),
    ("planned", {}, ["90853"]),
])  # fmt: skip
def test_a_charge_that_groupbill_holds_competes_with_nothing(world, status, elements, codes) -> None:
    group(world, status, **elements)
    assert [line.code for line in lines_on_file(world.sources(), "Patient/p1")] == codes


def test_nor_does_the_visit_of_a_charge_that_is_held(world) -> None:
    world.put(
        {
            "resourceType": "Encounter",
            "id": "am",
            "status": "finished",
            "class": {"system": world.ACT, "code": "AMB"},
            "subject": {"reference": "Patient/p1"},
            "type": [world.coded(world.CPT, "90853")],
            "period": {"start": "2026-03-10T08:00:00-05:00", "end": "2026-03-10T09:00:00-05:00"},
        }
    )
    group(world, "planned", context={"reference": "Encounter/am"}, **OURS)
    assert lines_on_file(world.sources(), "Patient/p1") == ()
