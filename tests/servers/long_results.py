"""The figures of long tests as Markdown: `python tests/servers/long_results.py JUNIT.xml`."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from xml.etree import ElementTree


def rows(file: str) -> list[str]:
    """A row for each test that recorded what it showed, or did not pass."""
    found = []
    for case in ElementTree.parse(file).iter("testcase"):
        shown = [each.get("value") for each in case.iter("property") if each.get("name") == "shown"]
        bad = next((name for name in ("failure", "error", "skipped") if case.find(name) is not None), None)
        seconds = float(case.get("time") or 0)
        found.append(f"| {case.get('name')} | {'; '.join(map(str, shown))} | {bad or 'passed'} | {seconds:.0f} s |")
    return found


def main(file: str) -> None:
    """A table."""
    print("# Long tests\n")
    print(f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores; made by `.ci/long`.\n")
    print("| test | shown | result | took |\n|---|---|---|---|")
    print("\n".join(rows(file)))


if __name__ == "__main__":
    main(*sys.argv[1:])
