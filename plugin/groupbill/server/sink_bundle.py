"""Writing by Bundles: a transaction with our ids, one with conditional creates, or a batch with our ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..model import Step, Written
from .address import etag
from .answers import Answer
from .capability import Capability, Way
from .client import Client
from .faults import fault
from .steps import condition, is_new, ordered, packs, renamed
from .written import duplicates, kept, settled


class BundleSink:
    """One request for all steps of a patient, as far as the server's limits go."""

    def __init__(self, client: Client, way: Way, capability: Capability) -> None:
        """`way` is one of IDS, CONDITIONAL and BATCH."""
        self.way = way
        self._client, self._types, self._limits = client, capability.writable, capability.limits

    def write(self, steps: Sequence[Step]) -> tuple[Written, ...]:
        """Write; see `Sink`."""
        taken = ordered(step for step in steps if step.reference.partition("/")[0] in self._types)
        found: dict[str, Written] = {}
        names: dict[str, str] = {}
        for pack in packs(taken, self._most(taken)):
            answers = self._send(pack, names)
            for step, answer in zip(pack, answers, strict=True):
                made = settled(step, answer, conditional=self.way is Way.CONDITIONAL)
                found[step.reference] = made
                names[step.reference] = made.reference
        if self.way is Way.CONDITIONAL:
            found.update(duplicates(self._client, taken, found))
        return tuple(found.get(step.reference) or kept(step) for step in steps)

    def _most(self, steps: Sequence[Step]) -> int | None:
        """How many entries a request may have."""
        limits = [self._limits.entries]
        if self.way is Way.CONDITIONAL and any(is_new(step) for step in steps):
            limits.append(self._limits.conditional)
        elif self.way is not Way.BATCH:
            limits.append(self._limits.updates)
        return min((each for each in limits if each is not None), default=None)

    def _send(self, pack: Sequence[Step], names: dict[str, str]) -> list[Answer]:
        if self.way is Way.CONDITIONAL:
            names = {**names, **{step.reference: _urn(step) for step in pack if is_new(step)}}
            entries = [self._conditional(step, names) for step in pack]
        else:
            entries = [self._put(step, step.resource) for step in pack]
        kind = "batch" if self.way is Way.BATCH else "transaction"
        bundle = {"resourceType": "Bundle", "type": kind, "entry": entries}
        if self.way is not Way.BATCH:
            return self._client.transaction(bundle)
        answers = self._client.batch(bundle)
        for answer in answers:
            if answer.status >= 400:
                raise fault("POST batch, entry", answer.status, answer.problem, written=True, bundled=True)
        return answers

    def _put(self, step: Step, resource: Any) -> dict[str, Any]:
        request = {"method": "PUT", "url": step.reference}
        if step.version is not None and not is_new(step):
            request["ifMatch"] = etag(step.version)
        return {"fullUrl": f"{self._client.base}/{step.reference}", "resource": resource, "request": request}

    def _conditional(self, step: Step, names: dict[str, str]) -> dict[str, Any]:
        """A new resource without an id, refered to by its fullUrl inside the transaction; a known one by PUT."""
        resource = renamed(step.resource, names)
        if not is_new(step):
            return self._put(step, resource)
        request = {"method": "POST", "url": step.reference.partition("/")[0]}
        query = condition(resource)
        if query is not None:
            request["ifNoneExist"] = query
        bare = {name: value for name, value in resource.items() if name != "id"}
        return {"fullUrl": _urn(step), "resource": bare, "request": request}


def _urn(step: Step) -> str:
    """Our ids are UUIDs."""
    return f"urn:uuid:{step.reference.partition('/')[2]}"
