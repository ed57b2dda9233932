"""From the options of a command to a host and what was read."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from ..errors import UsageError
from ..fhir.index import Index
from ..fhir.read import read_sources
from ..host import Host
from ..reference import folder_of
from ..settings import Settings
from .progress import progress
from .result import keep_apart


def open_host(settings: Path | None) -> Host:
    """A host under the settings file, or `groupbill.toml` of the working folder; with what was imported there.

    From here on only `result()` is standard output: plugins may print.
    """
    keep_apart()
    site = Settings.load(settings)
    return Host(replace(site, reference_folder=folder_of(site)))


def read(sources: Sequence[str]) -> Index:
    """Everything that can be read of the sources.

    Errors:
        UsageError: no source was given.
        InputError: nothing at all could be read; the message names each place and what was expected.
    """
    if not sources:
        raise UsageError("nothing to read: name a file or a folder, or - for standard input")
    # A command ends soon and makes no cycles worth mentioning; rescanning what was read costs a fifth of a run.
    gc.disable()
    index = Index()
    with progress("reading") as advance:
        read_sources(index, sources, advance)
    return index


def day(text: str | None, host: Host) -> date:
    """The day of the run.

    Errors:
        UsageError: not a date.
    """
    return host.today() if text is None else a_date("--today", text)


def a_date(option: str, text: str) -> date:
    """The date that an option names.

    Errors:
        UsageError: not a date.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text!r}: expected a date like 2026-03-10") from None
