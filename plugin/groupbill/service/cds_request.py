"""From the request of a CDS client to the facts: what it prefetched, else what the configured FHIR server says.

The server of the request is believed only where it is the configured one; with its token, else our own sign-in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from requests.auth import AuthBase

from ..errors import ServerError
from ..facts import Facts, facts_of
from ..model import Read, Resource
from ..server import Client
from ..server.reading import Reader
from .advice import Missing
from .notification import Malformed
from .parts import Parts

Gather = Callable[[frozenset[str]], Facts]
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_TOKEN = re.compile(r"[\x21-\x7e]+")
"""RFC 6749, appendix A.12, without the space: it goes into a header."""
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request."""

    hook: str
    patient: str
    """`Patient/id`."""
    encounter: str
    """`Encounter/id`; empty where the hook has none."""
    appointments: tuple[Mapping[str, Any], ...]
    """What is proposed."""
    server: str | None
    token: str | None
    prefetched: Mapping[str, Resource]
    """By `Type/id`."""


class _Bearer(AuthBase):
    """The token of the request; never logged, never kept."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def asked_of(body: Any, hook: str) -> Asked:
    """Read a request.

    Errors:
        Malformed: not a request to this hook.
    """
    if not isinstance(body, dict) or body.get("hook") != hook or not _UUID.fullmatch(str(body.get("hookInstance"))):
        raise Malformed("not a request to this hook")
    context = _object(body.get("context"))
    prefetch = _object(body.get("prefetch"))
    encounter = context.get("encounterId")
    told = prefetch.get("encounter")
    if isinstance(told, dict) and told.get("resourceType") == "Encounter" and isinstance(told.get("id"), str):
        encounter = told["id"]
    authorization = _object(body.get("fhirAuthorization"))
    server, token = body.get("fhirServer"), authorization.get("access_token")
    if isinstance(token, str) and not _TOKEN.fullmatch(token):
        raise Malformed("the access token is none")
    return Asked(
        hook=hook,
        patient=_named("Patient", context.get("patientId")),
        encounter=_named("Encounter", encounter) if hook == "encounter-discharge" else "",
        appointments=tuple(each for each in _resources(context.get("appointments")) if _is(each, "Appointment")),
        server=server if isinstance(server, str) else None,
        token=token if isinstance(token, str) else None,
        prefetched={f"{each['resourceType']}/{each['id']}": each for each in _resources(list(prefetch.values()))},
    )


@contextmanager
def source(asked: Asked, parts: Parts) -> Iterator[tuple[Read, Gather]]:
    """Where the facts come from.

    Errors:
        Missing: they can't be had: another server than ours, and not enough prefetched; or ours is away.
    """
    ours = asked.server is None or asked.server.rstrip("/") == parts.server.client.base
    enough = asked.encounter in asked.prefetched and asked.server is None
    if enough or not ours:
        if asked.encounter not in asked.prefetched:
            raise Missing
        yield _prefetched(asked), lambda _: Facts(tuple(asked.prefetched.values()), frozenset())
        return
    client = None if asked.token is None else Client(parts.server.client.base, _Bearer(asked.token))
    read: Read = parts.server.read if client is None else Reader(client).read
    try:
        yield read, lambda wanted: facts_of(wanted, read, parts.settings)
    except ServerError:
        raise Missing from None
    finally:
        if client is not None:
            client.close()


def _prefetched(asked: Asked) -> Read:
    def read(question: str) -> list[Resource]:
        kind, mark, _ = question.partition("?")
        if not mark:
            return [asked.prefetched[question]] if question in asked.prefetched else []
        return [each for key, each in asked.prefetched.items() if key.startswith(f"{kind}/")]

    return read


def _named(kind: str, value: Any) -> str:
    id = str(value).removeprefix(f"{kind}/") if isinstance(value, str) else ""
    if not _ID.fullmatch(id):
        raise Malformed(f"the context names no {kind}")
    return f"{kind}/{id}"


def _resources(value: Any) -> Iterator[dict[str, Any]]:
    """Resources with an id, also out of Bundles and lists."""
    open_ = [value]
    while open_:
        each = open_.pop()
        if isinstance(each, list):
            open_.extend(each)
        elif isinstance(each, dict) and each.get("resourceType") == "Bundle":
            entries = each.get("entry")
            listed = entries if isinstance(entries, list) else []
            open_.extend(one.get("resource") for one in listed if isinstance(one, dict))
        elif isinstance(each, dict) and all(isinstance(each.get(name), str) for name in ("resourceType", "id")):
            yield each


def _is(resource: Mapping[str, Any], kind: str) -> bool:
    return resource.get("resourceType") == kind


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
