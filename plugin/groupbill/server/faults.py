"""From an answer that is an error to a typed exception whose message holds nothing of a patient.

OperationOutcome.diagnostics, HTML pages and texts may repeat what was sent. Of them only codes, FHIRPath expressions
and the numbers of HAPI's messages are passed on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from ..errors import Conflict, Refused, ServerError, Unknown, Unreachable

_STALE = re.compile(r"\b(?:status|http|code|with)\W{0,3}4(?:09|12)\b|precondition.failed", re.IGNORECASE)
"""A 400 that stands for the 412 or 409 of one entry of a transaction (Helios: "Entry failed with status 412")."""
_RACE = re.compile(r"duplicate key|deadlock|could not serialize", re.IGNORECASE)
"""A 500 that is a lost race in the server's database (WSO2)."""
_CONFLICTS = frozenset({"conflict", "duplicate", "multiple-matches", "lock-error"})
_CODE = re.compile(r"[a-z][a-z\-]{1,30}")
_PATH = re.compile(r"[A-Z][A-Za-z]+(?:\.[A-Za-z]+|\[\d+\])*")
_OAUTH = re.compile(r"[a-z_]{1,40}")
_HAPI = re.compile(r"HAPI-\d{3,5}")


def fault(
    what: str, status: int, body: bytes | Mapping[str, Any] | None, *, written: bool, bundled: bool = False
) -> ServerError:
    """The exception that an error answer stands for.

    Args:
        what: Method and type that were asked.
        status: HTTP status, or that of an entry.
        body: The answer, parsed or not.
        written: Whether a write was sent.
        bundled: Whether it was a transaction, in which a 400 may stand for a 412.
    """
    outcome = body if isinstance(body, Mapping) else {}
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else str(outcome)
    message = f"{what}: {status} {_phrase(status)}{_details(outcome, text)}"
    codes = {str(issue.get("code")) for issue in _issues(outcome)}
    if status in (409, 412) or (bundled and status in (400, 422) and (codes & _CONFLICTS or _STALE.search(text))):
        return Conflict(message, status=status)
    if status >= 500 and written and _RACE.search(text):
        return Conflict(message, status=status)
    if status == 501 or (400 <= status < 500 and status not in (408, 425, 429)) or 300 <= status < 400:
        return Refused(message, status=status)
    if written and status not in (425, 429):
        return Unknown(message, status=status)
    return Unreachable(message, status=status)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _details(outcome: Mapping[str, Any], text: str) -> str:
    """Codes and places of the issues, and HAPI's message numbers."""
    found: dict[str, None] = {}
    issues = list(_issues(outcome))
    errors = [issue for issue in issues if issue.get("severity") in ("error", "fatal")]
    for issue in errors or issues:
        code = str(issue.get("code"))
        places = [*_texts(issue.get("expression")), *_texts(issue.get("location"))]
        at = next((each for each in places if _PATH.fullmatch(each)), "")
        if _CODE.fullmatch(code):
            found[f"{code} at {at}" if at else code] = None
    oauth = outcome.get("error")
    if isinstance(oauth, str) and _OAUTH.fullmatch(oauth):
        found[oauth] = None
    found.update(dict.fromkeys(_HAPI.findall(text)[:3]))
    return f" ({', '.join(list(found)[:6])})" if found else ""


def _issues(outcome: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    issues = outcome.get("issue")
    if isinstance(issues, list):
        yield from (issue for issue in issues if isinstance(issue, Mapping))


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
