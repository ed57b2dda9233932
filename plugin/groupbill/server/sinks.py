"""Ways of writing, best first, and the choice among them by what a server can and how it behaves."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from ..errors import Refused
from ..model import Step, Written
from .capability import Capability, Way
from .client import Client
from .learned import Learned
from .sink_bundle import BundleSink
from .sink_file import FileSink
from .sink_single import SingleSink
from .steps import is_new, without_profile

log = logging.getLogger("groupbill.server")

_UNABLE = frozenset({404, 405, 501})
"""Answers that mean "not in this way"."""
_PERHAPS = frozenset({400, 403, 422})
"""Answers that may mean "no ids of yours", or that the content is wrong."""
_WHOLE = (Way.IDS, Way.CONDITIONAL)


class Sink(Protocol):
    """A way to write. Several threads may share one."""

    @property
    def way(self) -> Way:
        """Which one."""
        ...

    def write(self, steps: Sequence[Step]) -> tuple[Written, ...]:
        """Write the steps of one patient together.

        Returns:
            One for each step, in their order; `unchanged` for those that only keep.

        Errors:
            ServerError: see `Client`. After a transaction that was refused nothing is written; the other ways may
                have written some of the steps, always targets first.
        """
        ...


def choose(
    client: Client, capability: Capability, *, export: Path | None = None, learned: Learned | None = None
) -> Sink:
    """The sink for a server.

    Args:
        client: Of that server.
        capability: What it can, with what was learned of it.
        export: Where an export goes; it is emptied.
        learned: Where to remember what the first writes tell.

    Errors:
        Refused: the server can only be served by an export, and no file is given for it.
    """
    if capability.ways == (Way.EXPORT,):
        if export is None:
            reason = " ".join(capability.beware()) or "No way to write was found."
            raise Refused(f"nothing can be written to this server: {reason}")
        return FileSink(export)
    return Ladder(client, capability, learned or Learned(None))


class Ladder:
    """Tries the best way, and steps down for good where the server can't do it.

    What a server says of itself is believed until the first write that creates something. A way that the server
    refuses is given up when a lower one works; when none does, it was the content that it did not like. What may be
    wrong content is never tried again in parts: a patient's resources are written together or not at all.
    """

    def __init__(self, client: Client, capability: Capability, learned: Learned) -> None:
        """Start with the best way left."""
        self._client, self._capability, self._learned = client, capability, learned
        self._lock = threading.Lock()

    @property
    def way(self) -> Way:
        """The way that is used for the next write."""
        return self._capability.ways[0]

    def write(self, steps: Sequence[Step]) -> tuple[Written, ...]:
        """Write; see `Sink`."""
        capability = self._capability
        first: Refused | None = None
        for capable in _attempts(capability):
            way = capable.ways[0]
            if first is not None and not _worth(first, capability.ways[0], capable):
                continue
            try:
                written = _write(capable, self._client, steps)
            except Refused as error:
                if error.status not in _UNABLE | _PERHAPS or capability.confirmed is way:
                    raise
                first = first or error
                continue
            if any(is_new(step) and step.resource is not None for step in steps):
                self._settle(capable)
            return written
        raise first or Refused("nothing can be written to this server")

    def _settle(self, found: Capability) -> None:
        """Remember which way worked and which did not."""
        with self._lock:
            way = found.ways[0]
            if self._capability.confirmed is way:
                return
            refused = found.refused - self._capability.refused
            for each in sorted(refused):
                log.warning("the server refuses: %s; used instead: %s", each.value, way.value)
            self._capability = replace(found, confirmed=way)
            profiles = found.profiles is not False
            self._learned.keep(found, confirmed=way.value, profiles=profiles, refused=sorted(found.refused))


def _attempts(capability: Capability) -> Iterator[Capability]:
    """What to try, best first: each way, with our profiles and without; once confirmed, that alone."""
    if capability.confirmed is not None and capability.ways[0] is capability.confirmed:
        yield capability
        return
    for number, way in enumerate(capability.ways):
        refused = capability.refused | frozenset(capability.ways[:number])
        profiles = (True, False) if capability.profiles is None else (capability.profiles,)
        for each in profiles:
            if way is not Way.EXPORT:
                yield replace(capability, refused=refused, profiles=each)


def _worth(first: Refused, best: Way, capable: Capability) -> bool:
    """Whether another attempt can help after this refusal."""
    if first.status in _UNABLE:
        return True
    return best not in _WHOLE or capable.ways[0] in _WHOLE


def _write(capability: Capability, client: Client, steps: Sequence[Step]) -> tuple[Written, ...]:
    given = [without_profile(step) for step in steps] if capability.profiles is False else steps
    return _sink(capability.ways[0], client, capability).write(given)


def _sink(way: Way, client: Client, capability: Capability) -> Sink:
    if way in (Way.IDS, Way.CONDITIONAL, Way.BATCH):
        return BundleSink(client, way, capability)
    return SingleSink(client, way, capability)
