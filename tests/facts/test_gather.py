"""Which facts are read for a session, and how: rounds of searches whose number does not depend on the group."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import pytest

from groupbill import Change, Host, Settings
from groupbill.facts import facts_of, sessions_between
from groupbill.facts.queries import PER_SEARCH, batched, on_days
from groupbill.fhir.index import Index
from groupbill.fhir.read import add_resources
from groupbill.testing import builders as b
from groupbill.testing.server import MemoryServer

HOURS = ("2026-03-10T10:00:00-05:00", "2026-03-10T11:00:00-05:00")
SETTINGS = Settings.parse(
    {
        "timezone": "America/Chicago",
        "prices": {"90853": "120.00"},
        "payers": {"Organization/bluestar": "commercial"},
        "billing": {"provider": "Organization/clinic"},
    }
)


def group_of(names: Sequence[str]) -> list[b.JSON]:
    """A session in which everybody has a visit of their own."""
    facts = [b.clinic(), b.payer("bluestar", "Blue Star PPO"), b.location("room"), b.practitioner("leader", 101)]
    facts += [b.group("g", names), b.encounter("s", "Group/g", HOURS, leader="leader", location="room")]
    for name in names:
        facts += [b.patient(name), b.condition(name, "F33.1"), b.coverage(name, "bluestar")]
        facts.append(b.encounter(f"s-{name}", f"Patient/{name}", HOURS, part_of="s", diagnosis=f"dx-{name}"))
    return facts


def found(store: MemoryServer, *asked: str) -> set[str]:
    return {f"{each['resourceType']}/{each['id']}" for each in facts_of(asked, store.read, SETTINGS).resources}


@pytest.mark.parametrize("asked", ["Encounter/s", "Encounter/s-ana"])
def test_everything_that_a_run_over_all_resources_sees_of_a_session_is_read(asked: str) -> None:
    resources = group_of(["ana", "ben", "cruz"])
    facts = facts_of([asked], MemoryServer(resources).read, SETTINGS)
    host, today = Host(SETTINGS), date(2026, 3, 16)
    whole = host.run(resources, today).to_json()["sessions"]
    assert host.run(facts.resources, today).to_json()["sessions"] == whole
    assert [member["outcome"] for member in whole[0]["members"]] == ["charged"] * 3


def test_the_number_of_questions_does_not_grow_with_the_group() -> None:
    counts = set()
    for size in (2, 30, 100):
        store = MemoryServer(group_of([f"p{number}" for number in range(size)]))
        questions: list[str] = []

        def read(question: str, store: MemoryServer = store, questions: list[str] = questions) -> Sequence[b.JSON]:
            questions.append(question)
            return store.read(question)

        facts_of(["Encounter/s"], read, SETTINGS)
        counts.add(len(questions))
    assert len(counts) == 1
    assert max(counts) <= 35


def test_independent_questions_can_be_asked_at_the_same_time() -> None:
    store = MemoryServer(group_of(["ana", "ben"]))
    rounds: list[int] = []

    def together(read: b.Any, questions: Iterable[str]) -> list[Sequence[b.JSON]]:
        listed = list(questions)
        rounds.append(len(listed))
        return [read(each) for each in listed]

    facts_of(["Encounter/s"], store.read, SETTINGS, together)
    assert len([each for each in rounds if each]) <= 9
    assert max(rounds) >= 15


def test_another_patients_chart_is_not_read() -> None:
    store = MemoryServer(group_of(["ana", "ben"]))
    alone = ("2026-03-10T14:00:00-05:00", "2026-03-10T15:00:00-05:00")
    for each in (b.patient("zoe"), b.coverage("zoe", "bluestar"), b.condition("zoe", "F33.1")):
        store.put(each)
    store.put(b.encounter("i1", "Patient/zoe", alone, leader="leader", code="90834"))
    assert not {"Coverage/cov-zoe", "Condition/dx-zoe"} & found(store, "Encounter/s")


def test_what_was_written_for_somebody_who_left_is_found_by_the_key_of_the_session() -> None:
    store = MemoryServer(group_of(["ana", "ben", "cruz"]))
    host, today = Host(SETTINGS), date(2026, 3, 16)
    for bundle in host.run(store.all(), today).transactions():
        store.transaction(bundle)
    store.put(b.group("g", ["ana", "ben"]))
    store.delete("Encounter/s-cruz")
    facts = facts_of(["Encounter/s"], store.read, SETTINGS)
    claims = [each["patient"]["reference"] for each in facts.resources if each["resourceType"] == "Claim"]
    assert "Patient/cruz" in claims


def test_a_leader_and_an_organization_that_are_named_by_identifier_alone_are_found() -> None:
    resources = group_of(["ana", "ben"])
    leader, clinic = b.npi(101), b.npi(900)
    system = "http://hl7.org/fhir/sid/us-npi"
    for each in resources:
        if each["id"] == "s":
            each["participant"][0]["individual"] = {"identifier": {"system": system, "value": leader}}
            each["serviceProvider"] = {"identifier": {"system": system, "value": clinic}}
    assert {"Practitioner/leader", "Organization/clinic"} <= found(MemoryServer(resources), "Encounter/s")


def led_by(*actors: str) -> list[b.JSON]:
    """Visits that share leader and hour alone, each naming the leader in its own way."""
    facts = [b.clinic(), b.payer("bluestar", "Blue Star PPO"), b.practitioner("leader", 101)]
    facts += [b.role(name, "leader", "clinic", "1041C0700X") for name in ("day", "evening")]
    for number, actor in enumerate(actors):
        name = f"p{number}"
        facts += [b.patient(name), b.condition(name, "F33.1"), b.coverage(name, "bluestar")]
        facts.append(b.encounter(f"v-{name}", f"Patient/{name}", HOURS, leader=actor))
    return facts


@pytest.mark.parametrize(
    "actors",
    [
        ("PractitionerRole/day", "PractitionerRole/day"),
        ("PractitionerRole/day", "PractitionerRole/evening"),
        ("Practitioner/leader", "PractitionerRole/day", "PractitionerRole/evening"),
    ],
)
def test_visits_that_name_their_leader_by_roles_find_each_other(actors: Sequence[str]) -> None:
    resources = led_by(*actors)
    store, host, today = MemoryServer(resources), Host(SETTINGS), date(2026, 3, 16)
    [whole] = host.run(resources, today).to_json()["sessions"]
    assert [member["outcome"] for member in whole["members"]] == ["charged"] * len(actors)
    for number in range(len(actors)):
        facts = facts_of([f"Encounter/v-p{number}"], store.read, SETTINGS)
        assert host.run(facts.resources, today).to_json()["sessions"] == [whole]
    assert len(sessions_between(date(2026, 3, 10), date(2026, 3, 10), store.read, SETTINGS).sessions) == 1


@pytest.mark.parametrize("on_file", [True, False])
@pytest.mark.parametrize("contained", [True, False])
def test_visits_whose_leader_no_search_can_name_find_each_other(contained: bool, on_file: bool) -> None:
    resources = led_by("Practitioner/leader", "Practitioner/leader", "Practitioner/leader")
    leader = next(each for each in resources if each["resourceType"] == "Practitioner")
    for each in resources:
        if each["resourceType"] == "Encounter" and contained:
            each["contained"] = [{**leader, "id": "x"}]
            each["participant"][0]["individual"] = b.ref("#x")
        elif each["resourceType"] == "Encounter":
            each["participant"][0]["individual"] = {"identifier": leader["identifier"][0]}
    if not on_file:
        resources.remove(leader)
    store, host, today = MemoryServer(resources), Host(SETTINGS), date(2026, 3, 16)
    [whole] = host.run(resources, today).to_json()["sessions"]
    assert [member["outcome"] for member in whole["members"]] == ["charged"] * 3
    facts = facts_of(["Encounter/v-p1"], store.read, SETTINGS)
    assert host.run(facts.resources, today).to_json()["sessions"] == [whole]


def test_a_contained_patient_is_looked_for_by_identifier() -> None:
    resources = group_of(["ana", "ben"])
    for each in resources:
        if each["id"] == "s-ana":
            each["contained"] = [{**b.patient("ana"), "id": "x"}]
            each["subject"] = b.ref("#x")
        if each["id"] == "g":
            each["member"] = [{"entity": b.ref("Patient/ben")}]
    assert "Coverage/cov-ana" in found(MemoryServer(resources), "Encounter/s")


def test_appointments_that_name_their_leader_by_role_find_each_other() -> None:
    resources = led_by("PractitionerRole/day", "PractitionerRole/day")
    store = MemoryServer(each for each in resources if each["resourceType"] != "Encounter")
    for visit in (each for each in resources if each["resourceType"] == "Encounter"):
        actors = (visit["subject"]["reference"], "PractitionerRole/day")
        store.put(
            {
                "resourceType": "Appointment",
                "id": visit["id"],
                "status": "fulfilled",
                "serviceType": visit["type"],
                "start": HOURS[0],
                "end": HOURS[1],
                "participant": [{"actor": b.ref(actor), "status": "accepted"} for actor in actors],
            }
        )
    assert {"Appointment/v-p0", "Appointment/v-p1"} <= found(store, "Appointment/v-p0")


def test_what_is_asked_for_and_not_there_is_gone_and_so_is_its_parent() -> None:
    store = MemoryServer(group_of(["ana", "ben"]))
    assert facts_of(["Encounter/x"], store.read, SETTINGS).gone == {"Encounter/x"}
    store.delete("Encounter/s")
    assert facts_of(["Encounter/s-ana"], store.read, SETTINGS).gone == {"Encounter/s"}


def test_days_are_asked_a_day_wider_in_zoned_instants() -> None:
    days = [date(2026, 3, 10), date(2026, 3, 12), date(2026, 3, 30)]
    assert list(on_days("Encounter?participant=", ["Practitioner/a", "Practitioner/b"], days)) == [
        "Encounter?participant=Practitioner/a,Practitioner/b&date=ge2026-03-09T00:00:00Z&date=lt2026-03-14T00:00:00Z",
        "Encounter?participant=Practitioner/a,Practitioner/b&date=ge2026-03-29T00:00:00Z&date=lt2026-04-01T00:00:00Z",
    ]


def test_long_lists_are_asked_in_parts() -> None:
    parts = list(batched("Claim?patient=", [f"Patient/{number}" for number in range(PER_SEARCH + 1)]))
    assert [part.count("Patient/") for part in parts] == [PER_SEARCH, 1]


def test_a_range_holds_the_sessions_whose_local_date_lies_in_it() -> None:
    late = ("2026-03-10T21:30:00-05:00", "2026-03-10T22:30:00-05:00")  # the 11th in UTC
    store = MemoryServer(group_of(["ana", "ben"]))
    for each in ("s", "s-ana", "s-ben"):
        store.put({**(store.get(f"Encounter/{each}") or {}), "period": {"start": late[0], "end": late[1]}})
    assert sessions_between(date(2026, 3, 10), date(2026, 3, 10), store.read, SETTINGS).sessions == ("Encounter/s",)
    assert sessions_between(date(2026, 3, 11), date(2026, 3, 12), store.read, SETTINGS).sessions == ()


def test_a_session_that_leaves_its_time_to_its_parts_is_found_by_them() -> None:
    resources = group_of(["ana", "ben"])
    for each in resources:
        if each["id"] == "s":
            del each["period"]
        elif each["resourceType"] == "Encounter":
            del each["type"]
    day = date(2026, 3, 10)
    assert sessions_between(day, day, MemoryServer(resources).read, SETTINGS).sessions == ("Encounter/s",)


EXAMPLES = Path(__file__).parents[2] / "examples" / "sessions"


@pytest.mark.parametrize(
    "name", [f"{path.name.split('.')[0]}.json" for path in sorted(EXAMPLES.glob("*.report.json"))]
)
def test_any_visit_or_booking_of_an_example_leads_to_the_same_report_as_all_its_resources(name: str) -> None:
    resources = [entry["resource"] for entry in json.loads((EXAMPLES / name).read_text())["entry"]]
    store, host = MemoryServer(resources), Host(Settings.load(EXAMPLES / "groupbill.toml"))
    today = date(2026, 3, 16)
    whole = {each["session"]: each for each in host.run(store.all(), today).to_json()["sessions"]}
    asked = [f"{each['resourceType']}/{each['id']}" for each in resources]
    led = set()
    for reference in asked:
        if not reference.startswith(("Encounter/", "Appointment/")):
            continue
        facts = facts_of([reference], store.read, host.settings)
        index = Index()
        add_resources(index, facts.resources)
        for session in host.run_index(index, today, frozenset({reference})).to_json()["sessions"]:
            assert session == whole[session["session"]], reference
            led.add(session["session"])
    assert led == whole.keys()


@pytest.mark.parametrize("asked", ["ana", "cruz"])
def test_visits_that_share_a_number_are_found_whoever_led_and_whether_or_not_they_are_dated(asked: str) -> None:
    names = ("ana", "ben", "cruz", "dana")
    resources = [each for each in group_of(names) if each["resourceType"] not in ("Group", "Encounter")]
    resources.append(b.practitioner("other", 102))
    for name, leader in zip(names, ("leader", "leader", "other", "other"), strict=True):
        visit = b.encounter(f"s-{name}", f"Patient/{name}", HOURS, leader=leader, location="room")
        resources.append({**visit, "identifier": [{"system": "http://ehr.example/sitting", "value": "S-7"}]})
    del resources[-1]["period"]
    host, today = Host(SETTINGS), date(2026, 3, 16)
    facts = facts_of([f"Encounter/s-{asked}"], MemoryServer(resources).read, SETTINGS)
    [session] = host.run(facts.resources, today).to_json()["sessions"]
    assert [member["member"] for member in session["members"]] == [f"Patient/{name}" for name in names]
    assert [session] == host.run(resources, today).to_json()["sessions"]


def test_the_chart_of_whoever_a_record_was_merged_into_is_read_however_long_the_chain() -> None:
    chain = ("oldest", "older", "ana")
    resources = [each for each in group_of(["ana", "ben"]) if each.get("id") not in ("g", "s-ana", "ana")]
    for before, after in zip(chain, (*chain[1:], None), strict=True):
        link = [] if after is None else [{"other": b.ref(f"Patient/{after}"), "type": "replaced-by"}]
        resources.append({**b.patient(before), "link": link})
    resources += [
        b.group("g", ["oldest", "ben"]),
        b.encounter("s-ana", "Patient/oldest", HOURS, part_of="s", code=None),
    ]
    host, today = Host(SETTINGS), date(2026, 3, 16)
    facts = facts_of(["Encounter/s"], MemoryServer(resources).read, SETTINGS)
    [session] = host.run(facts.resources, today).to_json()["sessions"]
    [ana] = [member for member in session["members"] if member["patient"] == "Patient/ana"]
    assert (ana["outcome"], ana["policy"]) == ("charged", "commercial")
    assert [session] == host.run(resources, today).to_json()["sessions"]


def test_a_note_of_a_booked_visit_is_read_though_the_visit_has_no_date() -> None:
    resources = [each for each in group_of(["ana", "ben"]) if each["resourceType"] not in ("Group", "Encounter")]
    for name in ("ana", "ben"):
        people = [{"actor": b.ref(each), "status": "accepted"} for each in (f"Patient/{name}", "Practitioner/leader")]
        slot = {"start": HOURS[0], "end": HOURS[1], "serviceType": [b.coded(b.CPT, "90853")], "participant": people}
        resources.append({"resourceType": "Appointment", "id": f"a-{name}", "status": "fulfilled", **slot})
        visit = b.encounter(f"s-{name}", f"Patient/{name}", HOURS, leader="leader")
        resources.append({**visit, "appointment": [b.ref(f"Appointment/a-{name}")]})
        signed = {"docStatus": "final", "authenticator": b.ref("Practitioner/leader"), "status": "current"}
        filed = {"subject": b.ref(f"Patient/{name}"), "context": {"encounter": [b.ref(f"Encounter/s-{name}")]}}
        content = {"content": [{"attachment": {"title": name}}]}
        resources.append({"resourceType": "DocumentReference", "id": f"n-{name}", **signed, **filed, **content})
    del next(each for each in resources if each.get("id") == "s-ben")["period"]
    host, today = Host(SETTINGS), date(2026, 3, 16)
    facts = facts_of(["Appointment/a-ana"], MemoryServer(resources).read, SETTINGS)
    whole = host.run(resources, today).to_json()["sessions"]
    assert [member["outcome"] for member in whole[0]["members"]] == ["charged", "charged"]
    assert host.run(facts.resources, today).to_json()["sessions"] == whole


def test_an_event_judges_a_session_beside_another_one_that_is_held_as_a_run_over_both_does() -> None:
    resources = group_of(["ana", "ben"])
    [first] = [each for each in resources if each.get("id") == "s-ana"]
    resources.append(b.condition("ana", "V87.4XXA", name="crash"))
    first["diagnosis"] = [{"condition": b.ref("Condition/crash"), "rank": 1}]
    later = ("2026-03-10T14:00:00-05:00", "2026-03-10T15:00:00-05:00")
    resources.append(b.encounter("t", "Group/g", later, leader="leader", location="room"))
    resources += [b.encounter(f"t-{name}", f"Patient/{name}", later, part_of="t") for name in ("ana", "ben")]
    host, store, today = Host(SETTINGS), MemoryServer(resources), date(2026, 3, 16)
    whole = host.run(resources, today)
    outcomes = [[(str(each.outcome), each.reason) for each in session.members] for session in whole.sessions]
    assert outcomes == [[("held", "rule:DX05"), ("charged", None)], [("charged", None), ("held", "rule:MUE01")]]
    for transaction in whole.transactions():
        store.transaction(transaction)
    event = host.handle(Change(reference="Encounter/t"), read=store.read, today=today)
    assert [[(str(each.outcome), each.reason) for each in session.members] for session in event.sessions] == outcomes[
        1:
    ]
    assert event.transactions() == []
