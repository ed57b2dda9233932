"""`groupbill conformance`: the cases against the library, or a FHIR server with the plugin deployed beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..conformance import Deployment, Library, Result, load_cases, run_cases
from ..conformance.case import settings_table
from ..conformance.outcome import Target
from ..conformance.results import FORMATS, told, total
from ..conformance.toml import written
from ..conformance.trigger import Command, Notification, Subscribed, Trigger
from ..errors import UsageError
from ..settings import Settings
from .progress import progress
from .result import keep_apart, result


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options of the command."""

    words: Sequence[str] = ()
    url: str | None = None
    trigger: str | None = None
    notify: str | None = None
    secret_env: str | None = None
    wait: float = 60
    format: str = "text"
    out: Path | None = None
    settings: Path | None = None


def list_cases(words: Sequence[str]) -> str:
    """Name, tags and title of the cases."""
    return "".join(f"{each.name}  [{', '.join(each.tags)}]\n    {each.title}\n" for each in load_cases(words))


def settings_text() -> str:
    """The settings of the kit as a file."""
    return written(settings_table({}))


def run_conformance(asked: Asked) -> int:
    """Run, print; 0 when every case that ran passed, else 1.

    Errors:
        UsageError: options that don't go together, or no case of a name.
        ServerError: the server could not be reached.
    """
    keep_apart()
    cases = load_cases(asked.words)
    target = _target(asked)
    streaming = asked.format == "text" and asked.out is None
    with progress("cases", len(cases), beside=streaming) as advance:

        def done(each: Result) -> None:
            if streaming:
                print(told(each), end="", flush=True, file=result())
            advance()

        results = run_cases(cases, target, done)
    text = total(results, target.name) if streaming else FORMATS[asked.format](results, target.name)
    if asked.out is not None:
        asked.out.write_text(text, encoding="utf-8")
    else:
        result().write(text)
    return 1 if any(each.verdict == "fail" for each in results) else 0


def _target(asked: Asked) -> Target:
    if asked.url is None:
        if asked.trigger or asked.notify:
            raise UsageError("--trigger and --notify go with --server")
        return Library()
    from ..server import connect

    trigger = _trigger(asked)
    client = connect(asked.url, Settings.load(asked.settings))
    client.metadata()  # a server that is away is no case that failed
    return Deployment(client, trigger, wait=asked.wait)


def _trigger(asked: Asked) -> Trigger:
    if asked.trigger and asked.notify:
        raise UsageError("--trigger or --notify, not both")
    if asked.trigger:
        return Command(asked.trigger)
    return Subscribed() if asked.notify is None else Notification(asked.notify, asked.secret_env)
