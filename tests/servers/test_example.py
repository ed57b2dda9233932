"""examples/write_back, as its page tells it: a server by one command; planned, written, and nothing more to do."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from required import started
from running import need

ROOT = Path(__file__).parents[2]
SETTINGS = ROOT / "examples" / "sessions" / "groupbill.toml"
DAYS = ("--from", "2026-03-10", "--to", "2026-03-12", "--today", "2026-03-16")


@contextmanager
def served() -> Iterator[str]:
    """The base that the example prints when it is ready."""
    need("node", "npm")
    command = [sys.executable, str(ROOT / "examples" / "write_back" / "serve.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        try:
            assert server.stdout is not None
            said = server.stdout.readline()
            assert "holds 92 resources" in said, said + server.stdout.read()
            yield said.split()[0]
        finally:
            server.terminate()
            server.wait(30)


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with ExitStack() as stack:
        yield started(stack, "the example", served())


def test_the_three_commands_of_the_page(base: str, tmp_path: Path) -> None:
    settings = shutil.copy(SETTINGS, tmp_path)
    command = [sys.executable, "-m", "groupbill", "run", "--server", base, *DAYS, "--settings", str(settings)]
    ends = []
    for more in ((), ("--write",), ("--write",)):
        done = subprocess.run([*command, *more], capture_output=True, text=True, check=False)
        assert done.returncode == 1, f"two error findings are in the examples: {done.stderr}"
        ends.append(done.stdout.splitlines()[-1])
    assert ends == [
        "nothing was written: pass --write to carry the plan out",
        "on the server: 50 created",
        "on the server: nothing to do",
    ]
