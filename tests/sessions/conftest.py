"""Sessions found among resources, with attendance decided by the bundled ladder."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from groupbill.fhir.index import Index
from groupbill.fhir.read import add_resources
from groupbill.model import Finding, Member, Session
from groupbill.sessions import find, resolve
from groupbill.settings import Settings
from groupbill_hooks.attendance import ladder

JSON = dict[str, Any]
Find = Callable[..., list[Session]]


@pytest.fixture
def sessions() -> Find:
    """All sessions among some resources (Bundles among them), by their first source."""

    def found(resources: Iterable[JSON], **keys: Any) -> list[Session]:
        settings = Settings.parse({"timezone": "America/Chicago", **keys}, Path())
        index = Index()
        add_resources(index, resources)
        read = [resolve(candidate, index, settings) for candidate in find(index, settings)]
        return sorted((_decided(each, settings) for each in read if isinstance(each, Session)), key=_first)

    return found


@pytest.fixture
def undated() -> Callable[..., list[Finding]]:
    """What is said about sessions that can't be dated."""

    def found(resources: Iterable[JSON]) -> list[Finding]:
        settings = Settings.parse({"timezone": "America/Chicago"}, Path())
        index = Index()
        add_resources(index, resources)
        read = [resolve(candidate, index, settings) for candidate in find(index, settings)]
        return [each for each in read if isinstance(each, Finding)]

    return found


@pytest.fixture
def told() -> Callable[[Session], dict[str, tuple[str | None, str | None, str | None]]]:
    """Per member: the evidence that counts, its source, and the reason (None for somebody who came)."""

    def table(session: Session) -> dict[str, tuple[str | None, str | None, str | None]]:
        return {
            member.member: (decided.evidence, decided.source, decided.reason)
            for member in session.members
            if (decided := member.attendance) is not None
        }

    return table


def _decided(session: Session, settings: Settings) -> Session:
    answers = {each.member: each for each in ladder(session, roster_is_attendance=settings.roster_is_attendance)}
    assert set(answers) == {member.member for member in session.members}
    members: tuple[Member, ...] = tuple(
        replace(member, attendance=answers[member.member]) for member in session.members
    )
    return replace(session, members=members)


def _first(session: Session) -> tuple[str, ...]:
    return session.sources
