"""HealthChain's CDS Hooks sandbox, in an environment of its own: it wants older libraries than groupbill."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from required import started
from running import CACHE, run
from running_service import RunningService, example_server

HEALTHCHAIN = "0.16.1"
SESSIONS = Path(__file__).parents[2] / "examples" / "sessions"
PATIENT = "cruz"
"""Has a 90834 beside the group in the example."""


@contextmanager
def healthchain() -> Iterator[str]:
    """A Python that has it, installed once into the cache."""
    home = CACHE / f"healthchain-{HEALTHCHAIN}"
    if not (home / "installed").exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        run([sys.executable, "-m", "uv", "venv", "-q", "--clear", str(home)], CACHE)
        python = str(home / "bin" / "python")
        run([sys.executable, "-m", "uv", "pip", "install", "-q", "--python", python, _package()], CACHE)
        (home / "installed").touch()
    yield str(home / "bin" / "python")


def _package() -> str:
    return f"healthchain[sandbox]=={HEALTHCHAIN}"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[str]:
    with ExitStack() as stack:
        yield started(stack, "healthchain", healthchain())


def test_the_sandbox_accepts_our_cards(sandbox: str, tmp_path: Path) -> None:
    (tmp_path / "groupbill.toml").write_bytes((SESSIONS / "groupbill.toml").read_bytes())
    bundle = json.loads((SESSIONS / "1-in-person.json").read_bytes())
    visit = next(each["resource"] for each in bundle["entry"] if each["resource"]["id"] == f"g812-{PATIENT}")
    prefetch = tmp_path / "prefetch.json"
    prefetch.write_text(json.dumps({"encounter": visit, "facts": bundle}))
    with example_server() as base:
        service = RunningService(base, tmp_path, f"sqlite:///{tmp_path / 'store.db'}", secret="")
        service.start()
        try:
            script = Path(__file__).parent / "healthchain_sandbox.py"
            url = f"{service.url}/cds-services/groupbill-discharge"
            command = [sandbox, str(script), url, str(prefetch), PATIENT]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        finally:
            service.kill()
    assert done.returncode == 0, done.stderr[-2000:]
    ours, *synthetic = json.loads(done.stdout.splitlines()[-1])
    (card,) = [each for each in ours["cards"] if each["source"]["label"] == "groupbill NCC02"]
    assert card["suggestions"][0]["label"] == "Add modifier XE"
    assert synthetic == [{"cards": []}, {"cards": []}]
