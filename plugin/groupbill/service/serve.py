"""`groupbill serve`: one process that receives, works, catches up and sweeps."""

from __future__ import annotations

import ipaddress
import os
import signal
import threading
from collections.abc import Callable, Sequence

import uvicorn
from fastapi import FastAPI
from prometheus_client import disable_created_metrics

from ..errors import UsageError
from ..host import Host
from ..report.report import Report
from ..server import Server
from ..settings import Settings
from .application import application
from .catching_up import CatchingUp
from .connections import Connection
from .duties import Duties, Keeper
from .guard import Guard
from .hosts import Hosts
from .logs import logger, start_logs
from .looking import Looking
from .nightly import sweep_back
from .parts import Parts
from .store import belongs, open_store, store_of
from .worker import Worker

PATIENCE = 60.0
"""Seconds that the work in hand has at a stop; what is not finished then is done by the next start."""


class Service:
    """One process on one store, for one FHIR server."""

    def __init__(
        self,
        server: str,
        settings: Settings,
        host: Callable[[], Host],
        *,
        store: str | None = None,
        secret: str | None = None,
        jobs: int = 2,
    ) -> None:
        """Nothing runs until the application starts.

        Args:
            server: Base URL of the FHIR server; facts come from there alone.
            settings: Of the site.
            store: Database URL of the inbox and the outbox; else `GROUPBILL_STORE`, else files beside the settings.
            host: Makes a host; every worker has one of its own.
            secret: What senders must show.
            jobs: Workers.

        Errors:
            UsageError: the URL, the store or a secret can't be used.
        """
        engine = open_store(store_of(settings, store))
        opened = Server.open(server, settings, write=True, store=store)
        belongs(engine, opened.client.base)
        parts = self._parts = Parts.of(settings, opened, engine)
        looking = Looking(engine, parts.agenda)
        self._sweeper = host()
        self._workers = [Worker(parts, each, looking, self._reconcile) for each in (host() for _ in range(jobs))]
        self._duties = Duties(parts, CatchingUp(parts), self._sweep)
        self._keeping = threading.Event()
        self._keeper = Keeper(parts, self._keeping)
        self._hosts = Hosts(host)
        self._guard = Guard(secret)

    def application(self) -> FastAPI:
        """The web application, which starts and stops the threads with itself."""
        return application(self._parts, self._guard, self._hosts, started=self.start, stopping=self.stop)

    def start(self) -> None:
        """Start the threads; what a killed process of this machine held is taken over at once."""
        self._parts.leases.release_dead()
        for thread in (self._keeper, *self._workers, self._duties):
            thread.start()

    def stop(self) -> None:
        """Finish what is in hand and hand back the rest."""
        self._parts.stop.set()
        for thread in (*self._workers, self._duties):
            thread.join(PATIENCE)
        self._keeping.set()
        self._parts.inbox.release(self._parts.holders.process)
        self._parts.leases.release(self._parts.holders.process)
        self._parts.server.close()
        logger("serve").info("stopped")

    def _reconcile(self, host: Host, references: Sequence[str]) -> Report:
        return host.reconcile(self._parts.server, references, write=True)

    def _sweep(self) -> None:
        sweep_back(self._parts, self._sweeper)


def loopback(address: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return address == "localhost"


def serve(service: Service, address: str, port: int) -> None:
    """Run until SIGTERM or SIGINT."""
    start_logs()
    disable_created_metrics()  # type: ignore[no-untyped-call]
    config = uvicorn.Config(
        service.application(),
        host=address,
        port=port,
        http=Connection,
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=256,
        timeout_graceful_shutdown=20,
        h11_max_incomplete_event_size=64 * 1024,
    )
    server = uvicorn.Server(config)
    # uvicorn stops in good order and then raises the signal again; a stop that was asked for is no failure.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    try:
        server.run()
    except SystemExit as left:
        if server.started or not left.code:
            raise
    if not server.started:
        raise UsageError(f"--port {port}: the address can't be listened on")


def _leave(_number: int, _frame: object) -> None:
    raise SystemExit(0)


def secret_of(variable: str, address: str) -> str | None:
    """The secret that senders must show.

    Errors:
        UsageError: none is set, and others than this machine could send.
    """
    secret = os.environ.get(variable, "").strip() or None
    if secret is None and not loopback(address):
        raise UsageError(
            f"--host {address}: others than this machine could send; "
            f"set a secret in the environment variable {variable}"
        )
    return secret
