from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from groupbill.reference import Reference
from groupbill.reference.shipped import names, read

ON = date(2026, 3, 10)
NONFACILITY = "03 04 10 11 12 13 14 20 32 33 49 50 54 55 57 58 62 71 72 99".split()
FACILITY = "02 19 21 22 23 31 51 52 53 56 61".split()


@pytest.mark.parametrize("code", NONFACILITY)
def test_places_paid_at_the_nonfacility_rate(shipped: Reference, code: str) -> None:
    place = shipped.place_of_service(code)
    assert place is not None
    assert not place.facility


@pytest.mark.parametrize("code", FACILITY)
def test_places_paid_at_the_facility_rate(shipped: Reference, code: str) -> None:
    place = shipped.place_of_service(code)
    assert place is not None
    assert place.facility


def test_home_by_video_exists_since_2022(shipped: Reference) -> None:
    place = shipped.place_of_service("10")
    assert place is not None
    assert place.start == date(2022, 1, 1)


@pytest.mark.parametrize("code", ["", "1", "00", "011", "98", "XX"])
def test_places_that_do_not_exist(shipped: Reference, code: str) -> None:
    assert shipped.place_of_service(code) is None


@pytest.mark.parametrize(
    ("code", "group", "medicare", "percent", "start"),
    [
        ("2084P0800X", "psychiatrist", True, 100, None),
        ("207Q00000X", "physician", True, 100, None),
        ("103TP2701X", "clinical-psychologist", True, 100, None),
        ("103TC0700X", "clinical-psychologist", True, 100, None),
        ("1041C0700X", "clinical-social-worker", True, 75, None),
        ("106H00000X", "marriage-and-family-therapist", True, 75, date(2024, 1, 1)),
        ("101YM0800X", "mental-health-counselor", True, 75, date(2024, 1, 1)),
        ("101YP2500X", "mental-health-counselor", True, 75, date(2024, 1, 1)),
        ("363LP0808X", "nurse-practitioner", True, 85, None),
        ("364SP0808X", "clinical-nurse-specialist", True, 85, None),
        ("363A00000X", "physician-assistant", True, 85, None),
        ("163WP0808X", "registered-nurse", False, None, None),
        ("163WG0000X", "registered-nurse", False, None, None),
        ("104100000X", "social-worker", False, None, None),
        ("390200000X", "student", False, None, None),
        ("103K00000X", "behavior-analyst", False, None, None),
    ],
)
def test_who_may_bill_medicare_and_at_which_share(
    shipped: Reference, code: str, group: str, medicare: bool, percent: int | None, start: date | None
) -> None:
    found = shipped.taxonomy(code)
    assert found is not None
    assert (found.code, found.group, found.medicare, found.start) == (code, group, medicare, start)
    assert found.percent == (None if percent is None else Decimal(percent))
    assert not found.billing_only


@pytest.mark.parametrize("code", ["261QM0801X", "261QF0400X", "261QR1300X", "283Q00000X"])
def test_organizations_never_render(shipped: Reference, code: str) -> None:
    found = shipped.taxonomy(code)
    assert found is not None
    assert found.billing_only
    assert not found.medicare


@pytest.mark.parametrize("code", ["", "207", "207*", "ZZZZ00000X", "122300000X"])
def test_unknown_taxonomies_are_not_guessed(shipped: Reference, code: str) -> None:
    assert shipped.taxonomy(code) is None


@pytest.mark.parametrize(
    ("code", "status"),
    [("90885", "B"), ("90887", "B"), ("90889", "B"), ("90875", "N"), ("90876", "N"), ("90882", "N"), ("90863", "I")],
)
def test_services_that_the_fee_schedule_never_pays(shipped: Reference, code: str, status: str) -> None:
    assert shipped.status(code, ON) == status


def test_a_status_not_on_file_is_none(shipped: Reference) -> None:
    assert shipped.status("90834", ON) is None


def test_families_of_services(shipped: Reference) -> None:
    assert shipped.family("individual") == {"90832", "90834", "90837"}
    assert shipped.family("intake") == {"90791", "90792"}
    assert shipped.family("crisis") == {"90839", "90840"}
    assert shipped.family("family") == {"90846", "90847"}
    assert shipped.families("90853") == {"group"}
    assert shipped.families("99999") == frozenset()
    with pytest.raises(KeyError):
        shipped.family("nothing")


@pytest.mark.parametrize(
    "code", ["99202", "99213", "99215", "99285", "99310", "99350", "99417", "99499", "G0463", "G0382"]
)
def test_evaluation_and_management(shipped: Reference, code: str) -> None:
    assert shipped.is_evaluation(code)


@pytest.mark.parametrize("code", ["90853", "90791", "99201", "99999", "96127", "G0385", ""])
def test_no_evaluation_and_management(shipped: Reference, code: str) -> None:
    assert not shipped.is_evaluation(code)


def test_the_code_for_a_missing_authorization_number_is_retired(shipped: Reference) -> None:
    retired = shipped.denial("15")
    assert retired is not None
    assert (retired.kind, retired.end) == ("carc", date(2018, 4, 30))
    duplicate = shipped.denial("18")
    assert duplicate is not None
    assert duplicate.group == "OA"
    remark = shipped.denial("N362")
    assert remark is not None
    assert remark.kind == "rarc"
    assert shipped.denial("234") is None


@pytest.mark.parametrize("name", names())
def test_every_data_file_says_where_it_comes_from(name: str) -> None:
    data = read(name)
    assert {"source", "edition", "confidence"} <= set(data.provenance)
    assert all(data.provenance.values())
    assert data.rows
    assert all(isinstance(value, str) and None not in row for row in data.rows for value in row.values())
