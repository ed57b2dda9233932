"""Import: official files of one edition become tables in the reference folder, all or nothing per table."""

from __future__ import annotations

import csv
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from xml.parsers import expat

from ...errors import UsageError
from ...model import Finding, Severity
from ..edition import SETTINGS, Edition, quarter, year_or_quarter
from ..table import SUFFIX, write_table
from .columns import locate
from .kinds import KINDS, Kind, Packer
from .parts import Part, parts

_PRACTITIONER = re.compile(r"ccipra|practitioner|(?<![a-z])pra(?:c|ct)?(?![a-z])")
_HOSPITAL = re.compile(r"ccioph|hospital|outpatient|(?<![a-z])oph(?![a-z])")
_DAMAGED = (expat.ExpatError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError)
"""What reading an archive or workbook raises that is cut off, encrypted or built wrongly."""
_TOLD = 100
"""Unreadable rows that are named one by one; the rest is counted."""


@dataclass(slots=True)
class Collected:
    """What was read for one table."""

    rows: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    bad: int = 0
    findings: list[Finding] = field(default_factory=list)

    def refuse(self, part: str, line: int, message: str) -> None:
        """Note a row, or the rest of a part, that can't be read."""
        self.bad += 1
        if len(self.findings) < _TOLD:
            self.findings.append(_unreadable(f"{part}:{line}", message))


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """One table that was written."""

    path: Path
    kind: str
    setting: str
    """Empty where the kind has one table for all."""
    edition: str
    rows: int
    """Rows written; equal ones count once."""
    parts: tuple[str, ...]
    """The tables they came from."""
    bad: int
    """Rows that could not be read."""
    findings: tuple[Finding, ...]
    """ENG01 for the first hundred of them, each with file and line."""


def import_edition(
    kind: str, files: Sequence[Path], *, edition: str, folder: Path, setting: str | None = None,
    advance: Callable[[], None] = lambda: None,
) -> tuple[Imported, ...]:  # fmt: skip
    """Read official CMS files and write the tables of an edition, in the place of older ones of the same name.

    Args:
        kind: ncci, mue, addon or icd10.
        files: zip, xlsx, txt or csv as published; several parts make one edition.
        edition: a quarter like 2026Q1; for icd10 also a fiscal year like 2026.
        folder: the reference folder, made where it does not exist.
        setting: practitioner or outpatient-hospital; told from the names of the files where absent.
        advance: called once for each file read.

    Errors:
        UsageError: an option makes no sense, a file can't be opened or is damaged, or nothing could be read.
    """
    form = _kind(kind)
    if not files:
        raise UsageError("nothing to import: name the files of the edition")
    when = quarter(edition) if form.by_setting or kind == "addon" else year_or_quarter(edition)
    written = []
    for each, paths in _by_setting(form, files, setting).items():
        collected = Collected()
        for path in paths:
            _read(path, form, collected)
            advance()
        written.append(_write(form, each, when, collected, folder))
    return tuple(written)


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise UsageError(f"import {name!r}: expected one of {', '.join(KINDS)}")
    return KINDS[name]


def _by_setting(kind: Kind, files: Sequence[Path], setting: str | None) -> dict[str, list[Path]]:
    if not kind.by_setting:
        if setting is not None:
            raise UsageError(f"--setting: {kind.title} are the same for every setting")
        return {"": list(files)}
    if setting is not None and setting not in SETTINGS:
        raise UsageError(f"--setting {setting!r}: expected {' or '.join(SETTINGS)}")
    found: dict[str, list[Path]] = {}
    for path in files:
        found.setdefault(setting or _setting(path), []).append(path)
    return found


def _setting(path: Path) -> str:
    """The setting that the name of a file speaks of, or the names of what is inside of it."""
    for names in ([path.name], _inside(path)):
        text = " ".join(names).lower().replace("_", " ")
        said = [s for s, words in zip(SETTINGS, (_PRACTITIONER, _HOSPITAL), strict=True) if words.search(text)]
        if len(said) == 1:
            return said[0]
    raise UsageError(
        f"{path}: its name does not say whether it is for practitioners or outpatient hospitals; "
        f"add --setting {SETTINGS[0]} or --setting {SETTINGS[1]}"
    )


def _inside(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return [Path(name).name for name in archive.namelist()]
    except (OSError, zipfile.BadZipFile):
        return []


def _read(path: Path, kind: Kind, collected: Collected) -> None:
    """Read one file. A part without a table (a licence, a cover sheet) matters only where there is no other."""
    before = len(collected.parts)
    strange: list[str] = []
    try:
        for part in parts(path, table=kind.headings is not None):
            left_out = any(word in part.name.lower() for word in kind.skips)
            if not left_out and not _collect(part, kind, collected):
                strange.append(part.name)
    except _DAMAGED as error:
        # Half an edition would answer "no edit" where there is one, so nothing of it is written.
        raise UsageError(f"{path}: the file is damaged ({error}); download it again") from error
    if len(collected.parts) == before:
        expected = " and ".join(list(kind.headings or ())[:2])
        missing = f"no row names the columns {expected}" if expected else "no line is like those"
        for name in strange or [path.name]:
            collected.refuse(name, 1, f"no table of {kind.title}: {missing}")


def _collect(part: Part, kind: Kind, collected: Collected) -> bool:
    """Read one part; False where it holds no table of this kind."""
    packer = _find_columns(part, kind, collected)
    if packer is None:
        return False
    before, bad, told = len(collected.rows), collected.bad, len(collected.findings)
    _rows(part, packer, collected)
    if len(collected.rows) > before:
        collected.parts.append(part.name)
        return True
    if kind.headings is None:
        # A text that is no table at all: one finding for it, not one for each of its lines.
        collected.bad = bad
        del collected.findings[told:]
    return False


def _find_columns(part: Part, kind: Kind, collected: Collected) -> Packer | None:
    if kind.headings is None:
        return kind.packer({}, collected.texts)
    for cells in _Survivors(part, collected):
        places = locate(cells, kind.headings)
        if places is not None:
            return kind.packer(places, collected.texts)
    return None


def _rows(part: Part, packer: Packer, collected: Collected) -> None:
    append = collected.rows.append
    before = len(collected.rows)
    for cells in _Survivors(part, collected):
        try:
            append(packer(cells))
        except (ValueError, IndexError) as error:
            if not any(map(str.strip, cells)) or (len(collected.rows) == before and not cells[0].strip()):
                # An empty line, or a heading that goes on over several lines.
                continue
            reason = "the row is too short" if isinstance(error, IndexError) else str(error)
            collected.refuse(part.name, part.line(), reason)


class _Survivors:
    """The rows of a part; a line that breaks the rules of CSV is noted and passed over.

    An iterator and no generator: whoever stops at the headings must not close the rows below them.
    """

    def __init__(self, part: Part, collected: Collected) -> None:
        self._part = part
        self._collected = collected

    def __iter__(self) -> _Survivors:
        return self

    def __next__(self) -> list[str]:
        while True:
            try:
                return next(self._part.rows)
            except csv.Error as error:
                self._collected.refuse(self._part.name, self._part.line(), str(error))


def _write(kind: Kind, setting: str, edition: Edition, collected: Collected, folder: Path) -> Imported:
    name = "-".join(filter(None, (kind.name, setting, edition.name)))
    if not collected.rows:
        reasons = "; ".join(f"{each.at}: {each.message}" for each in islice(collected.findings, 3))
        raise UsageError(f"{name}: nothing could be read: {reasons or 'the files hold no rows'}")
    header = {
        "kind": kind.name,
        "setting": setting,
        "edition": edition.name,
        "start": edition.start.isoformat(),
        "end": edition.end.isoformat(),
        "texts": collected.texts,
        "parts": collected.parts,
    }
    path = folder / f"{name}{SUFFIX}"
    try:
        count = write_table(path, header, collected.rows)
    except OSError as error:
        raise UsageError(f"{path}: can't be written: {error.strerror or error}") from error
    return Imported(
        path=path,
        kind=kind.name,
        setting=setting,
        edition=edition.name,
        rows=count,
        parts=tuple(collected.parts),
        bad=collected.bad,
        findings=tuple(collected.findings),
    )


def _unreadable(at: str, message: str) -> Finding:
    return Finding(
        code="ENG01",
        name="unreadable-input",
        severity=Severity.ERROR,
        at=at,
        message=message,
        source="the layout of the official files",
    )
