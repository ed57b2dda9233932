"""A client of one FHIR server: read, search, create, update, transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from requests.auth import AuthBase

from ..errors import Conflict, Refused, ServerError, Unknown
from ..fhir import json
from ..model import Resource
from .address import base_url, etag
from .answers import Answer, answer_of, entry_answers
from .faults import fault
from .paging import matches
from .questions import LONG, LONGEST, Question, parse
from .statement import resources
from .transport import JSON, Kind, Reply, Transport

_PAGE = "500"
"""Matches per page that are asked for; servers give fewer."""
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_BODY = {"Content-Type": JSON}
_NOT_SERVED = frozenset({400, 404, 405, 501})
_NO_SEARCH_BODY = frozenset({404, 405, 415, 501})


class Client:
    """One FHIR server. Several threads may share a client.

    Every method raises a `ServerError`: `Conflict`, `Refused`, `Unreachable`, or `Unknown` where a write was sent
    and nobody knows what became of it. Messages and logs name types and parameters, never their values.
    """

    def __init__(  # noqa: PLR0913 - the parts of a connection
        self,
        base: str,
        auth: AuthBase | None = None,
        *,
        timeout: tuple[float, float] = (5, 60),
        verify: bool | str = True,
        cert: str | tuple[str, str] | None = None,
        retries: int = 4,
        backoff: float = 0.25,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Nothing is asked yet; see `Transport` for what the parts mean.

        Errors:
            UsageError: the base is no http or https URL.
        """
        self.base = base_url(base)
        self._http = Transport(
            auth,
            base=self.base,
            timeout=timeout,
            verify=verify,
            cert=cert,
            retries=retries,
            backoff=backoff,
            pause=pause,
        )
        self.lists = True
        """Whether the server understands several identifiers in one search; some find none of them then."""
        self._sorts: bool = True
        self._search_bodies: bool = True

    def get(self, reference: str) -> Resource | None:
        """The newest version of `Type/id`; None where there is none (404) or none any more (410)."""
        kind = reference.partition("/")[0]
        try:
            reply = self._http.send("GET", f"{self.base}/{reference}", Kind.READ, f"GET {kind}")
        except Refused as error:
            if error.status in (404, 410):
                return None
            raise
        resource: Resource | None = reply.body
        if resource is None or resource.get("resourceType") != kind:
            raise Refused(f"GET {kind}: the answer is no {kind}", status=reply.status)
        return resource

    def metadata(self) -> Resource:
        """The CapabilityStatement.

        Errors:
            ServerError: there is none. It names the whole URL: the base is what is wrong most often.
        """
        url = f"{self.base}/metadata"
        reply = self._http.send("GET", url, Kind.READ, f"GET {url}")
        statement: Resource | None = reply.body
        if statement is None or statement.get("resourceType") not in ("CapabilityStatement", "Conformance"):
            raise Refused(f"GET {url}: the answer is no CapabilityStatement", status=reply.status)
        return statement

    def search(self, query: str) -> Iterator[Resource]:
        """Everything that a search finds, each resource once, in its latest version.

        Args:
            query: `Type?name=a,b&name=c`, not percent-encoded. A long one goes into the body of POST _search.
                Parameters that a lenient server ignores are applied on this side, where they compare ids, references
                and identifiers; dates are left to the caller.
        """
        question = parse(query)
        found: dict[tuple[str, str], Resource] = {}
        for part in self._parts(question):
            for resource in matches(part, self._first(part), self.base, self._page(part)):
                found[str(resource["resourceType"]), str(resource["id"])] = resource
        yield from found.values()

    def _parts(self, question: Question) -> Iterator[Question]:
        """The search as it is, or in several where a long one can't be asked at once."""
        if not self.lists and any(name == "identifier" and "," in value for name, value in question.parameters):
            yield from question.split(0)
        elif len(question.query) <= LONG or self._search_bodies:
            yield question
        else:
            yield from question.split(LONGEST)

    def _first(self, question: Question) -> Any:
        """The first page. A server that can't sort by id is asked without."""
        if not self._sorts:
            return self._ask(question.with_(_count=_PAGE))
        try:
            return self._ask(question.with_(_count=_PAGE, _sort="_id"))
        except Refused as error:
            if error.status != 400 or "_sort" in dict(question.parameters):
                raise
            page = self._ask(question.with_(_count=_PAGE))
            self._sorts = False
            return page

    def _ask(self, question: Question) -> Any:
        """One page: by GET, by POST where it is long; a type that the server does not have has no resources."""
        try:
            if len(question.query) > LONG and self._search_bodies:
                return self._post_search(question)
            url = f"{self.base}/{question.kind}?{question.query}"
            return self._http.send("GET", url, Kind.READ, f"GET {question.what}").body
        except Refused as error:
            if error.status in _NOT_SERVED and question.kind not in self.types:
                return {"resourceType": "Bundle"}
            raise

    @cached_property
    def types(self) -> frozenset[str]:
        """The resource types that the server says it has."""
        return frozenset(str(each.get("type")) for each in resources(self.metadata()))

    def _post_search(self, question: Question) -> Any:
        what = f"POST {question.kind}/_search"
        url = f"{self.base}/{question.kind}/_search"
        try:
            data = question.query.encode()
            return self._http.send("POST", url, Kind.READ, what, data=data, headers=_FORM).body
        except Refused as error:
            if error.status not in _NO_SEARCH_BODY:
                raise
        self._search_bodies = False
        entries: list[Any] = []
        for part in question.split(LONGEST):
            found = matches(part, self._ask(part), self.base, self._page(part))
            entries.extend({"resource": each} for each in found)
        return {"resourceType": "Bundle", "entry": entries}

    def _page(self, question: Question) -> Callable[[str], Any]:
        def fetch(url: str) -> Any:
            return self._http.send("GET", url, Kind.READ, f"GET {question.what} (next page)").body

        return fetch

    def operation(self, path: str) -> Any:
        """The answer of an operation that only reads (`Subscription/7/$events`), by GET; None where it is empty."""
        kind, _, rest = path.partition("/")
        what = f"GET {kind} {rest.rpartition('/')[2].partition('?')[0]}"
        return self._http.send("GET", f"{self.base}/{path}", Kind.READ, what).body

    def put(self, resource: Mapping[str, Any], if_match: str | None = None) -> Answer:
        """Create or update under the id that the resource has.

        Args:
            resource: With `resourceType` and `id`.
            if_match: Version that is to be replaced (`3`, or an ETag); another one on file is a `Conflict`.
        """
        kind, reference = resource["resourceType"], f"{resource['resourceType']}/{resource['id']}"
        headers = _BODY if if_match is None else {**_BODY, "If-Match": etag(if_match)}
        reply = self._write("PUT", f"/{reference}", Kind.REPEATABLE, f"PUT {kind}", resource, headers)
        return answer_of(reply.status, reply.headers, reply.body, reference)

    def create(self, resource: Mapping[str, Any], if_none_exist: str | None = None) -> Answer:
        """Create under an id that the server gives.

        Args:
            resource: Its `id` is left out: some servers keep it, and refuse the second one.
            if_none_exist: `identifier=system|value`, always in these words; a match on file is left as it is (status
                200), several are a `Conflict`.

        Returns:
            Without a `reference` where the server does not say what it made.
        """
        kind = resource["resourceType"]
        bare = {name: value for name, value in resource.items() if name != "id"}
        headers, safe = _BODY, Kind.ONCE
        if if_none_exist is not None:
            headers, safe = {**_BODY, "If-None-Exist": if_none_exist}, Kind.REPEATABLE
        reply = self._write("POST", f"/{kind}", safe, f"POST {kind}", bare, headers)
        return answer_of(reply.status, reply.headers, reply.body)

    def delete(self, reference: str) -> None:
        """Delete `Type/id`. Only what was made to try the server out; billing resources are never deleted."""
        self._http.send(
            "DELETE", f"{self.base}/{reference}", Kind.REPEATABLE, f"DELETE {reference.partition('/')[0]}"
        )

    def transaction(self, bundle: Mapping[str, Any]) -> list[Answer]:
        """All entries or none; the answers in the order of the entries.

        An entry whose answer can't be told is looked up.

        Errors:
            Conflict: a version was stale, or the server lost a race; nothing was written.
            Unknown: no usable answer, or one that leaves an entry open.
        """
        kind = Kind.DEFERRED if any(_bare_post(each) for each in bundle["entry"]) else Kind.REPEATABLE
        answers = self._bundle(bundle, kind, "POST transaction")
        for answer in answers:
            if answer.status >= 400:
                raise _entry_fault("POST transaction, entry", answer)
        return answers

    def batch(self, bundle: Mapping[str, Any]) -> list[Answer]:
        """Every entry for itself; those that failed have a status of 400 or more and a `problem`."""
        kind = Kind.DEFERRED if any(_bare_post(each) for each in bundle["entry"]) else Kind.REPEATABLE
        return self._bundle(bundle, kind, "POST batch")

    def _bundle(self, bundle: Mapping[str, Any], kind: Kind, what: str) -> list[Answer]:
        reply = self._write("POST", "", kind, what, bundle, _BODY, bundled=True)
        entries = (reply.body or {}).get("entry") if (reply.body or {}).get("resourceType") == "Bundle" else None
        if not isinstance(entries, list):
            raise Unknown(f"{what}: sent, but the answer is no Bundle", status=reply.status)
        asked: Sequence[Mapping[str, Any]] = bundle["entry"]
        found = entry_answers(asked, entries)
        return [self._settled(entry, answer, what) for entry, answer in zip(asked, found, strict=True)]

    def _settled(self, entry: Mapping[str, Any], answer: Answer | None, what: str) -> Answer:
        """The answer, completed by a look at the server where it names no resource."""
        if answer is not None and (answer.reference is not None or answer.status >= 400):
            return answer
        found = self.written(entry)
        if found is None:
            raise Unknown(f"{what}: the answer leaves an entry open")
        made = answer_of(200 if answer is None else answer.status, {}, found)
        return made

    def written(self, entry: Mapping[str, Any]) -> Resource | None:
        """What an entry of a Bundle left on the server, by its id or its condition; None where nothing.

        Errors:
            Conflict: several resources carry the identifier.
        """
        request = entry["request"]
        if request["method"] == "PUT":
            return self.get(request["url"])
        if not request.get("ifNoneExist"):
            return None
        found = list(self.search(f"{request['url']}?{request['ifNoneExist']}"))
        if len(found) > 1:
            raise Conflict(f"{request['url']}: several carry one identifier of ours", status=412)
        return found[0] if found else None

    def _write(
        self,
        method: str,
        path: str,
        kind: Kind,
        what: str,
        body: Mapping[str, Any],
        headers: Mapping[str, str],
        *,
        bundled: bool = False,
    ) -> Reply:
        url, data = self.base + path, json.dumps(body)
        return self._http.send(method, url, kind, what, data=data, headers=headers, bundled=bundled)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def _bare_post(entry: Mapping[str, Any]) -> bool:
    """Whether sending it twice makes two."""
    request = entry["request"]
    return request["method"] == "POST" and not request.get("ifNoneExist")


def _entry_fault(what: str, answer: Answer) -> ServerError:
    return fault(what, answer.status, answer.problem, written=True, bundled=True)
