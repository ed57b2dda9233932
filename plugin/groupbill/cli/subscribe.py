"""`groupbill subscribe`: the Subscriptions of a server to the service."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ..server import connect
from ..service.subscribing import Found, Subscribing
from ..settings import Settings


def subscribe_server(
    server: str, endpoint: str, settings_file: Path | None, *, remove: bool, check: bool
) -> tuple[str, bool]:
    """Make, renew or remove; the text to print, and whether notifications will come.

    Errors:
        UsageError: a URL, a setting or a secret can't be used.
        ServerError: the server could not be reached, refuses, or has no Subscriptions.
    """
    settings = Settings.load(settings_file)
    secret = os.environ.get(settings.secret_env, "").strip() or None
    client = connect(server, settings)
    try:
        subscribing = Subscribing(client, endpoint, secret)
        if remove:
            return _table(subscribing.remove()) or "There was none.\n", True
        found = subscribing.make()
        arrived = subscribing.arrives() if check else None
    finally:
        client.close()
    active = all(each.status == "active" for each in found)
    words = {
        True: "An event was made and arrived.",
        False: "An event was made and did NOT arrive: look at the endpoint, the secret and the server's log.",
        None: "Whether events arrive was not tried.",
    }
    note = "" if active else "\nNot all of them are active: the server may still be at it; ask again.\n"
    return f"{_table(found)}{note}\n{words[arrived]}\n", active and arrived is not False


def _table(found: Sequence[Found]) -> str:
    width = max((len(each.criteria) for each in found), default=0) + 2
    lines = [f"{each.criteria:<{width}}{each.status:<10} {each.reference} ({each.done})" for each in found]
    return "".join(line + "\n" for line in lines)
