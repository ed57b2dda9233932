"""Prior authorizations and referrals."""

from __future__ import annotations

import pytest


def response(world, identity="auth", **elements):
    return world.put(
        {
            "resourceType": "ClaimResponse",
            "id": identity,
            "status": "active",
            "use": "preauthorization",
            "outcome": "complete",
            "patient": {"reference": "Patient/p1"},
            "insurer": {"reference": "Organization/payer"},
            "preAuthRef": "PA-77",
            "preAuthPeriod": {"start": "2026-01-01", "end": "2026-03-10"},
            **elements,
        }
    )


def test_an_authorization_that_covers_the_date_is_found(world):
    found = response(world).gather().authorization
    assert (found.number, found.source) == ("PA-77", "ClaimResponse/auth")


@pytest.mark.parametrize(
    "elements",
    [
        {"preAuthPeriod": {"start": "2026-01-01", "end": "2026-03-09"}},
        {"preAuthPeriod": {"start": "2026-03-11"}},
        {"use": "claim"},
        {"outcome": "error"},
        {"status": "cancelled"},
        {"insurer": {"reference": "Organization/other"}},
        {"patient": {"reference": "Patient/p2"}},
    ],
)
def test_another_answer_is_no_authorization(world, elements):
    assert response(world, **elements).gather().authorization is None


def test_an_authorization_of_another_procedure_does_not_count(world):
    world.put(
        {
            "resourceType": "Claim",
            "id": "ask",
            "status": "active",
            "use": "preauthorization",
            "patient": {"reference": "Patient/p1"},
            "item": [{"sequence": 1, "productOrService": world.coded(world.CPT, "90837")}],
        }
    )
    assert response(world, request={"reference": "Claim/ask"}).gather().authorization is None


def test_an_authorization_asked_for_this_procedure_counts(world):
    world.put(
        {
            "resourceType": "Claim",
            "id": "ask",
            "status": "active",
            "use": "preauthorization",
            "patient": {"reference": "Patient/p1"},
            "item": [{"sequence": 1, "productOrService": world.coded(world.CPT, "90853")}],
        }
    )
    assert response(world, request={"reference": "Claim/ask"}).gather().authorization.number == "PA-77"


def test_the_number_on_the_coverage_stands_in(world):
    world.change("Coverage/p1", extension=[{"url": world.EXTENSION + "authorization", "valueString": "C-9"}])
    found = world.gather().authorization
    assert (found.number, found.source) == ("C-9", "Coverage/p1")


def test_the_payers_answer_goes_before_the_number_on_the_coverage(world):
    world.change("Coverage/p1", extension=[{"url": world.EXTENSION + "authorization", "valueString": "C-9"}])
    assert response(world).gather().authorization.number == "PA-77"


def request(world, identity="ref", **elements):
    return world.put(
        {
            "resourceType": "ServiceRequest",
            "id": identity,
            "status": "active",
            "intent": "order",
            "subject": {"reference": "Patient/p1"},
            **elements,
        }
    )


def test_a_referral_of_the_patient_is_found(world):
    assert request(world).gather().referral == "ServiceRequest/ref"


@pytest.mark.parametrize(
    "elements",
    [
        {"status": "revoked"},
        {"authoredOn": "2026-03-11"},
        {"occurrencePeriod": {"end": "2026-03-09"}},
        {"category": [{"coding": [{"system": "http://snomed.info/sct", "code": "108252007"}]}]},
        {"subject": {"reference": "Patient/p2"}},
    ],
)
def test_what_is_no_referral_on_the_date_is_left_out(world, elements):
    assert request(world, **elements).gather().referral is None


def test_the_request_behind_the_visit_goes_first(world):
    request(world, "a")
    request(world, "z")
    world.change("Encounter/g1-p1", basedOn=[{"reference": "ServiceRequest/z"}])
    assert world.gather().referral == "ServiceRequest/z"
