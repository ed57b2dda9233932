"""Notes, plans and observations of a participant, and what the session keeps at all."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import date

import pytest

from groupbill.charges import interactive_complexity, kept

SECRET = "Worked on grief with her brother."


def document(world, identity="n1", patient="p1", encounter="g1-p1", **elements):
    return world.put(
        {
            "resourceType": "DocumentReference",
            "id": identity,
            "status": "current",
            "docStatus": "final",
            "subject": {"reference": f"Patient/{patient}"},
            "authenticator": {"reference": "Practitioner/rivera"},
            "context": {"encounter": [{"reference": f"Encounter/{encounter}"}]},
            "content": [{"attachment": {"data": base64.b64encode(SECRET.encode()).decode()}}],
            **elements,
        }
    )


def observed(world, code, identity=None, patient="p1", encounter="g1-p1", **elements):
    return world.put(
        {
            "resourceType": "Observation",
            "id": identity or code,
            "status": "final",
            "code": world.coded(world.OWN + "fhir/CodeSystem/documentation", code),
            "subject": {"reference": f"Patient/{patient}"},
            "encounter": {"reference": f"Encounter/{encounter}"},
            **elements,
        }
    )


def notes(world):
    return world.gather().documentation.notes


def test_a_final_authenticated_note_is_signed_by_its_authenticator(world):
    (note,) = notes(document(world))
    assert (note.reference, note.final, note.signed) == ("DocumentReference/n1", True, True)
    assert note.author == ("Practitioner/rivera",)


@pytest.mark.parametrize(("code", "count"), [("59284-0", 0), ("44249-1", 0), ("34133-9", 0), ("11506-3", 1)])
def test_a_consent_a_questionnaire_and_a_summary_are_no_notes(world, code, count):
    assert len(notes(document(world, type=world.coded("http://loinc.org", code)))) == count


def test_of_the_text_only_a_hash_is_kept(world):
    (note,) = notes(document(world))
    assert len(note.digest) == 64
    assert "grief" not in repr(note)


def test_equal_texts_have_equal_hashes_and_other_texts_have_not(world):
    document(world)
    document(world, "n2")
    other = base64.b64encode(b"Another text.").decode()
    document(world, "n3", content=[{"attachment": {"data": other}}])
    one, two, three = notes(world)
    assert one.digest == two.digest != three.digest


def test_a_note_whose_text_is_elsewhere_is_known_by_the_binary_on_file(world):
    document(world)
    data = base64.b64encode(SECRET.encode()).decode()
    world.put({"resourceType": "Binary", "id": "b", "contentType": "text/plain", "data": data})
    document(world, "n2", content=[{"attachment": {"url": "Binary/b"}}])
    one, two = notes(world)
    assert one.digest == two.digest


@pytest.mark.parametrize(
    ("elements", "final", "signed"),
    [
        ({"docStatus": "amended"}, True, True),
        ({"docStatus": "preliminary"}, False, False),
        ({"authenticator": None}, True, False),
    ],
)
def test_a_note_is_signed_when_final_and_authenticated(world, elements, final, signed):
    document(world).change("DocumentReference/n1", **elements)
    assert [(note.final, note.signed) for note in notes(world)] == [(final, signed)]


@pytest.mark.parametrize(
    "elements",
    [
        {"status": "entered-in-error"},
        {"status": "superseded"},
        {"docStatus": "entered-in-error"},
        {"subject": {"reference": "Patient/p2"}},
        {"context": {"encounter": [{"reference": "Encounter/another"}]}},
    ],
)
def test_a_withdrawn_note_or_one_of_another_visit_or_patient_does_not_count(world, elements):
    assert notes(document(world, **elements)) == ()


def test_an_unsigned_note_names_its_author(world):
    document(world, authenticator=None, author=[{"reference": "PractitionerRole/rivera"}])
    world.change("DocumentReference/n1", authenticator=None)
    assert notes(world)[0].author == ("Practitioner/rivera",)


def test_a_composition_is_a_note(world):
    world.put(
        {
            "resourceType": "Composition",
            "id": "c1",
            "status": "final",
            "subject": {"reference": "Patient/p1"},
            "encounter": {"reference": "Encounter/g1-p1"},
            "attester": [{"mode": "professional", "party": {"reference": "Practitioner/rivera"}}],
            "section": [{"text": {"status": "generated", "div": "<div>Text</div>"}}],
        }
    )
    (note,) = notes(world)
    assert (note.reference, note.signed, note.author) == ("Composition/c1", True, ("Practitioner/rivera",))
    assert note.digest is not None


def test_an_r5_document_names_its_encounter_in_the_context_itself(world):
    document(
        world,
        context=[{"reference": "Encounter/g1-p1"}],
        authenticator=None,
        attester=[{"party": {"reference": "Practitioner/rivera"}}],
    )
    world.change("DocumentReference/n1", authenticator=None)
    assert notes(world)[0].signed is True


def test_without_an_own_encounter_the_sessions_counts(world):
    world.drop("Encounter/g1-p1")
    document(world, encounter="g1")
    document(world, "other", patient="p2", encounter="g1")
    found = world.gather(member=world.member(encounter=None)).documentation
    assert [note.reference for note in found.notes] == ["DocumentReference/n1"]


def plan(world, **elements):
    return world.put(
        {
            "resourceType": "CarePlan",
            "id": "plan",
            "status": "active",
            "intent": "plan",
            "subject": {"reference": "Patient/p1"},
            "period": {"start": "2026-01-01", "end": "2026-06-30"},
            "activity": [{"detail": {"code": world.coded(world.CPT, "90853"), "status": "in-progress"}}],
            **elements,
        }
    )


def test_a_plan_in_force_with_the_sessions_code_is_found(world):
    found = plan(world).gather().documentation
    assert (found.plan, found.plans_on_file, found.plan_review_due) == ("CarePlan/plan", True, None)


@pytest.mark.parametrize(
    "elements",
    [
        {"status": "revoked"},
        {"status": "draft"},
        {"period": {"start": "2026-03-11"}},
        {
            "activity": [
                {"detail": {"code": {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "90837"}]}}}
            ]
        },
    ],
)
def test_another_plan_is_on_file_and_does_not_order_the_session(world, elements):
    found = plan(world, **elements).gather().documentation
    assert (found.plan, found.plans_on_file) == (None, True)


@pytest.mark.parametrize(
    "activity",
    [
        [{"detail": {"code": {"coding": [{"system": "http://snomed.info/sct", "code": "698360004"}]}}}],
        [{"detail": {"code": {"text": "Group psychotherapy"}}}],
        [],
    ],
)
def test_a_plan_of_other_care_or_in_prose_says_nothing_of_the_plans_kept_here(world, activity):
    over = {"start": "2025-09-01", "end": "2026-02-28"}
    found = plan(world, activity=activity, period=over).gather().documentation
    assert (found.plan, found.plans_on_file, found.plan_review_due) == (None, False, None)


def test_a_plan_completed_since_was_in_force_on_the_date(world):
    assert plan(world, status="completed").gather().documentation.plan == "CarePlan/plan"


def test_an_active_plan_past_its_period_waits_for_a_review(world):
    found = plan(world, period={"start": "2025-09-01", "end": "2026-02-28"}).gather().documentation
    assert (found.plan, found.plan_review_due) == (None, date(2026, 2, 28))


def test_a_plan_that_refers_to_a_request_is_read_through_it(world):
    world.put(
        {
            "resourceType": "ServiceRequest",
            "id": "order",
            "status": "active",
            "intent": "order",
            "subject": {"reference": "Patient/p1"},
            "code": world.coded("http://snomed.info/sct", "76168009"),
        }
    )
    plan(world, activity=[{"reference": {"reference": "ServiceRequest/order"}}])
    assert world.gather().documentation.plan == "CarePlan/plan"


def test_without_a_plan_none_is_on_file(world):
    found = world.gather().documentation
    assert (found.plan, found.plans_on_file) == (None, False)


def test_the_number_attending_is_read(world):
    assert observed(world, "number-attending", valueInteger=8).gather().documentation.count == 8


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("interactive-complexity", "interactive_complexity"),
        ("audio-only-reason", "audio_only_reason"),
        ("incident-to", "incident_to"),
        ("intermediate-care", "intermediate_care"),
        ("telehealth-consent", "telehealth_consent"),
    ],
)
def test_each_flag_is_read_where_it_is_said(world, code, name):
    assert not getattr(world.gather().documentation, name)
    assert getattr(observed(world, code, valueBoolean=True).gather().documentation, name) is True
    assert getattr(observed(world, code, valueBoolean=False).gather().documentation, name) is False


def test_consent_is_unknown_until_it_is_said(world):
    assert world.gather().documentation.telehealth_consent is None


def test_a_reason_in_words_counts_as_a_reason(world):
    observed(world, "audio-only-reason", valueString="no camera")
    assert world.gather().documentation.audio_only_reason is True


@pytest.mark.parametrize(
    "elements",
    [
        {"status": "entered-in-error"},
        {"subject": {"reference": "Patient/p2"}},
        {"encounter": {"reference": "Encounter/another"}},
    ],
)
def test_an_observation_withdrawn_or_about_something_else_does_not_count(world, elements):
    observed(world, "number-attending", valueInteger=8).change("Observation/number-attending", **elements)
    assert world.gather().documentation.count is None


def test_complexity_of_one_member_is_not_the_others(world):
    observed(world, "interactive-complexity", valueBoolean=True)
    sources = world.sources()
    assert [interactive_complexity(sources, world.session, member) for member in world.session.members] == [
        True,
        False,
    ]


def test_what_one_member_has_on_file_the_session_keeps(world):
    document(world)
    plan(world, subject={"reference": "Patient/p2"})
    observed(world, "number-attending", valueInteger=2)
    observed(world, "telehealth-consent", valueBoolean=False)
    assert kept(world.sources(), world.session) == {"note", "plan", "count", "consent"}
    second = world.gather(member=world.member("Patient/p2", encounter="Encounter/g1-p2"))
    assert second.documentation.kept == {"note", "plan", "count", "consent"}
    assert second.documentation.notes == ()


def test_a_session_that_keeps_nothing_keeps_nothing(world):
    assert kept(world.sources(), world.session) == frozenset()


def test_a_guest_has_no_record(world):
    guest = replace(world.session.members[0], member="Practitioner/guest", patient=None)
    world.session = replace(world.session, members=(guest,))
    assert kept(document(world).sources(), world.session) == frozenset()
