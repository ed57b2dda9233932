"""Expected and found: the differences, in words that name the member and both values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from .case import Step
from .standing import Standing

JSON = Mapping[str, Any]


def against_report(step: Step, report: JSON) -> Iterator[str]:
    """Differences between a step and the JSON report (design 5.2)."""
    sessions = report["sessions"]
    if len(sessions) != len(step.sessions):
        yield f"{len(sessions)} sessions instead of {len(step.sessions)}"
        return
    yield from _missing("the report", step.findings, report["findings"])
    for number, (expected, found) in enumerate(zip(step.sessions, sessions, strict=True), 1):
        place = f"session {number}"
        for name in ("dateOfService", "shape", "attended"):
            if name in expected and expected[name] != found[name]:
                yield f"{place}: {name} {found[name]} instead of {expected[name]}"
        yield from _missing(place, expected.get("findings", ()), found["findings"])
        members = {each["member"]: each for each in found["members"]}
        yield from _roster(place, expected["members"], members)
        for name in expected["members"].keys() & members.keys():
            yield from _member(f"{place}, {name}", expected["members"][name], members[name])


def _roster(place: str, expected: Iterable[str], found: Iterable[str]) -> Iterator[str]:
    for name in sorted(set(expected) - set(found)):
        yield f"{place}, {name}: not on the roster"
    for name in sorted(set(found) - set(expected)):
        yield f"{place}, {name}: not expected on the roster"


def _member(place: str, expected: JSON, found: JSON) -> Iterator[str]:
    for name in ("outcome", "reason"):
        if expected[name] != found[name]:
            yield f"{place}: {name} {found[name]} instead of {expected[name]}"
    if "evidence" in expected:
        evidence = (found["attendance"] or {}).get("evidence")
        if evidence != expected["evidence"]:
            yield f"{place}: evidence {evidence} instead of {expected['evidence']}"
    if "lines" in expected:
        yield from _lines(place, expected["lines"], found["lines"])
    yield from _missing(place, expected.get("findings", ()), found["findings"])
    wanted = {*expected.get("findings", ()), (expected["reason"] or "").removeprefix("rule:")}
    for finding in found["findings"]:
        code = finding["code"]
        if code in expected.get("absent", ()) or (finding["severity"] == "error" and code not in wanted):
            yield f"{place}: finding {code} ({finding['severity']}) is not expected"


def _missing(place: str, expected: Iterable[str], found: Sequence[JSON]) -> Iterator[str]:
    there = {each["code"] for each in found}
    for code in expected:
        if code not in there:
            yield f"{place}: finding {code} is missing"


def _lines(place: str, expected: Sequence[JSON], found: Sequence[JSON]) -> Iterator[str]:
    ordered = sorted(expected, key=lambda each: str(each["code"]))
    there = sorted(found, key=lambda each: str(each["code"]))
    codes = [each["code"] for each in there]
    if codes != [each["code"] for each in ordered]:
        yield f"{place}: lines {codes} instead of {[each['code'] for each in ordered]}"
        return
    for line, other in zip(ordered, there, strict=True):
        for name, value in line.items():
            if _value(other[name]) != _value(value):
                yield f"{place}: {name} of {line['code']} {other[name]} instead of {value}"


def _value(value: Any) -> Any:
    """Amounts by their value: servers write `120` for `120.00`."""
    if isinstance(value, str) and value.replace(".", "", 1).isdigit() and "." in value:
        return Decimal(value)
    return value


def against_standing(place: str, expected: JSON, found: Standing) -> Iterator[str]:
    """Differences between what a member is expected to end as, and the resources on file."""
    outcome = expected.get("stands", expected["outcome"])
    if found.outcome != outcome:
        yield f"{place}: {found.outcome} on file instead of {outcome}"
    wanted = expected.get("frequency", "1" if outcome == "charged" else None)
    if found.frequency != wanted:
        yield f"{place}: claim frequency {found.frequency} on file instead of {wanted}"
    for code in expected.get("heldBy", _holding(expected)):
        if code not in found.held_by:
            yield f"{place}: no open Task names {code}"
    if "lines" in expected and outcome == expected["outcome"]:
        on_file = [{**each, "amount": each["amount"]} for each in found.lines]
        yield from _lines(f"{place}, on file", [_seen(each, outcome) for each in expected["lines"]], on_file)


def _holding(expected: JSON) -> tuple[str, ...]:
    reason = expected["reason"] or ""
    held = expected.get("stands", expected["outcome"]) == "held" and reason.startswith("rule:")
    return (reason.removeprefix("rule:"),) if held else ()


def _seen(line: JSON, outcome: str) -> JSON:
    """A ChargeItem says no place of service: that is on the claim."""
    return line if outcome == "charged" else {name: value for name, value in line.items() if name != "placeOfService"}
