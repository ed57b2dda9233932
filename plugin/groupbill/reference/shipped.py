"""The shipped data files: CSV with `# key: value` lines of provenance ahead of the column names."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

_FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Shipped:
    """One data file: where it comes from, and its rows. Every value is a string."""

    provenance: Mapping[str, str]
    """At least `source`, `edition` and `confidence`."""
    rows: tuple[Mapping[str, str], ...]


def names() -> list[str]:
    """The data files, without `.csv`, sorted."""
    return sorted(path.stem for path in _FOLDER.glob("*.csv"))


def read(name: str) -> Shipped:
    """Read the data file of this name."""
    lines = (_FOLDER / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    provenance = dict(_stated(line) for line in lines if line.startswith("#"))
    rows = csv.DictReader(line for line in lines if line and not line.startswith("#"))
    return Shipped(provenance, tuple(rows))


def rows(name: str) -> Iterator[Mapping[str, str]]:
    """The rows of the data file of this name."""
    yield from read(name).rows


def day(text: str) -> date | None:
    """A date as the data files write it, None for an empty one."""
    return date.fromisoformat(text) if text else None


def _stated(line: str) -> tuple[str, str]:
    key, _, value = line.lstrip("# ").partition(":")
    return key.strip(), value.strip()
