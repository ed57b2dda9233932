"""The four servers really run, and are what they say they are."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import running
from required import started
from running import SERVERS, Missing

SOFTWARE = {
    "medplum": "Medplum FhirRouter + MemoryRepository",
    "hapi": "HAPI FHIR Server",
    "helios": "Helios FHIR Server",
    "poor": None,
}


def test_a_server_says_who_it_is(server: tuple[str, str]) -> None:
    kind, base = server
    with urllib.request.urlopen(f"{base}/metadata", timeout=30) as answer:
        statement = json.load(answer)
    assert statement["resourceType"] == "CapabilityStatement"
    if SOFTWARE[kind] is not None:
        assert statement["software"]["name"] == SOFTWARE[kind]


@pytest.mark.parametrize("kind", ["medplum", "hapi", "helios"])
def test_a_server_that_can_t_run_says_what_is_missing(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "CACHE", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    needs = {"medplum": "node", "hapi": "java", "helios": "cargo"}
    with pytest.raises(Missing, match=f"^{needs[kind]} is not installed$"), SERVERS[kind]():
        raise AssertionError("it must not start")


@pytest.mark.parametrize(
    ("required", "ends"), [(None, pytest.skip.Exception), ("1", pytest.fail.Exception)], ids=["plain", "all required"]
)
def test_what_is_missing_is_a_skip_with_its_reason_or_a_failure_where_all_must_run(
    required: str | None, ends: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def absent() -> Iterator[str]:
        raise Missing("node is not installed")
        yield

    if required is None:
        monkeypatch.delenv("GROUPBILL_REQUIRE_SERVERS", raising=False)
    else:
        monkeypatch.setenv("GROUPBILL_REQUIRE_SERVERS", required)
    with ExitStack() as stack, pytest.raises(ends, match=r"medplum.*node is not installed"):
        started(stack, "medplum", absent())
