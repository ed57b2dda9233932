"""A session of two clients who both came: what plugins are tried on."""

from __future__ import annotations

from datetime import date
from typing import Any

from groupbill.testing import builders as b

TODAY = date(2026, 3, 16)
TIMES = ("2026-03-10T09:00:00-05:00", "2026-03-10T10:00:00-05:00")


def resources() -> list[dict[str, Any]]:
    found = [
        b.clinic(),
        b.payer("bluestar", "Blue Star"),
        b.practitioner("rivera", 101),
        b.group("g", ["ana", "ben"]),
    ]
    found.append(b.encounter("s", "Group/g", TIMES, leader="rivera"))
    for name in ("ana", "ben"):
        found += [b.patient(name), b.condition(name, "F33.1"), b.coverage(name, "bluestar")]
        found.append(b.encounter(f"s-{name}", f"Patient/{name}", TIMES, part_of="s", diagnosis=f"dx-{name}"))
    return found
