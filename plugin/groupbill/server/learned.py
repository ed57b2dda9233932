"""What was learned of servers by writing to them, kept in a small JSON file beside the settings.

Kept there and not in the outbox, because `groupbill server` shows it where nothing was ever written.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..settings import Settings
from .capability import Capability

FILE = "groupbill-servers.json"


class Learned:
    """The file; one that is missing, damaged or can't be written is as good as empty: all is only learned again."""

    def __init__(self, path: Path | None) -> None:
        """Remember in a file; None remembers nothing."""
        self._path = path

    @classmethod
    def beside(cls, settings: Settings) -> Learned:
        """In the folder of the settings file, else in the working folder."""
        return cls((settings.path.parent if settings.path is not None else Path()) / FILE)

    def about(self, capability: Capability) -> Capability:
        """The capability with what is remembered about this version of this server."""
        return capability.learned(self._all().get(capability.key, {}))

    def keep(self, capability: Capability, **facts: Any) -> None:
        """Remember: `refused` ways (added), the `confirmed` way, or one of the capability's flags."""
        if self._path is None:
            return
        known = self._all()
        mine = dict(known.get(capability.key, {}))
        refused = sorted({*mine.get("refused", ()), *facts.pop("refused", ())})
        mine = {**mine, **facts, **({"refused": refused} if refused else {})}
        # What another version of the same server did is no longer of interest.
        others = {key: value for key, value in known.items() if key.split(" ", 1)[0] != capability.base}
        self._write({**others, capability.key: mine})

    def forget(self, capability: Capability) -> None:
        """What was learned of this server is no longer believed."""
        if self._path is not None:
            known = self._all()
            self._write({key: value for key, value in known.items() if key != capability.key})

    def _all(self) -> dict[str, Mapping[str, Any]]:
        if self._path is None:
            return {}
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {key: value for key, value in found.items() if isinstance(value, dict)}

    def _write(self, known: Mapping[str, Any]) -> None:
        assert self._path is not None
        try:
            handle, name = tempfile.mkstemp(prefix=FILE, dir=self._path.parent)
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                json.dump(known, out, indent=2, sort_keys=True)
            os.replace(name, self._path)
        except OSError:
            return
