"""`groupbill policy check FILE...` and `groupbill policy show ID --date D`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ..errors import PolicyError, UsageError
from ..policies import Policies
from ..policies.dated import Dated, PolicyFile
from ..policies.policies import MERGED
from ..settings import Settings

_WIDTH = 100
_CONFIDENCE = (
    "V read in the source, V2 in a secondary source, R-hi very likely but not read, R-lo to be checked first"
)


def check_policies(files: Sequence[Path], settings: Path | None) -> str:
    """What is said about policy files that are in order; they may extend those of the settings.

    Errors:
        UsageError: no file was named.
        PolicyError: every fault of every file, with its place, what was expected and the nearest key.
    """
    if not files:
        raise UsageError("nothing to check: name a policy file")
    files = tuple(dict.fromkeys(files))
    others = [each for each in Settings.load(settings).policy_files if not any(_same(each, file) for file in files)]
    _readable(files)
    policies = Policies.load([*others, *files])
    policies.check_rules(_rules())
    return "\n".join(_checked(policies, file) for file in policies.files.values() if file.place in map(str, files))


def show_policy(policy: str, on: str | None, settings: Path | None) -> str:
    """The policy in force on a date after inheritance: every key, its value, dates, origin and source.

    Errors:
        UsageError: no such policy, or no date.
    """
    site = Settings.load(settings)
    policies = Policies.load(site.policy_files)
    day = _day(on, site)
    chain = policies.chain(policy)
    title = f"{policy}: {chain[0].title}"
    about = f"in force on {day}"
    if len(chain) > 1:
        about += f"; extends {', '.join(file.id for file in chain[1:])}"
    rows = (line for key in policies.in_force(policy, day).values for line in _rows(policies, policy, key, day))
    return "\n".join((title, about, "", *rows, "", f"Confidence: {_CONFIDENCE}."))


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _readable(files: Sequence[Path]) -> None:
    """Refuse the files that are at fault by themselves, all of them at once."""
    from ..policies.reading import read_policy

    faults = []
    for file in files:
        try:
            read_policy(file)
        except PolicyError as error:
            faults.append(str(error))
    if faults:
        raise PolicyError("\n".join(faults))


def _rules() -> Mapping[str, str]:
    """Name by code, of the bundled rules and of those that plugins bring."""
    from ..plugins import Hooks, Registry

    return Hooks(Registry()).catalogue().names


def _checked(policies: Policies, file: PolicyFile) -> str:
    parents = ", ".join(each.id for each in policies.chain(file.id)[1:])
    count = len(file.values)
    return f"{file.place}: {file.id} is valid ({count} {'key' if count == 1 else 'keys'}, extends {parents})"


def _day(text: str | None, settings: Settings) -> date:
    if text is None:
        return datetime.now(settings.zone_of()).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--date {text!r}: expected a date like 2026-03-10") from None


def _rows(policies: Policies, policy: str, key: str, on: date) -> Iterator[str]:
    """A key: its value, and below it where that comes from; parts of a merged key come one by one."""
    stated = tuple(policies.stated(policy, key, on))
    if key not in MERGED:
        yield from _row(key, stated[0][1].value, *stated[0])
        return
    seen: set[str] = set()
    for file, each in stated:
        for part, value in each.value.items():
            if part not in seen:
                seen.add(part)
                yield from _row(f"{key} {part}", value, file, each)
    if not seen:
        yield from _row(key, {}, *stated[-1])


def _row(name: str, value: Any, file: PolicyFile, each: Dated) -> Iterator[str]:
    told = [
        _dates(each),
        f"set by {file.id}",
        *([f"confidence {each.confidence}"] if each.confidence else []),
        each.source or "no source stated",
    ]
    yield from textwrap.wrap(_said(value), _WIDTH, initial_indent=f"{name:<34} ", subsequent_indent=" " * 35)
    yield from textwrap.wrap("; ".join(told), _WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 4)


def _dates(each: Dated) -> str:
    match each.start, each.end:
        case None, None:
            return "always"
        case start, None:
            return f"from {start}"
        case None, end:
            return f"to {end}"
    return f"{each.start} to {each.end}"


def _said(value: Any) -> str:
    """A value in a biller's words."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case tuple():
            return ", ".join(map(_said, value)) or "none"
        case Mapping():
            return "; ".join(f"{name}: {_said(each)}" for name, each in value.items()) or "none"
    return str(value)
