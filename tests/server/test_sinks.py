"""Ways of writing on the wire: what is sent, what a refusal means, and what is remembered of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import responses
from requests import PreparedRequest

from groupbill.errors import Refused
from groupbill.model import Action, Step
from groupbill.model.identity import CHARGE_ITEM_SYSTEM, CLAIM_SYSTEM, resource_id
from groupbill.server import Client, Learned, Way, choose
from groupbill.server.capability import Capability, from_statement

BASE = "https://ehr.example.org/fhir"
ALL = ("ChargeItem", "Claim", "Task", "Provenance")
PROFILE = "https://w3id.org/groupbill/fhir/StructureDefinition/group-claim"
Answer = tuple[int, dict[str, str], str]


def server(*offers: str, software: str = "", **of_type: Any) -> Capability:
    resources = [{"type": kind, **of_type} for kind in ALL]
    rest = {"interaction": [{"code": each} for each in offers], "resource": resources}
    return from_statement(BASE, {"fhirVersion": "4.0.1", "software": {"name": software}, "rest": [rest]})


def create(number: int = 1) -> list[Step]:
    """A ChargeItem and the Claim that names it."""
    item, claim = f"K{number}", f"L{number}"
    charge = f"ChargeItem/{resource_id(CHARGE_ITEM_SYSTEM, item)}"
    bill = f"Claim/{resource_id(CLAIM_SYSTEM, claim)}"
    made = {
        charge: {"identifier": [{"system": CHARGE_ITEM_SYSTEM, "value": item}]},
        bill: {
            "identifier": [{"system": CLAIM_SYSTEM, "value": claim}],
            "meta": {"profile": [PROFILE]},
            "supportingInfo": [{"valueReference": {"reference": charge}}],
        },
    }
    return [
        Step(
            reference=name,
            action=Action.CREATE,
            resource={"resourceType": name.partition("/")[0], "id": name.partition("/")[2], **rest},
        )
        for name, rest in made.items()
    ]


CHARGE, CLAIM = (step.reference for step in create())


class Wire:
    """A server that remembers what it was sent and answers as it is told."""

    def __init__(self, wire: responses.RequestsMock) -> None:
        self.sent: list[tuple[str, str, dict[str, Any]]] = []
        self.refuses: dict[str, int] = {}
        """Status by what a request holds: a method, `ifNoneExist`, `profile`."""
        for method in (responses.GET, responses.POST, responses.PUT):
            wire.add_callback(method, re.compile(BASE + ".*"), self.answer)

    def answer(self, request: PreparedRequest) -> Answer:
        path = str(request.url).removeprefix(BASE).partition("?")[0]
        if request.method == "GET":
            return 200, {}, '{"resourceType": "Bundle"}'
        body = json.loads(request.body or b"{}")
        self.sent.append((str(request.method), path, body))
        text = json.dumps(body) + str(request.method) + str(request.headers.get("If-None-Exist", ""))
        for word, status in self.refuses.items():
            if word in text or word == body.get("type"):
                return status, {}, "{}"
        if body.get("resourceType") != "Bundle":
            kind = body["resourceType"]
            name = body.get("id") or f"server-{len(self.sent)}"
            return 201, {"Location": f"{kind}/{name}/_history/1"}, ""
        return 200, {}, json.dumps({"resourceType": "Bundle", "entry": [self._entry(each) for each in body["entry"]]})

    def _entry(self, entry: dict[str, Any]) -> dict[str, Any]:
        name = entry["resource"].get("id") or "server-" + entry["resource"]["identifier"][0]["value"]
        kind = entry["resource"]["resourceType"]
        return {"response": {"status": "201 Created", "location": f"{kind}/{name}/_history/1", "etag": 'W/"1"'}}

    @property
    def requests(self) -> list[str]:
        return [f"{method} {body.get('type') or path}" for method, path, body in self.sent]


@pytest.fixture
def there(wire: responses.RequestsMock) -> Wire:
    return Wire(wire)


def test_a_transaction_with_our_ids_puts_targets_first_under_full_urls(client: Client, there: Wire) -> None:
    made = choose(client, server("transaction", updateCreate=True)).write(list(reversed(create())))
    [(_, path, bundle)] = there.sent
    assert (path, bundle["type"]) == ("", "transaction")
    assert [entry["request"] for entry in bundle["entry"]] == [
        {"method": "PUT", "url": CHARGE},
        {"method": "PUT", "url": CLAIM},
    ]
    assert [entry["fullUrl"] for entry in bundle["entry"]] == [f"{BASE}/{CHARGE}", f"{BASE}/{CLAIM}"]
    assert [(each.reference, each.version, each.status) for each in made] == [
        (CLAIM, "1", "created"),
        (CHARGE, "1", "created"),
    ], "in the order that was asked"


def test_an_update_is_on_the_version_that_was_read(client: Client, there: Wire) -> None:
    resource = {"resourceType": "Claim", "id": "theirs", "status": "cancelled"}
    step = Step(reference="Claim/theirs", action=Action.CANCEL, resource=resource, version="7")
    choose(client, server("transaction", updateCreate=True)).write([step])
    assert there.sent[0][2]["entry"][0]["request"] == {"method": "PUT", "url": "Claim/theirs", "ifMatch": 'W/"7"'}


def test_without_ids_of_ours_references_go_by_full_url_and_the_condition_has_one_form(
    client: Client, there: Wire
) -> None:
    sink = choose(client, server("transaction", updateCreate=False, conditionalCreate=True))
    made = sink.write(create())
    charge, claim = there.sent[0][2]["entry"]
    assert charge["request"] == {
        "method": "POST",
        "url": "ChargeItem",
        "ifNoneExist": f"identifier={CHARGE_ITEM_SYSTEM}|K1",
    }
    assert "id" not in charge["resource"]
    assert claim["resource"]["supportingInfo"][0]["valueReference"]["reference"] == charge["fullUrl"]
    assert [each.reference for each in made] == ["ChargeItem/server-K1", "Claim/server-L1"]


def test_single_writes_name_the_ids_that_the_server_gave(client: Client, there: Wire) -> None:
    made = choose(client, server(updateCreate=False, conditionalCreate=True)).write(create())
    assert there.requests == ["POST /ChargeItem", "POST /Claim"]
    named = there.sent[1][2]["supportingInfo"][0]["valueReference"]["reference"]
    assert named == made[0].reference == "ChargeItem/server-1"


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_way_that_the_server_does_not_have_is_given_up_for_good(
    client: Client, there: Wire, tmp_path: Path, status: int
) -> None:
    there.refuses = {"transaction": status}
    capability = server("transaction", "batch", updateCreate=True)
    learned = Learned(tmp_path / "servers.json")
    sink = choose(client, capability, learned=learned)
    sink.write(create(1))
    assert sink.way is Way.BATCH
    there.sent.clear()
    sink.write(create(2))
    assert there.requests == ["POST batch"]
    assert learned.about(capability).ways[0] is Way.BATCH


@pytest.mark.parametrize("status", [400, 404, 405])
def test_a_server_without_ids_of_ours_is_found_out_by_the_first_write(
    client: Client, there: Wire, status: int
) -> None:
    there.refuses = {'"PUT"': status}
    sink = choose(client, server("transaction", conditionalCreate=True))
    made = sink.write(create())
    assert sink.way is Way.CONDITIONAL
    assert [each.status for each in made] == ["created", "created"]


def test_a_server_that_refuses_our_profiles_is_written_to_without_them(client: Client, there: Wire) -> None:
    there.refuses = {"profile": 422}
    sink = choose(client, server("transaction", updateCreate=True))
    sink.write(create(1))
    assert sink.way is Way.IDS
    there.sent.clear()
    sink.write(create(2))
    assert there.requests == ["POST transaction"], "it is remembered"
    assert "profile" not in json.dumps(there.sent)


def test_content_that_is_refused_whole_is_not_tried_in_parts(client: Client, there: Wire) -> None:
    there.refuses = {"transaction": 422}
    with pytest.raises(Refused) as raised:
        choose(client, server("transaction", "batch", updateCreate=True, conditionalCreate=True)).write(create())
    assert raised.value.status == 422
    assert set(there.requests) == {"POST transaction"}


@pytest.mark.parametrize(
    ("software", "said", "most"),
    [("Medplum", {"updateCreate": True}, 50), ("Medplum", {"updateCreate": False, "conditionalCreate": True}, 8)],
)
def test_sizes_that_a_server_refuses_are_kept_to_and_what_belongs_together_stays_so(
    client: Client, there: Wire, software: str, said: dict[str, bool], most: int
) -> None:
    steps = [step for number in range(30) for step in create(number)]
    made = choose(client, server("transaction", software=software, **said)).write(steps)
    assert len(made) == len(steps)
    for _, _, bundle in there.sent:
        values = [entry["resource"]["identifier"][0]["value"] for entry in bundle["entry"]]
        assert len(values) <= most
        assert {each[1:] for each in values if each[0] == "K"} == {each[1:] for each in values if each[0] == "L"}


def test_a_type_that_the_server_does_not_have_is_left_out_and_said(client: Client, there: Wire) -> None:
    resources = [{"type": kind, "updateCreate": True} for kind in ("ChargeItem", "Claim")]
    rest = {"interaction": [{"code": "transaction"}], "resource": resources}
    task = Step(reference="Task/t", action=Action.CREATE, resource={"resourceType": "Task", "id": "t"})
    made = choose(client, from_statement(BASE, {"fhirVersion": "4.0.1", "rest": [rest]})).write([*create(), task])
    assert [each.status for each in made] == ["created", "created", "left-out"]


def test_steps_that_keep_send_nothing(client: Client, there: Wire) -> None:
    made = choose(client, server("transaction")).write([Step(reference=CLAIM, action=Action.KEEP, version="3")])
    assert there.sent == []
    assert [(each.status, each.version) for each in made] == [("unchanged", "3")]


def test_a_server_that_takes_no_claims_gets_a_file_or_says_why_not(client: Client, tmp_path: Path) -> None:
    capability = from_statement(BASE, {"fhirVersion": "4.0.1", "rest": [{"resource": [{"type": "Task"}]}]})
    with pytest.raises(Refused, match="does not take ChargeItem, Claim"):
        choose(client, capability)
    file = tmp_path / "export.ndjson"
    sink = choose(client, capability, export=file)
    assert [each.status for each in sink.write(create(1))] == ["exported", "exported"]
    sink.write(create(2))
    bundles = [json.loads(line) for line in file.read_text().splitlines()]
    assert [[entry["resource"]["resourceType"] for entry in each["entry"]] for each in bundles] == [
        ["ChargeItem", "Claim"]
    ] * 2


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1}', '{"https://ehr.example.org/fhir 4.0.1": []}'])
def test_a_damaged_memory_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "servers.json"
    file.write_text(text)
    capability = server("transaction")
    assert Learned(file).about(capability) == capability
    Learned(file).keep(capability, client_ids=False)
    assert Learned(file).about(capability).client_ids is False
