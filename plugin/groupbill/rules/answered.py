"""The findings that rules and plugins of others answer with: of the right types, and in words that a report has."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TypeVar

from ..model import Finding, Severity, Verdict
from ..model.strangers import WrongAnswer, typed

W = TypeVar("W", Severity, Verdict)
_CODE = re.compile(r"[A-Z]{2,5}[0-9]{2,3}")


def finding(answer: object) -> Finding:
    """A finding as it may stand in a report; severity and verdict may come as FHIR's bare words.

    Errors:
        WrongAnswer: it is no Finding, a field has the wrong type, or a code or word is none.
    """
    if isinstance(answer, Finding):
        answer = replace(answer, severity=_word(Severity, answer.severity), verdict=_word(Verdict, answer.verdict))
    found = typed(answer, Finding)
    if not _CODE.fullmatch(found.code):
        raise WrongAnswer("Finding.code, expected two to five capitals and two or three digits, like ACME01")
    if found.code.startswith("ENG"):
        raise WrongAnswer("Finding.code, expected one of your own; ENG codes are the engine's")
    if not found.at:
        raise WrongAnswer("Finding.at is empty, expected Type/id")
    if found.verdict is Verdict.PASS:
        raise WrongAnswer("Finding.verdict is pass; a pass is no finding")
    return found


def _word(words: type[W], stated: object) -> W:
    for word in words:
        if word == stated:
            return word
    raise WrongAnswer(f"Finding.{words.__name__.lower()}, expected one of {', '.join(words)}")
