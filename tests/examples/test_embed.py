"""The EHR that embeds groupbill runs as a program, and its plan is carried out once."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

from groupbill import Host, Settings

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_embedding_ehr_ends_with_its_claims_on_file() -> None:
    program = [sys.executable, str(EXAMPLES / "embed" / "ehr.py")]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        *(f"Patient/{name} charged " for name in ("ana", "ben", "cruz", "dara", "eli", "fay")),
        "Patient/gus not-charged no-show",
        "Patient/hana patient-pay self-pay",
        "6 claims, 8 charge items on file",
        "second delivery: 0 transactions",
    ]


def test_the_plan_as_json_keeps_the_digits_of_amounts() -> None:
    settings = EXAMPLES / "sessions" / "groupbill.toml"
    bundle = json.loads((EXAMPLES / "sessions" / "1-in-person.json").read_bytes(), parse_float=Decimal)
    report = Host(Settings.load(settings)).run([bundle], date(2026, 3, 16))
    lines = list(report.ndjson())
    assert len(lines) == len(report.transactions()) == 7
    assert all(b'"total":{"value":120.00,' in line for line in lines if b'"resourceType":"Claim"' in line)
    assert json.loads(lines[0])["type"] == "transaction"
