"""How settings and policies name rules: a code, the letters of a family, or a name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from .suggest import did_you_mean

FIXED = ("ENG01", "ENG02", "ENG03", "ENG08")
"""Findings of the engine whose severity can't be changed and that can't be ignored."""
ENGINE = {
    "ENG04": "payer-not-mapped",
    "ENG05": "ambiguous-session",
    "ENG06": "two-versions",
    "ENG07": "too-many-corrections",
}
"""Findings of the engine that can."""
_DIGITS = "0123456789"


def rule_faults(words: Iterable[str], known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Words that name no rule, each with what is wrong with it.

    Args:
        words: What a settings or policy file says.
        known: Name by code, of all rules: the bundled ones and those of plugins.
    """
    every = {**ENGINE, **known}
    names = frozenset(every.values())
    families = frozenset(code.rstrip(_DIGITS) for code in every)
    for word in words:
        if word in FIXED:
            yield word, f"{word} can't be changed"
        elif word not in every and word not in names and word not in families:
            yield word, f"no rule is called {word!r}{_hint(word, every)}"


def _hint(word: str, every: Mapping[str, str]) -> str:
    known = (*every, *every.values())
    return did_you_mean(word, known) or did_you_mean(word.upper(), known)
