"""`groupbill serve`: the service, until it is told to stop."""

from __future__ import annotations

from pathlib import Path

from ..errors import UsageError
from .host import open_host


def serve_server(
    server: str, settings: Path | None, *, address: str, port: int, store: str | None, jobs: int
) -> None:
    """Run the service.

    Errors:
        UsageError: the extra is missing, the URL, the store or a setting can't be used, or others than this machine
            could send and no secret is set.
    """
    host = open_host(settings)
    if host.settings.timezone is None:
        raise UsageError("serve: set timezone in groupbill.toml: the date of service is local")
    try:
        from ..service.serve import Service, secret_of, serve
    except ModuleNotFoundError as error:
        raise UsageError(f"serve needs an extra: pip install 'groupbill[server]' ({error.name} is missing)") from None
    secret = secret_of(host.settings.secret_env, address)
    service = Service(server, host.settings, lambda: open_host(settings), store=store, secret=secret, jobs=jobs)
    serve(service, address, port)
