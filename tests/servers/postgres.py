"""A PostgreSQL of the machine (Debian's), started for the tests in a folder of its own, on loopback."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from running import Missing, free_port

USER = "postgres"


def _binaries() -> Path:
    """The folder of `initdb` and `pg_ctl`; Debian keeps them out of the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda each: each.parts[-3].zfill(4))
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        raise Missing("PostgreSQL is not installed")
    return found[-1].parent if found else Path(str(on_path)).parent


def _run(command: Sequence[str | Path]) -> None:
    """As the user postgres where we are root: PostgreSQL refuses to run as root."""
    asked = [str(each) for each in command]
    if os.geteuid() == 0:
        asked = ["runuser", "-u", USER, "--", *asked]
    done = subprocess.run(asked, cwd="/", capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {(done.stderr or done.stdout)[-400:].strip()}")


@contextmanager
def postgres() -> Iterator[str]:
    """A SQLAlchemy URL of an empty database."""
    binaries, port = _binaries(), free_port()
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        raise Missing("runuser is not installed")
    home = Path(tempfile.mkdtemp(prefix="groupbill-postgres-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(home, USER, USER)
        data, log = home / "data", home / "log"
        _run([binaries / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"])
        options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200"
        _run([binaries / "pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start"])
        try:
            yield f"postgresql+psycopg://{USER}@127.0.0.1:{port}/postgres"
        finally:
            _run([binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"])
    finally:
        shutil.rmtree(home, ignore_errors=True)
