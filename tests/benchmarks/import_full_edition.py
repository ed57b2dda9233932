"""Import of a full practitioner edition, by hand: 2.5 million rows in the layout of the official file.

    python tests/benchmarks/import_full_edition.py [ROWS] [--xlsx]

Prints the seconds and the peak memory of the import, the time to open the folder, and that of a look-up.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from groupbill.reference import Reference

ROWS = 2_500_000
PARTS = 4
PREAMBLE = "CPT only copyright 2025 American Medical Association.  All rights reserved.\r\n" + "\r\n" * 5
HEADINGS = (
    "Column 1",
    "Column 2",
    "*=in existence prior to 1996",
    "Effective Date",
    "Deletion Date *=no data",
    "Modifier 0=not allowed 1=allowed 9=not applicable",
    "PTP Edit Rationale",
)
RATIONALES = (
    "Standards of medical / surgical practice",
    "Misuse of column two code with column one code",
    "CPT Manual or CMS manual coding instructions",
    "More extensive procedure",
    "Mutually exclusive procedures",
    "Sequential procedure",
)
IMPORT = """
import resource, sys, time
from pathlib import Path
from groupbill.reference.importing import import_edition
began = time.perf_counter()
done = import_edition("ncci", [Path(p) for p in sys.argv[2:]], edition="2026Q1", folder=Path(sys.argv[1]))
print(f"import {time.perf_counter() - began:.1f} s, {done[0].rows} rows, {done[0].bad} unreadable, "
      f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB, "
      f"file {done[0].path.stat().st_size / 1e6:.0f} MB")
"""


def edition(rows: int, seed: int = 90853) -> Iterator[tuple[str, ...]]:
    """Rows as CMS orders them: by column 1, then column 2; two in five were deleted in the meantime."""
    chance = random.Random(seed)
    codes = [f"{number:05d}" for number in range(10004, 99608, 8)]
    codes += [f"{letter}{number:04d}" for letter in "CGJQ" for number in range(100, 1100)]
    per_code = rows // len(codes) + 1
    made = 0
    for column1 in codes:
        for column2 in sorted(chance.sample(codes, min(per_code, len(codes)))):
            if made == rows:
                return
            start = f"{chance.randrange(1996, 2026)}0{chance.choice('147')}01"
            deleted = chance.random()
            end = start if deleted < 0.02 else "20251231" if deleted < 0.4 else "*"
            indicator = "9" if end == start else chance.choice("01")
            made += 1
            yield column1, column2, "*" if start < "1997" else "", start, end, indicator, chance.choice(RATIONALES)


def write_zips(folder: Path, rows: int, parts: int = PARTS) -> list[Path]:
    """The edition as CMS publishes it: zips of tab-delimited text."""
    made = edition(rows)
    paths = []
    for number in range(1, parts + 1):
        path = folder / f"ccipra-v321r0-f{number}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open(f"ccipra-v321r0-f{number}.txt", "w") as file:
                file.write((PREAMBLE + "\t".join(HEADINGS) + "\r\n").encode())
                for row in _share(made, rows, parts, number):
                    file.write(("\t".join(row) + "\r\n").encode())
        paths.append(path)
    return paths


def write_workbooks(folder: Path, rows: int, parts: int = PARTS) -> list[Path]:
    """The same as workbooks."""
    from openpyxl import Workbook

    made = edition(rows)
    paths = []
    for number in range(1, parts + 1):
        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        sheet.append([PREAMBLE.strip()])
        sheet.append(HEADINGS)
        for row in _share(made, rows, parts, number):
            sheet.append([*row[:3], int(row[3]), row[4] if row[4] == "*" else int(row[4]), int(row[5]), row[6]])
        paths.append(folder / f"ccipra-v321r0-f{number}.xlsx")
        book.save(paths[-1])
    return paths


def _share(made: Iterator[tuple[str, ...]], rows: int, parts: int, number: int) -> Iterator[tuple[str, ...]]:
    for _ in range(rows * number // parts - rows * (number - 1) // parts):
        yield next(made)


def look_ups(folder: Path, times: int = 200_000) -> None:
    """Time opening the folder, and look-ups without the answers kept from before."""
    began = time.perf_counter()
    reference = Reference.load(folder)
    print(f"open {(time.perf_counter() - began) * 1e6:.0f} us")
    asked = [row[:2] for row in edition(times, seed=1)]
    random.Random(2).shuffle(asked)
    on = date(2026, 3, 10)
    reference.pair("90853", "90834", on, True)
    began = time.perf_counter()
    found = sum(reference.pair(one, other, on, True) is not None for one, other in asked)
    print(f"look-up {(time.perf_counter() - began) / times * 1e6:.2f} us, {found} of {times} found")
    began = time.perf_counter()
    for _ in range(times):
        reference.pair("90853", "90834", on, True)
    print(f"the same again {(time.perf_counter() - began) / times * 1e6:.2f} us")


def main() -> None:
    """Generate, import in a process of its own, look up."""
    options = argparse.ArgumentParser()
    options.add_argument("rows", nargs="?", type=int, default=ROWS)
    options.add_argument("--xlsx", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write = write_workbooks if chosen.xlsx else write_zips
        began = time.perf_counter()
        paths = write(folder, chosen.rows)
        size = sum(path.stat().st_size for path in paths)
        print(f"generated in {time.perf_counter() - began:.0f} s, {size / 1e6:.0f} MB")
        tables = folder / "reference"
        subprocess.run([sys.executable, "-c", IMPORT, str(tables), *map(str, paths)], check=True)
        look_ups(tables)


if __name__ == "__main__":
    main()
