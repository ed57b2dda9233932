"""A FHIR server with three sessions on it: `python examples/write_back/serve.py [medplum|hapi|helios]`.

It is one of the servers of the tests, installed on first use into ~/.cache/groupbill-tests (Medplum: npm, some
seconds; HAPI: Maven; Helios: cargo, some minutes), and holds the first three of examples/sessions until it is
stopped.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "servers"))

from running import SERVERS, Missing  # noqa: E402
from worlds import in_order, put  # noqa: E402

from groupbill.server import Client  # noqa: E402

SESSIONS = ("1-in-person", "2-hybrid", "3-without-links")
PORT = 8103


def main(kind: str = "medplum") -> None:
    """Start it, load it, and wait for Ctrl-C."""
    found = {}
    for name in SESSIONS:
        bundle = json.loads((ROOT / "examples" / "sessions" / f"{name}.json").read_text())
        resources = [entry["resource"] for entry in bundle["entry"]]
        found.update({f"{each['resourceType']}/{each['id']}": each for each in resources})
    with SERVERS[kind](port=PORT) as base:
        put(Client(base), in_order(found.values()))
        print(f"{base} holds {len(found)} resources; Ctrl-C stops it", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main(*sys.argv[1:])
    except Missing as reason:
        sys.exit(f"the server can't run here: {reason}")
    except KeyboardInterrupt:
        pass
