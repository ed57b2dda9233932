"""The OpenAPI page against the running service: whatever is asked, each answer is a described one, and none a 5xx.

Random requests by schemathesis; a handful in every test run, many with GROUPBILL_LONG=1.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from running_service import RunningService, example_server

EXAMPLES = "400" if os.environ.get("GROUPBILL_LONG") == "1" else "12"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    folder = tmp_path_factory.mktemp("openapi")
    (folder / "groupbill.toml").write_text('timezone = "America/Chicago"\n[events]\nsettle = "1h"\n')
    with example_server() as base:
        made = RunningService(base, folder, f"sqlite:///{folder / 'store.db'}")
        made.start()
        yield made
        made.kill()


def test_every_answer_is_described(service: RunningService, tmp_path: Path) -> None:
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{service.url}/openapi.json"),
        *("--checks", CHECKS, "--max-examples", EXAMPLES, "--seed", "90853", "--phases", "examples,coverage,fuzzing"),
        *("--header", f"Authorization: Bearer {service.secret}", "--suppress-health-check", "all"),
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=1800)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_the_page_is_there(service: RunningService) -> None:
    assert requests.get(f"{service.url}/docs", timeout=10).status_code == 200
    described = requests.get(f"{service.url}/openapi.json", timeout=10).json()
    assert described["info"]["title"] == "groupbill"
    assert {"/hook", "/cds-services", "/fhir/$check-claim", "/health/ready", "/metrics"} <= set(described["paths"])
    for operations in described["paths"].values():
        for operation in operations.values():
            assert "200" in operation["responses"]
