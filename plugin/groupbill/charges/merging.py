"""One service, however many resources tell of it: an Encounter, its ChargeItem and Claim line of one code."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

from ..fhir.references import LOGICAL
from ..model import Line
from ..model.identity import USUAL_CODES, VISIT_SYSTEM

_VISIT = f"{LOGICAL}{VISIT_SYSTEM}|"

_KINDS = {
    **dict.fromkeys(("90791", "90792"), "intake"),
    **dict.fromkeys(("90832", "90834", "90837"), "individual"),
    **dict.fromkeys(("90846", "90847"), "family"),
    **dict.fromkeys(("90853", "90849", "H0004", "H0005", "H2019", "H2017", "H2014", "G0410", "G0411"), "group"),
    **dict.fromkeys(("99202", "99203", "99204", "99205", "99211", "99212", "99213", "99214", "99215"), "office"),
}
"""Codes of which a visit is typed as one and billed as another: by length, by payer."""


def kind(code: str) -> str:
    """What a visit may be billed as instead of its type."""
    return _KINDS.get(code, code)


def merge(
    strong: Sequence[Line], weak: Sequence[Line], same: Callable[[str], str] = str
) -> tuple[list[Line], set[str]]:
    """The strong lines, each standing for at most one of the weak; the weak ones left over follow.

    Also answers the places of those that were merged. Two strong lines are never one service: that would be a
    duplicate. `same` tells what stands for a code in comparing.
    """
    result = list(strong)
    if not strong or not weak:
        return [*result, *weak], set()
    places = _places(result, same)
    taken: set[int] = set()
    left: list[Line] = []
    merged: set[str] = set()
    for line in sorted(weak, key=lambda each: (each.at, each.code)):
        position = _partner(result, places, taken, line, same(line.code))
        if position is None:
            left.append(line)
            continue
        taken.add(position)
        merged.add(line.at)
        result[position] = _joined(result[position], line)
    return [*result, *left], merged


def _places(lines: Sequence[Line], same: Callable[[str], str]) -> dict[Hashable, list[int]]:
    """Positions by code and Encounter, by code and date, and what groupbill wrote for an Encounter."""
    places: dict[Hashable, list[int]] = {}
    for position, line in enumerate(lines):
        code = same(line.code)
        if line.encounter is not None:
            places.setdefault((code, line.encounter), []).append(position)
            if line.ours:
                places.setdefault(line.encounter, []).append(position)
        places.setdefault((code, line.date), []).append(position)
    return places


def _partner(
    lines: Sequence[Line], places: dict[Hashable, list[int]], taken: set[int], line: Line, code: str
) -> int | None:
    candidates = {
        *(places.get((code, line.encounter), ()) if line.encounter is not None else ()),
        *places.get((code, line.date), ()),
        # Of several families one may have come: the visits say 90849, and 90847 is written for them.
        *(places.get(line.at, ()) if line.code in USUAL_CODES else ()),
    }
    ranked = [
        (lines[position].code != line.code, rank, lines[position].at, position)
        for position in candidates - taken
        if (rank := _rank(lines[position], line)) is not None
    ]
    return min(ranked)[-1] if ranked else None


def _rank(strong: Line, weak: Line) -> int | None:
    """Same Encounter and performer, same Encounter, then same day where one is not named; else None."""
    same_leader = strong.rendering == weak.rendering
    if strong.encounter is not None and strong.encounter == weak.encounter:
        return 0 if same_leader else 1
    if strong.encounter is not None and weak.encounter is not None and _ours(strong) == _ours(weak):
        return None
    if strong.date is None or strong.date != weak.date or strong.period.overlaps(weak.period) is False:
        return None
    if not same_leader and strong.rendering is not None and weak.rendering is not None:
        return None
    return 2


def _ours(line: Line) -> bool:
    """Whether the visit is named in our words: that is no other visit than the one that somebody else names."""
    return str(line.encounter).startswith(_VISIT)


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
