"""A case: resources, what becomes of them step by step, and what must stand on file after each step.

The files of `data/` are JSON after `case.schema.json`, whole in themselves, so that any language can run them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from typing import Any

from ..errors import InputError
from ..settings import Settings

JSON = Mapping[str, Any]
VERSION = "1"
"""Of the cases; a case that changes its meaning makes a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What happens, and what must be true afterwards."""

    put: tuple[JSON, ...] = ()
    """Resources created or updated."""
    remove: tuple[str, ...] = ()
    """References of resources deleted."""
    answers: tuple[JSON, ...] = ()
    """The payer answers the claim of a member: `member`, `number` (None where it has none yet), `outcome`."""
    ends: tuple[JSON, ...] = ()
    """A person cancels the claim or charge of a member: `member`, `resource`."""
    today: date
    sessions: tuple[JSON, ...] = ()
    """What is expected, in the order of the report."""
    findings: tuple[str, ...] = ()
    """Codes of findings about the whole input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One situation, from the first facts to the last correction."""

    name: str
    title: str
    why: str
    """Where the expected values come from."""
    tags: tuple[str, ...]
    settings: JSON = field(default_factory=dict)
    """What differs from the settings of the kit."""
    fhir: str = "4.0"
    steps: tuple[Step, ...]

    @property
    def patients(self) -> tuple[str, ...]:
        """References of all Patients of the case."""
        found = {f"Patient/{each['id']}" for step in self.steps for each in step.put if _kind(each) == "Patient"}
        return tuple(sorted(found))


def load_cases(words: Sequence[str] = ()) -> tuple[Case, ...]:
    """The cases of the kit by name; of those with a tag or a beginning of the name among the words, if any are given.

    Errors:
        InputError: no case is called so.
    """
    found = tuple(_read(text) for text in _texts())
    chosen = tuple(case for case in found if not words or any(_called(case, word) for word in words))
    for word in words:
        if not any(_called(case, word) for case in found):
            tags = sorted({tag for case in found for tag in case.tags})
            raise InputError(f"no conformance case is called {word!r}, or has this tag ({', '.join(tags)})")
    return chosen


def patients(session: JSON) -> Iterator[tuple[str, str, JSON]]:
    """Member, Patient and expected end of every member who is a Patient."""
    for member, expected in sorted(session["members"].items()):
        patient = expected.get("patient", member)
        if patient.startswith("Patient/"):
            yield member, patient, expected


def kit_settings(more: JSON | None = None) -> Settings:
    """The settings that the cases expect, with what differs laid over."""
    return Settings.parse(settings_table(more or {}))


def settings_table(more: JSON) -> dict[str, Any]:
    """The settings of the kit as a table, as TOML has it."""
    table = json.loads(files(__package__).joinpath("settings.json").read_bytes())
    return _laid(table, more)


def _laid(base: JSON, more: JSON) -> dict[str, Any]:
    both = {**base, **more}
    for key in base.keys() & more.keys():
        if isinstance(base[key], Mapping):
            both[key] = _laid(base[key], more[key])
    return both


def _texts() -> Iterator[bytes]:
    folder = files(__package__).joinpath("data")
    for entry in sorted(folder.iterdir(), key=lambda each: each.name.removesuffix(".json")):
        if entry.name.endswith(".json"):
            yield entry.read_bytes()


def _read(text: bytes) -> Case:
    table = json.loads(text)
    today = table["today"]
    return Case(
        name=table["case"],
        title=table["title"],
        why=table["why"],
        tags=tuple(table["tags"]),
        settings=table.get("settings", {}),
        fhir=table.get("fhir", "4.0"),
        steps=tuple(_step(each, today) for each in table["steps"]),
    )


def _step(table: JSON, today: str) -> Step:
    expect = table["expect"]
    return Step(
        put=tuple(table.get("put", ())),
        remove=tuple(table.get("remove", ())),
        answers=tuple(table.get("answers", ())),
        ends=tuple(table.get("ends", ())),
        today=date.fromisoformat(table.get("today", today)),
        sessions=tuple(expect["sessions"]),
        findings=tuple(expect.get("findings", ())),
    )


def _called(case: Case, word: str) -> bool:
    return word in case.tags or case.name.startswith(word)


def _kind(resource: JSON) -> str:
    return str(resource["resourceType"])
