"""All payer policies of a run: inheritance, and what is in force on a date."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from ..errors import PolicyError
from ..model import Policy, Value
from ..settings.rule_words import rule_faults
from ..settings.suggest import did_you_mean
from .dated import Dated, PolicyFile
from .objects import pointer_part
from .reading import ROOT, bundled, read_policy

MERGED = ("severity", "documentation")
"""Keys whose objects are merged along the chain, the child's parts before the parent's."""


class Policies:
    """The bundled policies and those of a site. Answers are cached: one table per stretch of equal dates."""

    def __init__(self, files: Iterable[PolicyFile] = ()) -> None:
        """The bundled policies and these.

        Errors:
            PolicyError: an id given twice, or an `extends` that is unknown or leads back to itself.
        """
        self.files: dict[str, PolicyFile] = {each.id: each for each in bundled()}
        ours = frozenset(self.files)
        for each in files:
            self._add(each, ours)
        self.ids: tuple[str, ...] = tuple(sorted(self.files))
        self._chains = {name: self._chain(name) for name in self.ids}
        self._versions: dict[int, str] = {}
        self._turns: dict[str, list[date]] = {}
        self._tables: dict[tuple[str, int], Mapping[str, Value]] = {}
        self._policies: dict[tuple[str, date], Policy] = {}

    @classmethod
    def load(cls, files: Sequence[Path] = ()) -> Policies:
        """Read a site's policy files, beside the bundled ones.

        Errors:
            PolicyError: naming file, place, what was expected and the nearest key.
        """
        return cls(read_policy(Path(path)) for path in files)

    def in_force(self, policy: str, on: date) -> Policy:
        """A policy after inheritance, on one date, with every key.

        Errors:
            PolicyError: no policy has this id.
        """
        found = self._policies.get((policy, on))
        if found is None:
            values = self._table(policy, on)
            title = self.files[policy].title
            found = self._policies[policy, on] = Policy(policy, title, on, values, self._version(values))
        return found

    def _version(self, values: Mapping[str, Value]) -> str:
        """Eight letters and digits that change when a value does; made once per stretch of equal dates."""
        found = self._versions.get(id(values))
        if found is None:
            said = sorted((key, repr(each.value)) for key, each in values.items())
            found = self._versions[id(values)] = hashlib.sha256(repr(said).encode()).hexdigest()[:8]
        return found

    def chain(self, policy: str) -> tuple[PolicyFile, ...]:
        """A policy, its parent, and so on up to the root.

        Errors:
            PolicyError: no policy has this id.
        """
        try:
            return self._chains[policy]
        except KeyError:
            raise PolicyError(f"no policy {policy!r}{did_you_mean(policy, self.ids)}") from None

    def stated(self, policy: str, key: str, on: date) -> Iterator[tuple[PolicyFile, Dated]]:
        """What the files of the chain say about a key on a date, the nearest first."""
        for file in self.chain(policy):
            found = file.on(key, on)
            if found is not None:
                yield file, found

    def severities(self, on: date) -> dict[str, dict[str, str]]:
        """Severity by rule and policy, where a policy changes it on a date, or is going to."""
        found: dict[str, dict[str, str]] = {}
        for name in self.ids:
            stated = [each for file in self.chain(name) for each in file.values.get("severity", ())]
            for day in sorted({on, *(day for each in stated for day in each.turns() if day > on)}):
                for word, severity in self.in_force(name, day)["severity"].items():
                    since = "" if day == on else f" from {day}"
                    found.setdefault(word, {}).setdefault(name, f"{severity}{since}")
        return found

    def check_rules(self, known: Mapping[str, str]) -> None:
        """Refuse severities of rules that do not exist.

        Args:
            known: Name by code, of the bundled rules and of those that plugins bring.

        Errors:
            PolicyError: every such word with its file, place and the nearest code or name.
        """
        faults = [
            f"{file.place}: /values/severity{pointer_part(word)}: {fault}"
            for file in self.files.values()
            for each in file.values.get("severity", ())
            for word, fault in rule_faults(each.value, known)
        ]
        if faults:
            raise PolicyError("\n".join(dict.fromkeys(faults)))

    def _add(self, file: PolicyFile, ours: frozenset[str]) -> None:
        other = self.files.get(file.id)
        if file.id in ours:
            raise PolicyError(f"{file.place}: /id: {file.id!r} is a bundled policy; choose another id and extend it")
        if other is not None:
            raise PolicyError(f"{file.place}: /id: {file.id!r} is the id of {other.place} too")
        self.files[file.id] = file

    def _chain(self, policy: str) -> tuple[PolicyFile, ...]:
        found = [self.files[policy]]
        while (parent := found[-1].extends) is not None:
            place = f"{found[-1].place}: /extends"
            if parent not in self.files:
                raise PolicyError(f"{place}: no policy {parent!r}{did_you_mean(parent, self.files)}")
            if any(parent == each.id for each in found):
                circle = " -> ".join((*(each.id for each in found), parent))
                raise PolicyError(f"{place}: circular: {circle}")
            found.append(self.files[parent])
        return tuple(found)

    def _table(self, policy: str, on: date) -> Mapping[str, Value]:
        chain = self.chain(policy)
        turns = self._turns.get(policy)
        if turns is None:
            turns = self._turns[policy] = sorted(_turns(chain))
        stretch = (policy, bisect_right(turns, on))
        table = self._tables.get(stretch)
        if table is None:
            table = {key: self._value(policy, key, on) for key in self.files[ROOT].values}
            self._tables[stretch] = table
        return table

    def _value(self, policy: str, key: str, on: date) -> Value:
        stated = tuple(self.stated(policy, key, on))
        file, nearest = stated[0]
        if key not in MERGED:
            return Value(nearest.value, nearest.source, nearest.confidence, file.id)
        merged: dict[str, Any] = {}
        for _, each in reversed(stated):
            merged.update(each.value)
        sources = dict.fromkeys(each.source for _, each in stated if each.source and each.value)
        return Value(merged, "; ".join(sources), nearest.confidence, file.id)


def _turns(chain: Iterable[PolicyFile]) -> set[date]:
    """Days on which anything in a chain changes."""
    return {day for file in chain for values in file.values.values() for each in values for day in each.turns()}
