"""What a server does, tried out with resources that are deleted again: only when a person asks for it.

They are `Basic` resources that say nothing but that they are a probe. Nothing of a patient is touched.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..errors import Conflict, Refused, ServerError, Unknown
from ..model.identity import ID
from .capability import Capability
from .client import Client

PROBE_SYSTEM = ID + "probe"


def probed(client: Client, capability: Capability) -> Capability:
    """The capability as the server behaves.

    Errors:
        ServerError: it takes no `Basic`, so nothing can be tried; or it could not be reached.
    """
    probe = _Probe(client)
    try:
        probe.make()
        ids = probe.holds(probe.takes_ids)
        conditional = probe.holds(probe.honours_condition)
        whole = probe.holds(probe.all_or_nothing)
        versions = probe.holds(probe.refuses_stale)
    finally:
        probe.clean()
    return replace(
        capability,
        client_ids=ids,
        conditional_create=conditional,
        transaction=whole,
        versions=versions,
        refused=frozenset(),
        confirmed=None,
    )


class _Probe:
    """The questions, and what has to be deleted afterwards."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._made: set[str] = set()

    def make(self) -> str:
        """One resource; `Type/id`."""
        return self._note(self._client.create(_basic()).reference)

    def holds(self, question: Callable[[], bool]) -> bool:
        """Whether the answer is yes; a refusal is a no."""
        try:
            return question()
        except (Refused, Conflict, Unknown):
            return False

    def takes_ids(self) -> bool:
        """Whether PUT creates under our id."""
        resource = {**_basic(), "id": str(uuid.uuid4())}
        reference = self._note(f"Basic/{resource['id']}")  # it may be there although no answer comes
        self._note(self._client.put(resource).reference)
        return self._client.get(reference) is not None

    def honours_condition(self) -> bool:
        """Whether a second conditional create finds the first one; some answer 201 to both."""
        resource = _basic()
        query = f"identifier={PROBE_SYSTEM}|{resource['identifier'][0]['value']}"
        first = self._note(self._client.create(resource, query).reference)
        return self._note(self._client.create(resource, query).reference) == first

    def all_or_nothing(self) -> bool:
        """Whether a transaction leaves nothing behind when its second entry can't be done."""
        resource = _basic()
        token = f"{PROBE_SYSTEM}|{resource['identifier'][0]['value']}"
        good = _entry(resource, {"method": "POST", "url": "Basic", "ifNoneExist": f"identifier={token}"})
        bad = _entry({"resourceType": "Basic", "id": "probe"}, {"method": "PUT", "url": "Basic/another"})
        for entries, left in (([good, bad], 0), ([good], 1)):
            try:
                self._client.transaction({"resourceType": "Bundle", "type": "transaction", "entry": entries})
            except ServerError:
                if left:
                    raise
            found = [f"Basic/{each['id']}" for each in self._client.search(f"Basic?identifier={token}")]
            self._made.update(found)
            if len(found) != left:
                return False
        return True

    def refuses_stale(self) -> bool:
        """Whether a write on an old version is refused."""
        reference = self.make()
        resource = {**_basic(), "id": reference.partition("/")[2]}
        version = self._client.put(resource).version
        if version is None:
            return False
        self._client.put({**resource, "code": {"text": "groupbill probe, changed"}}, version)
        try:
            self._client.put(resource, version)
        except Conflict:
            return True
        return False

    def clean(self) -> None:
        """Delete what was made, as far as the server lets us."""
        for reference in sorted(self._made):
            try:
                self._client.delete(reference)
            except ServerError:
                continue

    def _note(self, reference: str | None) -> str:
        if reference is None:
            raise Refused("POST Basic: the answer does not say what was made")
        self._made.add(reference)
        return reference


def _basic() -> dict[str, Any]:
    return {
        "resourceType": "Basic",
        "identifier": [{"system": PROBE_SYSTEM, "value": uuid.uuid4().hex}],
        "code": {"text": "groupbill probe"},
    }


def _entry(resource: dict[str, Any], request: dict[str, str]) -> dict[str, Any]:
    return {"fullUrl": f"urn:uuid:{uuid.uuid4()}", "resource": resource, "request": request}
