"""What stands on a server after a morning, next to what `groupbill run` over the final facts says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from groupbill import Host, Settings
from groupbill.facts import WATCHED
from groupbill.server import Client

FACTS = (*WATCHED, "Organization", "Location", "Practitioner")
OURS = "https://w3id.org/groupbill/id/"
ITEMS = {"charged": "billable", "patient-pay": "billable", "held": "planned"}

JSON = dict[str, Any]


class Books:
    """The resources of one morning, by its mark."""

    def __init__(self, client: Client, mark: str) -> None:
        self._client, self._mark = client, mark

    def facts(self) -> list[JSON]:
        """What is not ours."""
        found = [each for kind in FACTS for each in self._client.search(f"{kind}?")]
        return [
            dict(each)
            for each in found
            if str(each["id"]).startswith(f"{self._mark}-") or self._mark in str(each["id"])
        ]

    def expected(self, settings: Settings) -> dict[str, tuple[str | None, int]]:
        """Status of the ChargeItem and number of live Claims by patient, if everything had been run at once."""
        report = Host(settings).run(self.facts())
        return {
            str(member.patient): (ITEMS.get(member.outcome), int(member.outcome == "charged"))
            for session in report.sessions
            for member in session.members
            if ITEMS.get(member.outcome)
        }

    def found(self) -> dict[str, tuple[str | None, int]]:
        """The same as it stands on the server."""
        items = {each["subject"]["reference"]: each["status"] for each in self.ours("ChargeItem", "subject")}
        claims = Counter(
            each["patient"]["reference"] for each in self.ours("Claim", "patient") if each["status"] == "active"
        )
        return {
            patient: (status if status != "aborted" else None, claims[patient])
            for patient, status in items.items()
            if status != "aborted" or claims[patient]
        }

    def ours(self, kind: str, subject: str) -> list[JSON]:
        """What groupbill wrote about the patients of the morning."""
        found = [dict(each) for each in self._client.search(f"{kind}?") if _identifiers(each)]
        return [each for each in found if each[subject]["reference"].startswith(f"Patient/{self._mark}-")]

    def repeated(self) -> list[str]:
        """Identifiers of ours that stand on more than one resource."""
        found = [*self.ours("ChargeItem", "subject"), *self.ours("Claim", "patient"), *self.ours("Task", "for")]
        counts = Counter(each for resource in found for each in _identifiers(resource))
        return sorted(each for each, count in counts.items() if count > 1)


def _identifiers(resource: Any) -> list[str]:
    """Those that only one resource may carry."""
    own: Iterable[Any] = resource.get("identifier") or ()
    pairs = [(each.get("system", ""), each.get("value")) for each in own]
    return [
        f"{system}|{value}" for system, value in pairs if system.startswith(OURS) and not system.endswith("session")
    ]
