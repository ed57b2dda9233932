"""A groupbill process of its own: reconciles what it reads on stdin until the end of the input.

    python worker.py BASE SETTINGS STORE TODAY

Each line is `Encounter/id`; the answer is a line of JSON: what the server refused, and the Claims and ChargeItems
that the report names.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

from groupbill import Host, Settings
from groupbill.server.server import Server


def main(base: str, settings_file: str, store: str, today: str) -> None:
    settings = Settings.load(Path(settings_file))
    host = Host(settings)
    with Server.open(base, settings, write=True, store=store) as server:
        print(json.dumps("ready"), flush=True)
        for line in sys.stdin:
            report = host.reconcile(server, [line.strip()], write=True, today=date.fromisoformat(today)).to_json()
            members = [member for session in report["sessions"] for member in session["members"]]
            found = [*report["findings"], *(each for member in members for each in member["findings"])]
            answer = {
                "trouble": [each["message"] for each in found if each["code"] == "ENG08"],
                "named": sorted({member[name] for member in members for name in ("chargeItem", "claim")} - {None}),
            }
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
