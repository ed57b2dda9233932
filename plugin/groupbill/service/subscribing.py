"""`groupbill subscribe`: makes, shows, renews and removes the Subscriptions of a server, and sees an event arrive."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import requests

from ..errors import Refused, ServerError, UsageError
from ..facts import WATCHED
from ..model import Resource
from ..server import Client, capability_of
from ..server.address import base_url
from .subscription import OFF, Form, ours, renewed, subscription, topic

ACTIVE_IN = 10.0
"""Seconds that a server has to switch a Subscription on."""
ARRIVES_IN = 20.0
"""Seconds that an event has to arrive."""
NONE = (
    "this server sends no notifications that groupbill could use: let a sweep run by the clock instead, "
    "groupbill run --server URL --from DAY --to DAY --write"
)


@dataclass(frozen=True, slots=True)
class Found:
    """One Subscription and what was done with it."""

    reference: str
    criteria: str
    status: str
    done: str


class Subscribing:
    """The Subscriptions of one server to one endpoint."""

    def __init__(
        self, client: Client, endpoint: str, secret: str | None, pause: Callable[[float], None] = time.sleep
    ):
        """Nothing is asked yet.

        Errors:
            UsageError: the endpoint is no http or https URL.
        """
        try:
            address = base_url(endpoint)
        except UsageError:
            raise UsageError("--endpoint: expected a URL like https://groupbill.example.org/hook") from None
        self._client, self._endpoint, self._secret, self._pause = client, address, secret, pause

    def existing(self) -> list[Resource]:
        """Ours to this endpoint, sorted.

        Errors:
            Refused: the server has no Subscriptions.
        """
        if "Subscription" not in self._client.types:
            raise Refused(NONE)
        found = [each for each in self._client.search("Subscription?") if ours(each, self._endpoint)]
        return sorted(found, key=lambda each: (_criteria(each), str(each["id"])))

    def remove(self) -> list[Found]:
        """Delete them; where the server will not, switch them off."""
        removed = []
        for each in self.existing():
            reference = f"Subscription/{each['id']}"
            try:
                self._client.delete(reference)
                done = "removed"
            except Refused:
                self._client.put({**each, "status": "off"})
                done = "switched off"
            removed.append(Found(reference, _criteria(each), "off", done))
        return removed

    def make(self) -> list[Found]:
        """Make what is missing and renew what is off, in the first form that the server switches on.

        Errors:
            Refused: the server has no Subscriptions, or switches none on.
        """
        existing = self.existing()
        if existing:
            return [*self._renew(existing), *self._missing(existing)]
        for form in self._forms():
            made = self._try(form)
            if made:
                return made
        raise Refused(NONE)

    def _forms(self) -> tuple[Form, ...]:
        server = capability_of(self._client)
        if server.fhir_version.startswith("5"):
            return (Form.R5,)
        if "medplum" in server.software.lower():
            return (Form.SIGNED,)
        return (Form.CRITERIA, Form.TOPIC)

    def _try(self, form: Form) -> list[Found]:
        """All Subscriptions of a form; nothing is left behind where the server does not switch the first one on."""
        kinds = [each for each in WATCHED if each in self._client.types]
        try:
            if form in (Form.TOPIC, Form.R5):
                self._client.put(topic(form))
            first = self._create(form, kinds[0])
        except Refused as error:
            if error.status in (401, 403):
                raise
            return []
        found = self._settled(first)
        if found is None or found.get("status") != "active":
            self._client.delete(first)
            return []
        others = [self._create(form, kind) for kind in kinds[1:]] if form in (Form.CRITERIA, Form.SIGNED) else []
        return [self._shown(each, "made") for each in (first, *others)]

    def _create(self, form: Form, kind: str) -> str:
        answer = self._client.create(subscription(form, kind, self._endpoint, self._secret))
        if answer.reference is None:
            raise Refused("POST Subscription: the server does not say what it made")
        return answer.reference

    def _settled(self, reference: str) -> Resource | None:
        """The Subscription when the server has made up its mind."""
        found, end = self._client.get(reference), time.monotonic() + ACTIVE_IN
        while found is not None and found.get("status") == "requested" and time.monotonic() < end:
            self._pause(0.5)
            found = self._client.get(reference)
        return found

    def _shown(self, reference: str, done: str) -> Found:
        found = self._settled(reference) or {}
        return Found(reference, _criteria(found), str(found.get("status", "gone")), done)

    def _renew(self, existing: list[Resource]) -> list[Found]:
        found = []
        for each in existing:
            off = each.get("status") in OFF
            if off:
                self._client.put(renewed(each))
            found.append(self._shown(f"Subscription/{each['id']}", "renewed" if off else "stands"))
        return found

    def _missing(self, existing: list[Resource]) -> list[Found]:
        """Types that got no Subscription yet, in the form of those that stand."""
        known = {_criteria(each).removesuffix("?") for each in existing}
        if not known <= set(WATCHED):
            return []
        form = Form.CRITERIA if any(_criteria(each).endswith("?") for each in existing) else Form.SIGNED
        kinds = [each for each in WATCHED if each in self._client.types and each not in known]
        return [self._shown(self._create(form, kind), "made") for kind in kinds]

    def arrives(self) -> bool | None:
        """Whether an event really arrives: a Group is made, waited for at the endpoint, and deleted.

        None where that can't be tried: the server takes no Group from us, or the endpoint can't be asked from here.
        """
        reference = f"Group/groupbill-{uuid.uuid4()}"
        probe = {"resourceType": "Group", "id": reference.split("/")[1], "type": "person", "actual": False}
        try:
            if self._seen(reference) is None:
                return None
            reference = self._client.put({**probe, "active": False}).reference or reference
        except ServerError:
            return None
        try:
            end = time.monotonic() + ARRIVES_IN
            while time.monotonic() < end:
                if self._seen(reference):
                    return True
                self._pause(0.25)
            return False
        finally:
            self._client.delete(reference)

    def _seen(self, reference: str) -> bool | None:
        headers = {} if self._secret is None else {"Authorization": f"Bearer {self._secret}"}
        try:
            answer = requests.get(f"{self._endpoint}/{reference}", headers=headers, timeout=5, allow_redirects=False)
        except requests.RequestException:
            return None
        return {200: True, 404: False}.get(answer.status_code)


def _criteria(found: Resource) -> str:
    return str(found.get("criteria") or found.get("topic") or "")
