"""`groupbill rules [CODE]`: what is checked, and why."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import UsageError
from ..rules.catalogue import ENGINE, Catalogue
from ..rules.page import BY_CONSTRUCTION, OF_THE_ENGINE, listing, page


def list_rules(catalogue: Catalogue) -> str:
    """All rules, one per line: code, severity, name."""
    return listing(catalogue.rules)


def show_rule(catalogue: Catalogue, word: str, policies: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """The page of one rule, by code or name in any case; of a family all its rules.

    Args:
        catalogue: All rules.
        word: What was asked for.
        policies: Severity by rule and payer policy, where it differs.

    Errors:
        UsageError: nothing is called so.
    """
    rules = [catalogue.by_code[code] for code in sorted(_codes(catalogue, word)) if code in catalogue.by_code]
    if len(rules) == 1:
        code = rules[0].code
        return page(rules[0], policies=(policies or {}).get(code))
    if rules:
        return listing(rules)
    code = word.upper()
    if code in BY_CONSTRUCTION:
        return f"{code}: {BY_CONSTRUCTION[code]}\n"
    if code in OF_THE_ENGINE:
        return f"{code} {ENGINE[code]} ({OF_THE_ENGINE[code][0]}): {OF_THE_ENGINE[code][1]}\n"
    near = catalogue.nearest(word)
    raise UsageError(f"no rule is called {word!r}" + (f"; did you mean {near}?" if near else ""))


def _codes(catalogue: Catalogue, word: str) -> frozenset[str]:
    return catalogue.resolve(word.upper()) or catalogue.resolve(word.lower())
