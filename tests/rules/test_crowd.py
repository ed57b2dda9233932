"""The participants of a session are counted once, and rightly whoever they are."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from groupbill.model import Member, Session
from groupbill.rules.crowd import crowd
from groupbill.testing.facts import Facts

SESSION = Facts().session(attended=1)
SOMEBODY = SESSION.members[0]


def member(number: int, family: str | None, relatives: int, present: bool | None) -> Member:
    reference = f"Patient/p{number}"
    assert SOMEBODY.attendance is not None
    return replace(
        SOMEBODY,
        member=reference,
        patient=reference,
        family=family,
        relatives=tuple(f"RelatedPerson/r{number}-{each}" for each in range(relatives)),
        attendance=replace(SOMEBODY.attendance, member=reference, present=present),
    )


people = st.tuples(
    st.sampled_from([None, None, "a", "b"]), st.integers(0, 2), st.sampled_from([True, True, False, None])
)


def session_of(rows: list[tuple[str | None, int, bool | None]]) -> Session:
    return replace(SESSION, members=tuple(member(number, *row) for number, row in enumerate(rows)))


@given(st.lists(people, max_size=12))
def test_the_count_is_of_those_who_came(rows: list[tuple[str | None, int, bool | None]]) -> None:
    counted = crowd(session_of(rows))
    came = [row for row in rows if row[2] is True]
    kin = {family for family, _, _ in came if family and [row[0] for row in came].count(family) > 1}
    assert counted.attended == len(came)
    assert counted.people == len(came) + sum(relatives for _, relatives, _ in came)
    assert counted.shared == kin
    unknown = any(family is None for family, _, _ in came)
    assert counted.families == len({family for family, _, _ in came if family}) + unknown
    assert counted.unrelated == len({family or number for number, (family, _, _) in enumerate(came)})
    assert counted.only_families == (bool(came) and all(row[1] or row[0] in kin for row in came))


def test_a_changed_session_is_counted_again() -> None:
    first, second = session_of([(None, 0, True)]), session_of([(None, 0, True), (None, 0, True)])
    assert [crowd(first).attended, crowd(second).attended, crowd(first).attended] == [1, 2, 1]
