"""One service, however many resources tell of it: an Encounter, its ChargeItem and Claim line of one code."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

from ..model import Line


def merge(strong: Sequence[Line], weak: Sequence[Line]) -> tuple[list[Line], set[str]]:
    """The strong lines, each standing for at most one of the weak; the weak ones left over follow.

    Also answers the places of those that were merged. Two lines of one kind are never one service: that would
    be a duplicate.
    """
    result = list(strong)
    if not strong or not weak:
        return [*result, *weak], set()
    places = _places(result)
    taken: set[int] = set()
    left: list[Line] = []
    merged: set[str] = set()
    for line in sorted(weak, key=lambda each: (each.at, each.code)):
        position = _partner(result, places, taken, line)
        if position is None:
            left.append(line)
            continue
        taken.add(position)
        merged.add(line.at)
        result[position] = _joined(result[position], line)
    return [*result, *left], merged


def _places(lines: Sequence[Line]) -> dict[Hashable, list[int]]:
    """Positions by code and Encounter, and by code and date."""
    places: dict[Hashable, list[int]] = {}
    for position, line in enumerate(lines):
        if line.encounter is not None:
            places.setdefault((line.code, line.encounter), []).append(position)
        places.setdefault((line.code, line.date), []).append(position)
    return places


def _partner(lines: Sequence[Line], places: dict[Hashable, list[int]], taken: set[int], line: Line) -> int | None:
    candidates = {
        *(places.get((line.code, line.encounter), ()) if line.encounter is not None else ()),
        *places.get((line.code, line.date), ()),
    }
    ranked = [
        (rank, lines[position].at, position)
        for position in candidates - taken
        if (rank := _rank(lines[position], line)) is not None
    ]
    return min(ranked)[2] if ranked else None


def _rank(strong: Line, weak: Line) -> int | None:
    """Same Encounter and performer, same Encounter, then same day where one is not named; else None."""
    same_leader = strong.rendering == weak.rendering
    if strong.encounter is not None and weak.encounter is not None:
        if strong.encounter != weak.encounter:
            return None
        return 0 if same_leader else 1
    if strong.date is None or strong.date != weak.date or strong.period.overlaps(weak.period) is False:
        return None
    if not same_leader and strong.rendering is not None and weak.rendering is not None:
        return None
    return 2


def _billed(line: Line) -> bool:
    return not line.at.startswith("Encounter/")


def _joined(strong: Line, weak: Line) -> Line:
    """The strong line, with what only the weak one knows."""
    keeps_times = strong.period.start is not None or weak.period.start is None
    named = strong.encounter is not None
    return replace(
        strong,
        also=tuple(sorted({*strong.also, weak.at, *weak.also})),
        shared=strong.shared or weak.shared or (_billed(strong) and _billed(weak) and strong.ours != weak.ours),
        sent=strong.sent or weak.sent,
        period=strong.period if keeps_times else weak.period,
        encounter=strong.encounter if named else weak.encounter,
        encounter_status=strong.encounter_status if named else weak.encounter_status,
        encounter_date=strong.encounter_date if named else weak.encounter_date,
        rendering=strong.rendering or weak.rendering,
        place_of_service=strong.place_of_service or weak.place_of_service,
        session=strong.session or weak.session,
        created=strong.created or weak.created,
        leader=weak.leader if weak.ours and strong.ours else strong.leader,
    )
