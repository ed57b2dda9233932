"""What a server answers to a write: which resource, in which version; entries of a Bundle matched by identity."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..model import Resource
from .address import place, version_of

_STATUS = re.compile(r"\s*(\d{3})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to one write."""

    reference: str | None
    """`Type/id` as the server has it; None where it does not say."""
    version: str | None
    """Version id, opaque; None where the server has none, or does not say."""
    status: int
    """HTTP status of the entry or the answer."""
    resource: Resource | None = None
    """The body, where one came."""
    problem: Mapping[str, Any] | None = None
    """OperationOutcome of an entry that failed."""


def answer_of(status: int, headers: Mapping[str, str], body: Any, asked: str | None = None) -> Answer:
    """The answer to a single write.

    Args:
        status: HTTP status.
        headers: Location (absolute or relative, with or without `_history`) and ETag, if the server sends them.
        body: The resource, an OperationOutcome, or None.
        asked: `Type/id` where the request named it.
    """
    resource = body if isinstance(body, dict) and body.get("resourceType") != "OperationOutcome" else None
    location, version = place(headers.get("Location") or headers.get("Content-Location"))
    reference = asked or _key(resource) or location
    return Answer(
        reference=reference,
        version=version_of(headers.get("ETag")) or version or _version(resource),
        status=status,
        resource=resource,
    )


def entry_answers(asked: Sequence[Mapping[str, Any]], entries: Sequence[Any]) -> list[Answer | None]:
    """The answers of a Bundle in the order of what was asked; None where no answer can be told to be the entry's.

    Servers answer in another order and with fewer entries (HAPI folds equal conditional creates into one), so an
    answer is matched by `Type/id`, then by identifier, then as the only one of its type, and by position only where
    as many came as were asked and nothing speaks against it.
    """
    answers = [_entry(each) for each in entries]
    left = dict(enumerate(answers))
    found: list[Answer | None] = [None] * len(asked)
    for match in (_by_reference, _by_identifier):
        for number, entry in enumerate(asked):
            if found[number] is None:
                hit = next((key for key, answer in left.items() if match(entry, answer)), None)
                found[number] = None if hit is None else left[hit]
                if hit is not None and match is _by_reference:
                    del left[hit]
    for number, entry in enumerate(asked):
        if found[number] is None:
            answer = _by_place(asked, entry, number, left, len(entries))
            found[number] = _named(answer, entry) if answer is not None else None
    return found


def _by_place(
    asked: Sequence[Mapping[str, Any]], entry: Mapping[str, Any], number: int, left: Mapping[int, Answer], count: int
) -> Answer | None:
    """The answer at the same position, or the only one of the entry's type."""
    kind = _type(entry)
    if count == len(asked) and number in left:
        answer = left[number]
        if answer.reference is None or answer.reference.startswith(kind + "/"):
            return answer
    alike = [answer for answer in left.values() if (answer.reference or "").startswith(kind + "/")]
    single = sum(1 for each in asked if _type(each) == kind) == 1
    return alike[0] if single and len(alike) == 1 else None


def _named(answer: Answer, entry: Mapping[str, Any]) -> Answer:
    """An answer without a reference has that of its request, where this was a PUT."""
    url = str(entry["request"]["url"])
    if answer.reference is not None or entry["request"]["method"] != "PUT":
        return answer
    return Answer(
        reference=url,
        version=answer.version,
        status=answer.status,
        resource=answer.resource,
        problem=answer.problem,
    )


def _by_reference(entry: Mapping[str, Any], answer: Answer) -> bool:
    method, url = entry["request"]["method"], str(entry["request"]["url"])
    return method == "PUT" and answer.reference == url


def _by_identifier(entry: Mapping[str, Any], answer: Answer) -> bool:
    wanted = (entry.get("resource") or {}).get("identifier")
    got = (answer.resource or {}).get("identifier")
    if not isinstance(wanted, list) or not isinstance(got, list) or entry["request"]["method"] != "POST":
        return False
    return _type(entry) == (answer.resource or {}).get("resourceType") and bool(_tokens(wanted) & _tokens(got))


def _tokens(identifiers: Sequence[Any]) -> set[tuple[Any, Any]]:
    return {(each.get("system"), each.get("value")) for each in identifiers if isinstance(each, dict)}


def _type(entry: Mapping[str, Any]) -> str:
    return str(entry["request"]["url"]).split("/", 1)[0].split("?", 1)[0]


def _entry(entry: Any) -> Answer:
    """One entry of a response; a status of `201` or `201 Created`."""
    entry = entry if isinstance(entry, dict) else {}
    response = entry.get("response")
    response = response if isinstance(response, dict) else {}
    status = _STATUS.match(str(response.get("status", "")))
    resource = entry.get("resource")
    made = answer_of(
        int(status[1]) if status else 200,
        {"Location": response.get("location") or "", "ETag": response.get("etag") or ""},
        resource if isinstance(resource, dict) else None,
    )
    outcome = response.get("outcome")
    if made.status < 400 or not isinstance(outcome, dict):
        return made
    return Answer(reference=made.reference, version=made.version, status=made.status, problem=outcome)


def _key(resource: Mapping[str, Any] | None) -> str | None:
    kind, name = (resource or {}).get("resourceType"), (resource or {}).get("id")
    return f"{kind}/{name}" if isinstance(kind, str) and isinstance(name, str) and name else None


def _version(resource: Mapping[str, Any] | None) -> str | None:
    meta = (resource or {}).get("meta")
    version = meta.get("versionId") if isinstance(meta, dict) else None
    return version if isinstance(version, str) and version else None
