"""A FHIR server in one file, for the demonstration: in memory, with searches, transactions, rest-hook Subscriptions.

Run it with `python examples/service/ehr.py PORT`. A real site has its own; the demonstration takes one by `--server`.
"""

from __future__ import annotations

import sys
import threading
import uuid
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import Any

import requests
import uvicorn
from fastapi import FastAPI, Request, Response

from groupbill.facts import WATCHED
from groupbill.fhir import json
from groupbill.testing.server import MemoryServer, StaleVersion

JSON = dict[str, Any]
OTHERS = ("Organization", "Location", "Practitioner", "PractitionerRole", "Task", "Provenance", "Subscription")
KINDS = (*WATCHED, *OTHERS, "ChargeItemDefinition")
STATEMENT = {
    "resourceType": "CapabilityStatement",
    "status": "active",
    "kind": "instance",
    "fhirVersion": "4.0.1",
    "format": ["json"],
    "software": {"name": "groupbill example"},
    "rest": [
        {
            "mode": "server",
            "interaction": [{"code": "transaction"}],
            "resource": [{"type": each, "updateCreate": True, "versioning": "versioned-update"} for each in KINDS],
        }
    ],
}

app = FastAPI()
store = MemoryServer()
lock = threading.Lock()
news: SimpleQueue[JSON] = SimpleQueue()


def put(resource: JSON, if_match: str | None = None) -> JSON:
    """Write a resource and tell the subscribers."""
    if resource["resourceType"] == "Subscription" and resource.get("status") == "requested":
        resource = {**resource, "status": "active"}
    meta = {**resource.get("meta", {}), "lastUpdated": datetime.now(UTC).isoformat(timespec="milliseconds")}
    stored = store.put({**resource, "meta": meta}, if_match)
    news.put(stored)
    return stored


def tell() -> None:
    """Send what changed to those who asked for it, as HAPI does: PUT endpoint/Type/id."""
    while True:
        resource = news.get()
        kind, id = resource["resourceType"], resource["id"]
        with lock:
            asked = [each["channel"] for each in store.all("Subscription") if each["criteria"] == f"{kind}?"]
        for channel in asked:
            headers = dict(line.split(": ", 1) for line in channel.get("header", ()))
            headers["Content-Type"] = "application/fhir+json"
            try:
                requests.put(f"{channel['endpoint']}/{kind}/{id}", json.dumps(resource), headers=headers, timeout=5)
            except requests.RequestException:
                print("a notification was lost", file=sys.stderr)


def answer(body: Any, status: int = 200) -> Response:
    headers = {}
    if isinstance(body, dict) and "meta" in body:
        headers = {"ETag": f'W/"{body["meta"]["versionId"]}"', "Location": f"{body['resourceType']}/{body['id']}"}
    return Response(json.dumps(body), status, headers, media_type="application/fhir+json")


def outcome(status: int, code: str) -> Response:
    return answer({"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": code}]}, status)


@app.get("/metadata")
def metadata() -> Response:
    return answer(STATEMENT)


@app.get("/{kind}")
def search(kind: str, request: Request) -> Response:
    asked = [(name, value) for name, value in request.query_params.multi_items() if not name.startswith("_")]
    asked += [("_id", value) for name, value in request.query_params.multi_items() if name == "_id"]
    with lock:
        try:
            found = store.read(f"{kind}?" + "&".join(f"{name}={value}" for name, value in asked))
        except ValueError:
            found = store.all(kind)
        since = request.query_params.get("_lastUpdated", "ge").removeprefix("ge")
        found = [each for each in found if each["meta"].get("lastUpdated", "") >= since]
        return answer(
            {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": each} for each in found]}
        )


@app.get("/{kind}/{id}")
def read(kind: str, id: str) -> Response:
    with lock:
        found = store.get(f"{kind}/{id}")
        return outcome(404, "not-found") if found is None else answer(found)


@app.put("/{kind}/{id}")
async def update(kind: str, id: str, request: Request) -> Response:
    body = json.loads(await request.body())
    with lock:
        try:
            return answer(put(body, request.headers.get("if-match")))
        except StaleVersion:
            return outcome(412, "conflict")


@app.post("/{kind}")
async def create(kind: str, request: Request) -> Response:
    body = json.loads(await request.body())
    with lock:
        return answer(put({**body, "id": str(uuid.uuid4())}), 201)


@app.delete("/{kind}/{id}")
def delete(kind: str, id: str) -> Response:
    with lock:
        store.delete(f"{kind}/{id}")
    return Response(status_code=204)


@app.post("/")
async def transaction(request: Request) -> Response:
    bundle = json.loads(await request.body())
    with lock:
        try:
            store.check(bundle)
        except StaleVersion:
            return outcome(412, "conflict")
        made = [put(each["resource"], each["request"].get("ifMatch")) for each in bundle["entry"]]
    entries = [
        {
            "response": {
                "status": "200",
                "location": f"{each['resourceType']}/{each['id']}",
                "etag": f'W/"{each["meta"]["versionId"]}"',
            }
        }
        for each in made
    ]
    return answer({"resourceType": "Bundle", "type": "transaction-response", "entry": entries})


if __name__ == "__main__":
    threading.Thread(target=tell, daemon=True).start()
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
