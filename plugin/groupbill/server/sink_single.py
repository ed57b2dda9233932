"""Writing one resource after the other, for servers without transactions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import Unknown
from ..model import Step, Written
from .answers import Answer, answer_of
from .capability import Capability, Way
from .client import Client
from .steps import condition, is_new, ordered, renamed
from .written import duplicates, kept, settled


class SingleSink:
    """Targets first, with the server's ids in what refers to them. What breaks off is finished by the next run."""

    def __init__(self, client: Client, way: Way, capability: Capability) -> None:
        """`way` is one of SINGLE_IDS, SINGLE_CONDITIONAL and SEARCH."""
        self.way = way
        self._client, self._types = client, capability.writable

    def write(self, steps: Sequence[Step]) -> tuple[Written, ...]:
        """Write; see `Sink`."""
        taken = ordered(step for step in steps if step.reference.partition("/")[0] in self._types)
        found: dict[str, Written] = {}
        names: dict[str, str] = {}
        for step in taken:
            resource = renamed(step.resource, names)
            answer = self._create(resource) if is_new(step) else self._client.put(resource, step.version)
            made = settled(step, answer, conditional=self.way is not Way.SINGLE_IDS)
            found[step.reference] = made
            names[step.reference] = made.reference
        if self.way is not Way.SINGLE_IDS:
            found.update(duplicates(self._client, taken, found))
        return tuple(found.get(step.reference) or kept(step) for step in steps)

    def _create(self, resource: Mapping[str, Any]) -> Answer:
        if self.way is Way.SINGLE_IDS:
            return self._client.put(resource)
        query = condition(resource)
        if query is not None and self.way is Way.SEARCH:
            known = self._on_file(resource, query)
            if known is not None:
                return known
        answer = self._client.create(resource, query if self.way is Way.SINGLE_CONDITIONAL else None)
        if answer.reference is not None:
            return answer
        found = self._on_file(resource, query) if query is not None else None
        if found is None:
            raise Unknown(f"POST {resource['resourceType']}: the answer does not say what was made")
        return Answer(reference=found.reference, version=found.version, status=answer.status)

    def _on_file(self, resource: Mapping[str, Any], query: str) -> Answer | None:
        """The one with our identifier; of several the one whose id sorts first, so that everybody takes the same."""
        found = sorted(self._client.search(f"{resource['resourceType']}?{query}"), key=lambda each: str(each["id"]))
        return answer_of(200, {}, found[0]) if found else None
