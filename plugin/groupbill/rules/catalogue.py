"""Which rules exist, and the words by which settings and payer policies name them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import import_module

from ..errors import RuleDefinitionError, SettingsError
from ..model import Severity
from ..settings.suggest import nearest
from .rule import ClaimRule, DayRule, LineRule, ParticipantRule, Rule, SessionRule

FAMILIES = (
    "aut",
    "chg",
    "clm",
    "doc",
    "dx",
    "frq",
    "grp",
    "mod",
    "mue",
    "ncc",
    "pay",
    "prv",
    "tel",
    "tim",
)
"""The bundled families, each a module of this folder with `RULES`; the prefix is the name in capitals."""

ENGINE = {
    "ENG01": "unreadable-input",
    "ENG02": "crashed",
    "ENG03": "gate-refused",
    "ENG04": "payer-not-mapped",
    "ENG05": "ambiguous-session",
    "ENG06": "two-versions",
    "ENG07": "too-many-corrections",
    "ENG08": "server-trouble",
}
"""Codes and names of the findings that are no rule's."""

FIXED = frozenset({"ENG01", "ENG02", "ENG03", "ENG08"})
"""Findings whose severity can't be changed and which can't be ignored."""

PREFIXES = frozenset(family.upper() for family in FAMILIES) | {"ENG"}
_DIGITS = "0123456789"
_SCOPES = (SessionRule, ParticipantRule, DayRule, LineRule, ClaimRule)


@lru_cache(maxsize=1)
def bundled() -> tuple[type[Rule], ...]:
    """The rules of all bundled families, by code. Imported when first asked for."""
    found: list[type[Rule]] = []
    for family in FAMILIES:
        module = import_module(f".{family}", __package__)
        found.extend(module.RULES)
    return tuple(sorted(found, key=lambda rule: rule.code))


class Catalogue:
    """A set of rules in which every code and every name stands for one."""

    def __init__(self, rules: Iterable[type[Rule]]) -> None:
        """Take these rules.

        Errors:
            RuleDefinitionError: two rules with one code or name, or something that is no rule of a scope.
        """
        self.by_code: dict[str, type[Rule]] = {}
        self._by_name: dict[str, str] = {name: code for code, name in ENGINE.items()}
        for rule in rules:
            self._add(rule)

    @property
    def rules(self) -> tuple[type[Rule], ...]:
        """All of them, by code."""
        return tuple(sorted(self.by_code.values(), key=lambda rule: rule.code))

    def _add(self, rule: type[Rule]) -> None:
        if not (isinstance(rule, type) and issubclass(rule, _SCOPES) and "code" in rule.__dict__):
            raise RuleDefinitionError(repr(rule), "is no class derived from a scope (SessionRule, ...) with a code")
        other = self.by_code.get(rule.code)
        if other is not None:
            raise RuleDefinitionError(rule.code, f"is defined by {_origin(other)} and by {_origin(rule)}")
        if rule.name in self._by_name:
            raise RuleDefinitionError(rule.code, f"the name {rule.name} belongs to {self._by_name[rule.name]}")
        self.by_code[rule.code] = rule
        self._by_name[rule.name] = rule.code

    @classmethod
    def with_bundled(cls, foreign: Iterable[type[Rule]]) -> Catalogue:
        """The bundled rules and those of third parties, who bring their own prefix.

        Errors:
            RuleDefinitionError: a prefix of ours, or a code or name that is taken.
        """
        catalogue = cls(bundled())
        for rule in foreign:
            catalogue.bring(rule)
        return catalogue

    def bring(self, rule: type[Rule]) -> None:
        """Add a rule of a third party.

        Errors:
            RuleDefinitionError: a prefix of ours, or a code or name that is taken.
        """
        code = str(getattr(rule, "code", ""))
        prefix = code.rstrip(_DIGITS)
        if prefix in PREFIXES:
            raise RuleDefinitionError(code, f"{_origin(rule)} may not use the bundled prefix {prefix}")
        self._add(rule)

    @property
    def names(self) -> dict[str, str]:
        """Name by code, as settings and policies ask for them."""
        return {rule.code: rule.name for rule in self.rules}

    def resolve(self, word: str) -> frozenset[str]:
        """Codes that a code, a name or a prefix stands for; empty when nothing is called so."""
        if word in self.by_code or word in ENGINE:
            return frozenset({word})
        if word in self._by_name:
            return frozenset({self._by_name[word]})
        letters = word.rstrip(_DIGITS)
        every = (*self.by_code, *ENGINE)
        return frozenset(code for code in every if code.rstrip(_DIGITS) == letters and code.startswith(word))

    def expand(self, place: str, words: Iterable[str]) -> frozenset[str]:
        """Codes behind all the words.

        Errors:
            SettingsError: a word that is no code, name or prefix, with the nearest one.
        """
        return frozenset().union(*(self._known(place, word) for word in words))

    def severities(self, place: str, stated: Mapping[str, Severity | str]) -> dict[str, Severity]:
        """Severity per code; an exact code or name counts before a prefix.

        Errors:
            SettingsError: an unknown rule or severity.
        """
        found: dict[str, Severity] = {}
        for word, severity in sorted(stated.items(), key=lambda item: len(self._known(place, item[0])), reverse=True):
            try:
                weight = Severity(severity)
            except ValueError as error:
                words = ", ".join(Severity)
                raise SettingsError(f"{place}: {severity!r} is no severity ({words})") from error
            found.update(dict.fromkeys(self._known(place, word), weight))
        return found

    def _known(self, place: str, word: str) -> frozenset[str]:
        codes = self.resolve(word)
        if codes and codes <= FIXED:
            raise SettingsError(f"{place}: {word} can't be changed")
        if codes:
            return codes - FIXED
        near = self.nearest(word)
        hint = f"; did you mean {near}?" if near else ""
        raise SettingsError(f"{place}: no rule is called {word!r}{hint}")

    def nearest(self, word: str) -> str | None:
        """The code or name that looks most like a word."""
        words = (*self.by_code, *self._by_name)
        return nearest(word, words) or nearest(word.upper(), words)


def _origin(rule: type[Rule]) -> str:
    return f"{rule.__module__}.{rule.__qualname__}"
