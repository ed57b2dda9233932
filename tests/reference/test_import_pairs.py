"""The official pair files, in the forms in which they are published."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from groupbill.errors import UsageError
from groupbill.reference import Pair, Reference
from groupbill.reference.importing import Imported, import_edition

COPYRIGHT = "CPT only copyright 2025 American Medical Association.  All rights reserved."
HEADINGS = (
    "Column 1",
    "Column 2",
    "*=in existence prior to 1996",
    "Effective Date",
    "Deletion Date *=no data",
    "Modifier 0=not allowed 1=allowed 9=not applicable",
    "PTP Edit Rationale",
)
ROWS = (
    ("90791", "90853", "", "20130101", "*", "0", "CPT Manual or CMS manual coding instructions"),
    ("90832", "90853", "", "20130101", "20140930", "1", "Mutually exclusive procedures"),
    ("90853", "90832", "", "20141001", "*", "1", "CPT Manual or CMS manual coding instructions"),
    ("90853", "90834", "", "20141001", "20191231", "1", "CPT Manual or CMS manual coding instructions"),
    ("90853", "90834", "", "20200101", "*", "0", "CPT Manual or CMS manual coding instructions"),
    ("90853", "96127", "", "20200101", "20200101", "9", "Misuse of column two code with column one code"),
    ("90853", "G0444", "", "20260101", "*", "1", "More extensive procedure"),
    ("90853", "0362T", "*", "", "*", "0", "More extensive procedure"),
)
ON = date(2026, 3, 10)


def text(rows: Sequence[Sequence[str]], preamble: Sequence[str] = (COPYRIGHT, "", "")) -> str:
    return "".join(f"{line}\r\n" for line in (*preamble, *("\t".join(row) for row in (HEADINGS, *rows))))


def write(path: Path, rows: Sequence[Sequence[str]] = ROWS) -> Path:
    path.write_bytes(text(rows).encode())
    return path


def imported(
    folder: Path, *files: Path, edition: str = "2026Q1", setting: str | None = None, kind: str = "ncci"
) -> Imported:
    (done,) = import_edition(kind, files, edition=edition, setting=setting, folder=folder / "reference")
    return done


def reference(folder: Path) -> Reference:
    return Reference.load(folder / "reference")


def direction(pair: Pair | None) -> tuple[str, str, str] | None:
    return None if pair is None else (pair.column1, pair.column2, pair.indicator)


def test_a_text_file_becomes_an_edition(tmp_path: Path) -> None:
    done = imported(tmp_path, write(tmp_path / "ccipra-v321r0-f1.txt"))
    assert (done.kind, done.setting, done.edition) == ("ncci", "practitioner", "2026Q1")
    assert (done.rows, done.bad, done.findings) == (8, 0, ())
    assert done.parts == ("ccipra-v321r0-f1.txt",)
    pair = reference(tmp_path).pair("90834", "90853", ON, True)
    assert pair == Pair("90853", "90834", "0", "CPT Manual or CMS manual coding instructions", "2026Q1")
    assert reference(tmp_path).editions()[0] == "ncci practitioner 2026Q1"


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2012, 12, 31), None),
        (date(2013, 1, 1), ("90832", "90853", "1")),
        (date(2014, 9, 30), ("90832", "90853", "1")),
        (date(2014, 10, 1), ("90853", "90832", "1")),
        (date(2026, 3, 10), ("90853", "90832", "1")),
    ],
)
def test_the_dates_of_a_row_count(tmp_path: Path, on: date, expected: tuple[str, str, str] | None) -> None:
    imported(tmp_path, write(tmp_path / "ccipra-v321r0-f1.txt"))
    assert direction(reference(tmp_path).pair("90853", "90832", on, True)) == expected


def test_an_edit_can_change_its_indicator(tmp_path: Path) -> None:
    imported(tmp_path, write(tmp_path / "ccipra-v321r0-f1.txt"))
    tables = reference(tmp_path)
    assert direction(tables.pair("90853", "90834", date(2019, 12, 31), True)) == ("90853", "90834", "1")
    assert direction(tables.pair("90853", "90834", date(2020, 1, 1), True)) == ("90853", "90834", "0")


def test_deleted_on_the_day_it_took_effect_is_no_edit(tmp_path: Path) -> None:
    imported(tmp_path, write(tmp_path / "ccipra-v321r0-f1.txt"))
    for on in (date(2019, 12, 31), date(2020, 1, 1), date(2020, 1, 2), ON):
        assert reference(tmp_path).pair("96127", "90853", on, True) is None


def test_in_existence_before_1996_has_no_first_day(tmp_path: Path) -> None:
    imported(tmp_path, write(tmp_path / "ccipra-v321r0-f1.txt"))
    assert direction(reference(tmp_path).pair("0362T", "90853", date(1995, 5, 1), True)) == ("90853", "0362T", "0")


def test_a_zip_is_read_and_what_else_it_holds_left_out(tmp_path: Path) -> None:
    path = tmp_path / "ccipra-v321r0-f1.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ccipra-v321r0-f1.TXT", text(ROWS))
        archive.writestr("ccipra-v321r0-f1.xlsx", b"the same as a workbook, not read beside the text")
        archive.writestr("license.txt", "License agreement for the use of codes\r\n")
        archive.writestr("readme.pdf", b"%PDF-1.7")
    done = imported(tmp_path, path)
    assert (done.rows, done.bad) == (8, 0)
    assert done.parts == ("ccipra-v321r0-f1.zip/ccipra-v321r0-f1.TXT",)


def workbook(path: Path, rows: Sequence[Sequence[object]], *, cover: bool = True) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    if cover:
        sheet.append([COPYRIGHT])
        sheet = book.create_sheet("edits")
    sheet.append([COPYRIGHT])
    sheet.append([])
    sheet.append([])
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path


def test_a_workbook_is_read_below_its_cover_sheet_and_split_headings(tmp_path: Path) -> None:
    headings = (
        ("Column1/Column2 Edits",),
        ("Column 1", "Column 2", "*=in existence", "Effective", "Deletion", "Modifier", "PTP Edit Rationale"),
        (None, None, "prior to 1996", "Date", "Date", "0=not allowed", None),
        (None, None, None, None, "*=no data", "1=allowed", None),
    )
    rows = [
        (90791, "90853", None, 20130101, "*", 0, "CPT Manual or CMS manual coding instructions"),
        ("90853", "G0444", None, date(2026, 1, 1), None, 1, "More extensive procedure"),
        ("90853", "90834", None, "1/1/2020", "12/31/2025", "1", "More extensive procedure"),
    ]
    done = imported(tmp_path, workbook(tmp_path / "ccipra-v321r0-f1.xlsx", [*headings, *rows]))
    assert (done.rows, done.bad, done.findings) == (3, 0, ())
    tables = reference(tmp_path)
    assert direction(tables.pair("90853", "90791", ON, True)) == ("90791", "90853", "0")
    assert direction(tables.pair("90853", "G0444", date(2025, 12, 31), True)) is None
    assert direction(tables.pair("90853", "G0444", date(2026, 1, 1), True)) == ("90853", "G0444", "1")
    assert direction(tables.pair("90853", "90834", date(2025, 12, 31), True)) == ("90853", "90834", "1")
    assert tables.pair("90853", "90834", ON, True) is None


def test_a_workbook_inside_a_zip_is_read(tmp_path: Path) -> None:
    book = workbook(tmp_path / "edits.xlsx", [HEADINGS, *ROWS], cover=False)
    path = tmp_path / "ccioph-v321r0-f1.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(book, "ccioph-v321r0-f1.xlsx")
    done = imported(tmp_path, path)
    assert (done.setting, done.rows) == ("outpatient-hospital", 8)
    assert reference(tmp_path).pair("90853", "90791", ON, False) is not None


def test_parts_make_one_edition_and_equal_rows_count_once(tmp_path: Path) -> None:
    one = write(tmp_path / "ccipra-v321r0-f1.txt", ROWS[:5])
    two = write(tmp_path / "ccipra-v321r0-f2.txt", ROWS[4:])
    done = imported(tmp_path, two, one)
    assert (done.rows, len(done.parts)) == (8, 2)
    assert direction(reference(tmp_path).pair("90853", "90791", ON, True)) == ("90791", "90853", "0")


def test_the_order_of_rows_and_files_does_not_change_the_table(tmp_path: Path) -> None:
    straight = imported(tmp_path / "a", write(tmp_path / "ccipra-f1.txt"))
    turned = imported(tmp_path / "b", write(tmp_path / "ccipra-f1.txt", ROWS[::-1]))
    tables = [reference(tmp_path / name) for name in "ab"]
    assert straight.rows == turned.rows
    codes = {code for row in ROWS for code in row[:2]}
    for code in codes:
        assert tables[0].pair("90853", code, ON, True) == tables[1].pair("90853", code, ON, True)


def test_both_settings_in_one_command(tmp_path: Path) -> None:
    files = [write(tmp_path / "ccipra-f1.txt"), write(tmp_path / "ccioph-f1.txt", ROWS[2:4])]
    done = import_edition("ncci", files, edition="2026Q1", folder=tmp_path / "reference")
    assert [(each.setting, each.rows) for each in done] == [("practitioner", 8), ("outpatient-hospital", 2)]
    tables = reference(tmp_path)
    assert tables.pair("90853", "90791", ON, True) is not None
    assert tables.pair("90853", "90791", ON, False) is None


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("ccipra-v321r0-f1.txt", "practitioner"),
        ("ccioph-v321r0-f4.txt", "outpatient-hospital"),
        ("Practitioner_PTP_Edits.txt", "practitioner"),
        ("Outpatient Hospital PTP.txt", "outpatient-hospital"),
        ("PRA_2026.txt", "practitioner"),
    ],
)
def test_the_setting_is_told_from_the_name(tmp_path: Path, name: str, setting: str) -> None:
    assert imported(tmp_path, write(tmp_path / name)).setting == setting


@pytest.mark.parametrize("name", ["edits.txt", "practitioner-and-hospital.txt", "MCR_DMESupplier.txt"])
def test_a_name_that_does_not_tell_is_refused(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name)
    with pytest.raises(UsageError, match=r"--setting practitioner or --setting outpatient-hospital"):
        imported(tmp_path, path)
    assert imported(tmp_path, path, setting="practitioner").setting == "practitioner"


def test_importing_again_replaces_the_edition(tmp_path: Path) -> None:
    imported(tmp_path, write(tmp_path / "ccipra-f1.txt"))
    imported(tmp_path, write(tmp_path / "ccipra-f1.txt", ROWS[:1]))
    assert [path.name for path in (tmp_path / "reference").iterdir()] == ["ncci-practitioner-2026Q1.groupbill-table"]
    assert reference(tmp_path).pair("90853", "90832", ON, True) is None
    assert reference(tmp_path).pair("90853", "90791", ON, True) is not None


def test_rows_that_cannot_be_read_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    rows = (
        ROWS[0],
        ("9085", "90832", "", "20141001", "*", "1", "x"),
        ("90853", "90837", "", "20141301", "*", "1", "x"),
        ("90853", "90838", "", "20141001", "soon", "1", "x"),
        ("90853", "90836", "", "20141001", "*", "7", "x"),
        ("90853", "90833"),
        ("",) * 7,
        ROWS[2],
    )
    done = imported(tmp_path, write(tmp_path / "ccipra-f1.txt", rows))
    assert (done.rows, done.bad) == (2, 5)
    assert [finding.code for finding in done.findings] == ["ENG01"] * 5
    assert [finding.at for finding in done.findings] == [f"ccipra-f1.txt:{line}" for line in (6, 7, 8, 9, 10)]
    assert [finding.message for finding in done.findings] == [
        "'9085' is no code of five places",
        "'20141301' is no date like 20260101, 2026001 or 01/01/2026",
        "'soon' is no date like 20260101, 2026001 or 01/01/2026",
        "modifier indicator '7' is none of 0, 1, 9",
        "the row is too short",
    ]


def test_of_many_unreadable_rows_a_hundred_are_named_and_all_counted(tmp_path: Path) -> None:
    bad = [("90853", f"{number}", "", "20141001", "*", "1", "x") for number in range(500)]
    done = imported(tmp_path, write(tmp_path / "ccipra-f1.txt", [ROWS[0], *bad]))
    assert (done.rows, done.bad, len(done.findings)) == (1, 500, 100)


def test_nothing_readable_is_refused_and_nothing_written(tmp_path: Path) -> None:
    path = tmp_path / "ccipra-f1.txt"
    path.write_text("Dear customer,\nplease find the edits elsewhere.\n")
    with pytest.raises(UsageError, match=r"ccipra-f1.txt:1: no table of NCCI procedure-to-procedure edits"):
        imported(tmp_path, path)
    assert not (tmp_path / "reference").exists()


def test_a_damaged_archive_is_refused_and_the_older_edition_stays(tmp_path: Path) -> None:
    path = tmp_path / "ccipra-f1.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ccipra-f1.txt", text(ROWS))
    imported(tmp_path, path)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"90853\t90832", b"90853\t90833"))
    with pytest.raises(UsageError, match=r"the file is damaged .* download it again"):
        imported(tmp_path, path)
    assert reference(tmp_path).pair("90853", "90832", ON, True) is not None


def test_a_workbook_that_declares_entities_is_refused(tmp_path: Path) -> None:
    book = workbook(tmp_path / "book.xlsx", [HEADINGS, *ROWS], cover=False)
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    path = tmp_path / "ccipra-f1.xlsx"
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(path, "w") as archive:
        for name in source.namelist():
            data = source.read(name)
            archive.writestr(name, bomb + data if name.startswith("xl/worksheets/sheet") else data)
    with pytest.raises(UsageError, match="declares XML entities"):
        imported(tmp_path, path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"ccipra-f9\.txt: can't be read: No such file"):
        imported(tmp_path, tmp_path / "ccipra-f9.txt")


@pytest.mark.parametrize("edition", ["", "2026", "2026Q5", "2026-Q1", "Q12026", "26Q1", "v321r0"])
def test_an_edition_is_a_quarter(tmp_path: Path, edition: str) -> None:
    with pytest.raises(UsageError, match="expected a quarter like 2026Q1"):
        imported(tmp_path, write(tmp_path / "ccipra-f1.txt"), edition=edition)


def test_options_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "ccipra-f1.txt")
    with pytest.raises(UsageError, match="expected one of ncci, mue, addon, icd10"):
        imported(tmp_path, path, kind="ptp")
    with pytest.raises(UsageError, match="expected practitioner or outpatient-hospital"):
        imported(tmp_path, path, setting="hospital")
    with pytest.raises(UsageError, match="the same for every setting"):
        imported(tmp_path, path, kind="addon", setting="practitioner")
    with pytest.raises(UsageError, match="nothing to import"):
        import_edition("ncci", [], edition="2026Q1", folder=tmp_path)


def test_fifty_thousand_rows_are_found_again(tmp_path: Path) -> None:
    codes = [f"{number:05d}" for number in range(10000, 99000, 178)]
    rows = [
        (one, other, "", "20200101", "*" if (at + step) % 3 else "20251231", str((at + step) % 2), f"why {step % 7}")
        for at, one in enumerate(codes[100:])
        for step, other in enumerate(codes[:125])
        if one != other
    ]
    done = imported(tmp_path, write(tmp_path / "ccipra-f1.txt", rows))
    assert done.rows == len(rows) == 49_975
    assert done.path.stat().st_size < 17 * len(rows)
    tables = reference(tmp_path)
    twice = set(codes[100:125])
    for one, other, _, _, end, indicator, rationale in rows[::37]:
        if one in twice and other in twice:
            continue
        edit = Pair(one, other, indicator, rationale, "2026Q1")
        assert tables.pair(one, other, date(2025, 12, 31), True) == edit
        assert tables.pair(other, one, ON, True) == (edit if end == "*" else None)


STARTS = st.dates(date(1996, 1, 1), date(2040, 1, 1))
DATES = st.dates(date(1990, 1, 1), date(2060, 1, 1))


@given(
    start=st.dates(date(1996, 1, 1), date(2040, 1, 1)),
    days=st.integers(-1, 5000),
    on=st.dates(date(1990, 1, 1), date(2060, 1, 1)),
)
def test_an_edit_holds_from_its_first_to_its_last_day(
    tmp_path_factory: pytest.TempPathFactory, start: date, days: int, on: date
) -> None:
    folder = tmp_path_factory.mktemp("edition")
    end = None if days < 0 else date.fromordinal(start.toordinal() + days)
    row = ("90853", "90834", "", f"{start:%Y%m%d}", "*" if end is None else f"{end:%Y%m%d}", "1", "reason")
    imported(folder, write(folder / "ccipra-f1.txt", [row]))
    pair = reference(folder).pair("90834", "90853", on, True)
    if date(2024, 7, 1) <= on <= date(2024, 9, 30):
        assert pair is not None
        assert pair.edition == "2024Q3"
    else:
        assert (pair is not None) == (start <= on and (end is None or (on <= end and end != start)))
