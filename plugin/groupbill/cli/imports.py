"""`groupbill import KIND FILE...`: the official CMS files become tables of the reference folder."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from ..reference import folder_of
from ..reference.importing import Imported, import_edition
from ..settings import Settings
from .progress import progress

_TOLD = 20
"""Unreadable rows that are printed; the rest is counted."""


def import_files(
    kind: str, files: Sequence[Path], settings: Path | None, *, edition: str, setting: str | None = None
) -> int:
    """Import one edition; print what was written, and on stderr what could not be read. The exit status.

    Args:
        kind: ncci, mue, addon or icd10.
        files: zip, xlsx, txt or csv as CMS publishes them; several parts make one edition.
        settings: settings file, which names the reference folder.
        edition: a quarter like 2026Q1; for icd10 also a fiscal year like 2026.
        setting: practitioner or outpatient-hospital; told from the names of the files where absent.

    Errors:
        UsageError: an option makes no sense, a file is damaged, or nothing in the files could be read.
    """
    folder = folder_of(Settings.load(settings))
    with progress("importing", len(files)) as advance:
        done = import_edition(kind, files, edition=edition, setting=setting, folder=folder, advance=advance)
    for imported in done:
        _print(imported)
    return 1 if any(imported.bad for imported in done) else 0


def _print(imported: Imported) -> None:
    for finding in imported.findings[:_TOLD]:
        print(f"{finding.at}: {finding.code} {finding.message}", file=sys.stderr)
    if imported.bad > _TOLD:
        print(f"and {imported.bad - _TOLD:,} more unreadable rows", file=sys.stderr)
    name = " ".join(filter(None, (imported.kind, imported.setting, imported.edition)))
    rows = f"{imported.rows:,} {'row' if imported.rows == 1 else 'rows'}, {imported.bad:,} unreadable"
    print(f"{name}: {rows}, from {', '.join(imported.parts)}, in {imported.path}")
