"""Results as text, JSON, JUnit XML, and a FHIR TestReport."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

from ..version import VERSION
from .case import VERSION as CASES
from .outcome import Result

JSON = dict[str, Any]


def as_text(results: Sequence[Result], target: str) -> str:
    """A line per case, its differences below it, and the sum."""
    return "".join([*map(told, results), total(results, target)])


def told(result: Result) -> str:
    """The lines of one case."""
    lines = [f"{result.verdict:<5}{result.case.name}: {result.case.title}"]
    if result.skipped is not None:
        lines.append(f"       {result.skipped}")
    return "\n".join([*lines, *(f"       {each}" for each in result.differences), ""])


def total(results: Sequence[Result], target: str) -> str:
    """How many passed, failed and were skipped."""
    count = Counter(result.verdict for result in results)
    said = ", ".join(f"{count[verdict]} {word}" for verdict, word in _WORDS.items() if count[verdict])
    return f"\n{target}: {said or 'no cases'} (cases {CASES}, groupbill {VERSION})\n"


_WORDS = {"pass": "passed", "fail": "failed", "skip": "skipped"}


def as_json(results: Sequence[Result], target: str) -> str:
    """For programs."""
    table = {
        "groupbill": VERSION,
        "cases": CASES,
        "target": target,
        "results": [
            {
                "case": result.case.name,
                "title": result.case.title,
                "tags": list(result.case.tags),
                "result": result.verdict,
                "skipped": result.skipped,
                "differences": list(result.differences),
                "seconds": round(result.seconds, 3),
            }
            for result in results
        ],
    }
    return json.dumps(table, indent=1) + "\n"


def as_junit(results: Sequence[Result], target: str) -> str:
    """For build servers."""
    count = Counter(result.verdict for result in results)
    suite = ElementTree.Element(
        "testsuite",
        name=f"groupbill conformance {CASES}: {target}",
        tests=str(len(results)),
        failures=str(count["fail"]),
        skipped=str(count["skip"]),
        errors="0",
        time=f"{sum(result.seconds for result in results):.3f}",
    )
    for result in results:
        case = ElementTree.SubElement(
            suite, "testcase", classname="groupbill.conformance", name=result.case.name, time=f"{result.seconds:.3f}"
        )
        if result.skipped is not None:
            ElementTree.SubElement(case, "skipped", message=result.skipped)
        if result.differences:
            failure = ElementTree.SubElement(case, "failure", message=result.differences[0])
            failure.text = "\n".join(result.differences)
    ElementTree.indent(suite, " ")
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def as_test_report(results: Sequence[Result], target: str, issued: datetime | None = None) -> str:
    """A FHIR R4 TestReport: one test per case."""
    count = Counter(result.verdict for result in results)
    judged = count["pass"] + count["fail"]
    participant = (
        {"type": "server", "uri": target} if "://" in target else {"type": "test-engine", "uri": "urn:groupbill"}
    )
    report: JSON = {
        "resourceType": "TestReport",
        "name": f"groupbill conformance {CASES}",
        "status": "completed",
        "testScript": {"display": f"groupbill conformance cases {CASES}"},
        "result": "fail" if count["fail"] else "pass",
        "score": round(100 * count["pass"] / judged, 1) if judged else 0,
        "tester": f"groupbill {VERSION}",
        "issued": (issued or datetime.now(UTC)).isoformat(timespec="seconds"),
        "participant": [{**participant, "display": target}],
        "test": [_test(result) for result in results],
    }
    if not results:
        del report["test"]
    return json.dumps(report, indent=1) + "\n"


def _test(result: Result) -> JSON:
    made: JSON = {"result": result.verdict}
    message = result.skipped or "; ".join(result.differences)
    if message:
        made["message"] = message
    return {"name": result.case.name, "description": result.case.title, "action": [{"assert": made}]}


FORMATS = {"text": as_text, "json": as_json, "junit": as_junit, "test-report": as_test_report}
