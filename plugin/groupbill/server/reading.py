"""Searches on a server that can do only some of them: asked in other words, or looked through on this side."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from itertools import islice

from ..errors import Refused
from ..model import Resource
from .client import Client
from .questions import Question, parse

log = logging.getLogger("groupbill.server")

MOST = 5_000
"""Resources of a type that are looked through on this side, where a server can't search them; more is an error."""
_OTHER_WORDS = {
    "subject": "patient",
    "beneficiary": "patient",
    "patient": "subject",
    "participant": "practitioner",
    "actor": "practitioner",
}
"""Parameters that mean the same for the types that are asked."""
_UNABLE = frozenset({400, 404, 405, 501})
_FORBIDDEN = frozenset({401, 403})
_SPARE = frozenset(
    "CarePlan ChargeItemDefinition Composition Consent DocumentReference EpisodeOfCare Observation PractitionerRole"
    " QuestionnaireResponse RelatedPerson ServiceRequest".split()
)
"""Types without which a session can still be judged: what they would say is `no-data`."""


class Reader:
    """Reads one server; what it can't do is found out once. Threads may share it."""

    def __init__(self, client: Client) -> None:
        """Nothing is known yet."""
        self._client = client
        self._lock = threading.Lock()
        self._form: dict[tuple[str, tuple[str, ...]], int] = {}
        self._notes: dict[str, None] = {}

    @property
    def notes(self) -> list[str]:
        """What the server could not do or show, each once."""
        return list(self._notes)

    def read(self, text: str) -> list[Resource]:
        """By reference (`Patient/p1`) or search (`Encounter?part-of=Encounter/g1`).

        Errors:
            ServerError: it could not be read, and a session can't be judged without.
        """
        if "?" not in text:
            one = self._client.get(text)
            return [] if one is None else [one]
        question = parse(text)
        key = question.kind, tuple(dict.fromkeys(name for name, _ in question.parameters))
        forms = list(_forms(question))
        for number in range(self._form.get(key, 0), len(forms)):
            try:
                return self._search(question, forms[number])
            except Refused as error:
                if error.status in _FORBIDDEN and question.kind in _SPARE:
                    return self._nothing(question.kind, error)
                if error.status not in _UNABLE or number + 1 == len(forms):
                    raise
                self._note(f"the server can't search {question.what}: it is asked in other words")
                self._form[key] = number + 1
        return []

    def _search(self, asked: Question, form: Question) -> list[Resource]:
        if form.parameters == asked.parameters:
            return list(self._client.search(asked.text))
        found = list(islice(self._client.search(form.text), MOST + 1))
        if len(found) > MOST:
            raise Refused(f"GET {asked.what}: the server can't search it, and has too many to look through")
        return [each for each in found if asked.fits(each)]

    def _nothing(self, kind: str, error: Refused) -> list[Resource]:
        self._note(f"{kind} may not be read ({error.status}): what it would say is not known")
        return []

    def _note(self, text: str) -> None:
        with self._lock:
            if text not in self._notes:
                self._notes[text] = None
                log.warning("%s", text)


def _forms(question: Question) -> Iterator[Question]:
    """The search; without its dates; by another word; and the whole type."""
    yield question
    bare = tuple(pair for pair in question.parameters if pair[0] not in ("date", "occurrence"))
    if bare and bare != question.parameters:
        yield Question(question.kind, bare)
    renamed = tuple((_OTHER_WORDS.get(name, name), value) for name, value in bare)
    if renamed != bare:
        yield Question(question.kind, renamed)
    if question.parameters:
        yield Question(question.kind, ())
