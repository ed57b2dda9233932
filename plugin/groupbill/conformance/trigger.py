"""What makes a deployment look at the facts: a command, a notification, or its own subscription."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import requests

from ..errors import Refused, Unreachable, UsageError
from .case import settings_table
from .toml import written

JSON = Mapping[str, Any]
_FIELDS = ("server", "date", "today", "settings")


class Trigger(Protocol):
    """Something that happens after the facts of a step have been loaded."""

    configures: bool
    """Whether it hands the settings and the day of the case to the deployment."""
    waits: bool
    """Whether the result may take a while after `pull` has returned."""

    def pull(self, server: str, on: str, today: str, settings: JSON, changed: Iterable[JSON]) -> None:
        """Make the deployment look at the sessions of a date."""


class Command:
    """A command that is run and waited for: `groupbill run --server {server} --date {date} --write ...`."""

    configures = True
    waits = False

    def __init__(self, text: str) -> None:
        """The command, with {server}, {date}, {today} and {settings} (a file) in it.

        Errors:
            UsageError: another field, or not well quoted.
        """
        try:
            self._words = [(word, word.format(**dict.fromkeys(_FIELDS, ""))) for word in shlex.split(text)]
        except (ValueError, KeyError, IndexError) as error:
            fields = ", ".join(f"{{{name}}}" for name in _FIELDS)
            raise UsageError(f"--trigger: expected a command with {fields} ({error})") from None
        if not self._words:
            raise UsageError("--trigger: expected a command")

    def pull(self, server: str, on: str, today: str, settings: JSON, changed: Iterable[JSON]) -> None:
        """Run it; an exit status of 2 or more is trouble, 1 is findings.

        Errors:
            Refused: it could not be started, or failed.
        """
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "groupbill.toml"
            file.write_text(written(settings_table(settings)), encoding="utf-8")
            fields = {"server": server, "date": on, "today": today, "settings": str(file)}
            words = [word.format(**fields) for word, _ in self._words]
            try:
                done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=folder)
            except OSError as error:
                raise Refused(f"the trigger could not be started: {error.strerror}") from None
            if done.returncode not in (0, 1):
                said = (done.stderr or done.stdout).strip().splitlines()
                raise Refused(f"the trigger ended with status {done.returncode}: {said[-1] if said else ''}")


class Notification:
    """A notification of every changed resource, as a server would send it: by reference, without content."""

    configures = False
    waits = True

    def __init__(self, endpoint: str, secret_env: str | None = None) -> None:
        """Where the service listens, and the variable that holds its secret.

        Errors:
            UsageError: the variable is not set.
        """
        self._endpoint = endpoint.rstrip("/")
        secret = None if secret_env is None else os.environ.get(secret_env, "").strip()
        if secret == "":
            raise UsageError(f"--secret-env: the environment variable {secret_env} is not set")
        self._headers = {} if secret is None else {"Authorization": secret}

    def pull(self, server: str, on: str, today: str, settings: JSON, changed: Iterable[JSON]) -> None:
        """Send them.

        Errors:
            Unreachable: nobody listens.
            Refused: a notification was not accepted.
        """
        for resource in changed:
            url = f"{self._endpoint}/{resource['resourceType']}/{resource['id']}"
            body = {"resourceType": resource["resourceType"], "id": resource["id"]}
            try:
                reply = requests.put(url, json=body, headers=self._headers, timeout=30)
            except requests.RequestException as error:
                raise Unreachable(f"PUT {self._endpoint}: {type(error).__name__}") from None
            if reply.status_code >= 300:
                raise Refused(f"PUT {self._endpoint}: status {reply.status_code}", status=reply.status_code)


class Subscribed:
    """Nothing: the deployment has a subscription of its own."""

    configures = False
    waits = True

    def pull(self, server: str, on: str, today: str, settings: JSON, changed: Iterable[JSON]) -> None:
        """Do nothing."""
