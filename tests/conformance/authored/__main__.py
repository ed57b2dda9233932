"""`python -m authored` (in tests/conformance): write the cases as they ship."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import groupbill.conformance.case

from . import attendance, corrections, coverage, payers, places, same_day, shapes
from .world import CASES

FOLDER = Path(groupbill.conformance.case.__file__).parent / "data"
MODULES = (shapes, attendance, coverage, payers, places, same_day, corrections)


def files() -> Mapping[str, str]:
    """File names and texts."""
    return {f"{each['case']}.json": text(each) for each in CASES}


def text(case: Mapping[str, Any]) -> str:
    """One resource, and one of everything else that is long, on a line of its own: a change is seen where it is."""
    head = {key: value for key, value in case.items() if key != "steps"}
    lines = ["{"]
    lines += [f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}," for key, value in head.items()]
    lines.append(' "steps": [')
    lines.append(",\n".join("\n".join(_step(each)) for each in case["steps"]))
    return "\n".join([*lines, " ]", "}", ""])


def _step(step: Mapping[str, Any]) -> list[str]:
    parts = []
    for key, value in step.items():
        if key == "put":
            rows = ",\n".join(f"    {json.dumps(each, ensure_ascii=False)}" for each in value)
            parts.append(f'   "put": [\n{rows}\n   ]')
        else:
            parts.append(f"   {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}")
    return ["  {", ",\n".join(parts), "  }"]


def main() -> None:
    """Write all, and take away what is no case any more."""
    made = files()
    for path in FOLDER.glob("*.json"):
        if path.name not in made:
            path.unlink()
    for name, content in made.items():
        (FOLDER / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
