"""An EHR that embeds groupbill: it keeps its own resources and receives the plan.

Run it with `python examples/embed/ehr.py`. Two calls are all there is: `host.run(resources)` for a batch, and
`host.handle(change, read=...)` when something was saved.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

from groupbill import Change, Host, Settings
from groupbill.testing import MemoryServer

SESSIONS = Path(__file__).parents[1] / "sessions"


def main() -> None:
    """A morning in the life of an EHR."""
    # Fractions as Decimal: an amount of 45.00 is not to become 45.0.
    bundle = json.loads((SESSIONS / "1-in-person.json").read_bytes(), parse_float=Decimal)
    store = MemoryServer(entry["resource"] for entry in bundle["entry"])
    host = Host(Settings.load(SESSIONS / "groupbill.toml"))

    # The session was saved as finished: reconcile it.
    change = Change(reference="Encounter/g812", after=store.get("Encounter/g812"))
    report = host.handle(change, read=store.read, today=date(2026, 3, 11))
    for member in report.sessions[0].members:
        print(member.member, member.outcome, member.reason or "")

    # The EHR carries out the plan in its own store, one transaction per patient.
    for transaction in report.transactions():
        store.transaction(transaction)
    # (To send it elsewhere: `report.ndjson()` is the plan as JSON, one transaction a line.)
    print(len(store.all("Claim")), "claims,", len(store.all("ChargeItem")), "charge items on file")

    # Delivered once more, the same change plans nothing.
    again = host.handle(change, read=store.read, today=date(2026, 3, 11))
    print("second delivery:", len(again.transactions()), "transactions")


if __name__ == "__main__":
    main()
