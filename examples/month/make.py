"""Write a clinic's month as NDJSON: `python examples/month/make.py [SESSIONS] > examples/month/month.ndjson`.

Ten weekly groups of eight for four weeks unless told otherwise; the same bytes every time. Then:
`groupbill run examples/month/month.ndjson --settings examples/month/groupbill.toml --today 2026-04-06`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from groupbill.fhir.json import dumps
from groupbill.testing.clinic import SETTINGS, Clinic

HERE = Path(__file__).parent
SESSIONS = 40


def lines(sessions: int = SESSIONS) -> bytes:
    """The month: a resource on each line."""
    return b"".join(dumps(resource) + b"\n" for resource in Clinic(sessions=sessions).resources())


def main() -> None:
    """Write the month to standard output, and its settings beside this file."""
    (HERE / "groupbill.toml").write_text(SETTINGS, encoding="utf-8")
    sys.stdout.buffer.write(lines(int(sys.argv[1]) if len(sys.argv) > 1 else SESSIONS))


if __name__ == "__main__":
    main()
