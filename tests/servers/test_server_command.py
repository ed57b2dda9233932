"""`groupbill server URL` on real servers: what each can, how it is written to, and what trying it out tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from groupbill.cli.server import show_server
from groupbill.errors import ServerError
from groupbill.server import Client

TRANSACTION = "transaction with our ids (not tried yet)"
SAID = {  # by the CapabilityStatement alone
    "medplum": {"transactions": "yes", "ids of ours": "yes", "versions": "yes", "writes by": TRANSACTION},
    "hapi": {"transactions": "yes", "ids of ours": "not said", "versions": "yes", "writes by": TRANSACTION},
    "helios": {"transactions": "yes", "ids of ours": "yes", "versions": "yes", "writes by": TRANSACTION},
    "poor": {
        "transactions": "no",
        "ids of ours": "not said",
        "versions": "no",
        "writes by": "single writes with our ids (not tried yet)",
    },
}


def rows(text: str) -> dict[str, str]:
    """The table of the command, without what to beware of."""
    lines = text.partition("\n\n")[0].splitlines()
    return {name: value.strip() for name, _, value in (line.partition("  ") for line in lines)}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where what is learned is kept."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_server_is_taken_at_its_word_and_not_written_to(server: tuple[str, str]) -> None:
    kind, base = server
    found = rows(show_server(base, None))
    assert {name: found[name] for name in SAID[kind]} == SAID[kind]
    assert found["takes"] == "ChargeItem, Claim, Task, Provenance"


def test_trying_out_tells_what_a_server_does_and_leaves_nothing_behind(server: tuple[str, str]) -> None:
    kind, base = server
    if kind == "poor":
        assert "It could not be tried out: POST Basic: 404 Not Found" in show_server(base, None, probe=True)
        return
    client = Client(base)
    before = probes(client)  # of runs that were killed or cut off in other tests
    found = rows(show_server(base, None, probe=True))
    expected = {"transactions": "yes", "ids of ours": "yes", "conditional create": "yes", "versions": "yes"}
    assert {name: found[name] for name in expected} == expected
    assert probes(client) == before
    client.close()


def probes(client: Client) -> set[str]:
    """What trying out has left on the server."""
    return {each["id"] for each in client.search("Basic?") if "groupbill probe" in str(each.get("code"))}


def test_what_was_tried_out_is_kept(server: tuple[str, str], folder: Path) -> None:
    kind, base = server
    show_server(base, None, probe=True)
    assert (folder / "groupbill-servers.json").exists() is (kind != "poor")
    assert rows(show_server(base, None))["ids of ours"] == ("not said" if kind == "poor" else "yes")


def test_a_server_that_is_not_there_is_server_trouble() -> None:
    with pytest.raises(ServerError) as raised:
        show_server("http://127.0.0.1:9/fhir", None)
    assert raised.value.exit_status == 3
