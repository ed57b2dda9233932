"""The handbook of all rules, `plugin/RULES.md`: `python -m groupbill.testing.handbook plugin/RULES.md`."""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path

from ..policies import Policies
from ..rules.catalogue import bundled
from ..rules.page import Example, handbook
from .cases import Case, load

_QUOTED = re.compile(r"'([0-9][0-9.:-]*)'")
_HIDDEN = frozenset({"why", "doc", "expect"})


def examples(folder: Path) -> dict[str, list[Example]]:
    """The cases marked `doc: true`, by code of their rule."""
    return {path.stem: [_example(case) for case in load(path) if case.doc] for path in sorted(folder.glob("*.yaml"))}


def _example(case: Case) -> Example:
    import yaml

    facts = {key: value for key, value in case.given.items() if key not in _HIDDEN}
    text = yaml.safe_dump(facts, sort_keys=False, width=100, default_flow_style=None) if facts else "{}"
    return Example(case.name, case.why, _plain(text), _expected(case))


def _plain(text: str) -> str:
    """Codes and numbers without quotes: cases are read as text anyway."""
    return "# the usual session: eight people, an hour, in person" if text == "{}" else _QUOTED.sub(r"\1", text)


def _expected(case: Case) -> str:
    if case.expect is None:
        return "Not judged."
    return "In order." if not case.expect else "Finding: " + "; ".join(case.expect) + "."


def write(folder: Path, on: date = date(2026, 3, 10)) -> str:
    """The handbook, with the cases of a folder as examples."""
    return handbook(bundled(), examples(folder), Policies.load(()).severities(on))


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(write(target.parent.parent / "tests" / "rules" / "cases"), encoding="utf-8")
