"""Notes that are nearly the same are found by their sketches, and others are not."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbill.charges.sketch import sketch
from groupbill.rules.likeness import alike, most_alike

WORDS = [f"word{number}" for number in range(400)]


def text(seed: int, length: int = 200) -> list[str]:
    return Random(seed).choices(WORDS, k=length)


def changed(words: list[str], share: float, seed: int) -> list[str]:
    chance = Random(seed)
    places = chance.sample(range(len(words)), round(share * len(words)))
    return [f"other{seed}-{place}" if place in places else word for place, word in enumerate(words)]


def of(words: list[str]) -> tuple[int, ...]:
    return sketch(" ".join(words).encode())


@pytest.mark.parametrize("seed", range(20))
def test_another_name_in_a_note_is_no_note_of_ones_own(seed: int) -> None:
    note = text(seed)
    assert alike(of(note), of([*note[:50], "Ana", *note[51:]]))


@pytest.mark.parametrize("seed", range(20))
def test_a_note_with_a_third_of_its_own_is_one(seed: int) -> None:
    note = text(seed)
    assert not alike(of(note), of(changed(note, 1 / 3, seed)))


def test_case_and_space_make_no_difference() -> None:
    note = text(1)
    assert of(note) == sketch("\n ".join(note).upper().encode())


def test_a_short_note_has_no_sketch() -> None:
    assert of(text(1, 19)) == ()
    assert of(text(1, 20)) != ()


def test_two_notes_of_one_participant_are_no_copies() -> None:
    note = of(text(1))
    assert most_alike([(0, note), (0, note), (1, of(text(2)))]) == 1
    assert most_alike([(0, note), (0, note), (1, note), (2, of(text(2)))]) == 2


@given(st.integers(0, 10_000), st.integers(2, 40), st.integers(0, 60))
def test_a_copy_is_found_among_any_number_of_others(seed: int, copies: int, others: int) -> None:
    note = text(seed)
    sketches = [(place, of(text(seed + 1 + place, 60))) for place in range(others)]
    sketches += [(others + place, of([*note, f"name{place}"])) for place in range(copies)]
    Random(seed).shuffle(sketches)
    assert most_alike(sketches) == copies
