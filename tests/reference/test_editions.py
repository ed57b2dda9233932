from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbill.errors import UsageError
from groupbill.reference import Reference, folder_of
from groupbill.reference.edition import contains, fiscal_year, quarter, state, year_or_quarter
from groupbill.reference.importing import import_edition
from groupbill.settings import Settings

HEADINGS = "Column 1\tColumn 2\t*\tEffective Date\tDeletion Date\tModifier\tPTP Edit Rationale\n"


def keep(folder: Path, edition: str, indicator: str, setting: str = "practitioner") -> None:
    path = folder / "edits.txt"
    path.write_text(HEADINGS + f"90853\t90834\t\t20200101\t*\t{indicator}\treason\n")
    import_edition("ncci", [path], edition=edition, setting=setting, folder=folder)


def answer(tables: Reference, on: date, professional: bool = True) -> tuple[str, str, str]:
    pair = tables.pair("90853", "90834", on, professional)
    assert pair is not None
    covered = tables.coverage(on, professional)
    assert covered.edition == pair.edition
    return pair.edition, pair.indicator, covered.state


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2022, 1, 1), ("2025Q1", "0", "before")),
        (date(2024, 7, 1), ("2024Q3", "1", "covered")),
        (date(2024, 9, 30), ("2024Q3", "1", "covered")),
        (date(2024, 12, 31), ("2025Q1", "0", "before")),
        (date(2025, 1, 1), ("2025Q1", "0", "covered")),
        (date(2025, 12, 31), ("2025Q1", "0", "covered")),
        (date(2026, 1, 1), ("2026Q1", "1", "covered")),
        (date(2026, 3, 31), ("2026Q1", "1", "covered")),
        (date(2027, 3, 31), ("2026Q1", "1", "covered")),
        (date(2027, 4, 1), ("2026Q1", "1", "after")),
    ],
)
def test_the_edition_of_the_date_answers_else_the_nearest_earlier_else_the_earliest(
    tmp_path: Path, on: date, expected: tuple[str, str, str]
) -> None:
    keep(tmp_path, "2026Q1", "1")
    keep(tmp_path, "2025Q1", "0")
    assert answer(Reference.load(tmp_path), on) == expected


def test_settings_have_editions_of_their_own(tmp_path: Path) -> None:
    keep(tmp_path, "2026Q1", "0", "outpatient-hospital")
    tables = Reference.load(tmp_path)
    on = date(2026, 3, 10)
    assert answer(tables, on, professional=False) == ("2026Q1", "0", "covered")
    assert answer(tables, on, professional=True) == ("2024Q3", "1", "after")


def test_an_imported_edition_of_the_shipped_quarter_counts(tmp_path: Path) -> None:
    keep(tmp_path, "2024Q3", "0")
    assert answer(Reference.load(tmp_path), date(2024, 8, 1)) == ("2024Q3", "0", "covered")


def test_a_folder_that_is_not_there_yet_holds_nothing(tmp_path: Path) -> None:
    tables = Reference.load(tmp_path / "reference")
    assert tables.editions() == Reference.load(None).editions()


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("imported on Monday")
    assert answer(Reference.load(tmp_path), date(2024, 8, 1)) == ("2024Q3", "1", "covered")


@pytest.mark.parametrize("keeping", [0, 10, 100, -1, -16])
def test_a_table_that_is_cut_off_is_refused_by_name(tmp_path: Path, keeping: int) -> None:
    keep(tmp_path, "2026Q1", "1")
    path = tmp_path / "ncci-practitioner-2026Q1.groupbill-table"
    path.write_bytes(path.read_bytes()[:keeping])
    with pytest.raises(UsageError, match=r"ncci-practitioner-2026Q1\.groupbill-table: .*import the edition again"):
        Reference.load(tmp_path)


def test_the_folder_is_the_settings_one_else_beside_the_settings_file(tmp_path: Path) -> None:
    assert folder_of(Settings()) == Path("reference")
    assert folder_of(Settings(path=tmp_path / "groupbill.toml")) == tmp_path / "reference"
    assert folder_of(Settings(reference_folder=tmp_path, path=Path("groupbill.toml"))) == tmp_path


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("2026Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2024q2", date(2024, 4, 1), date(2024, 6, 30)),
        ("2024Q3", date(2024, 7, 1), date(2024, 9, 30)),
        ("2025Q4", date(2025, 10, 1), date(2025, 12, 31)),
    ],
)
def test_a_quarter_has_its_days(name: str, start: date, end: date) -> None:
    assert (quarter(name).start, quarter(name).end) == (start, end)


def test_a_fiscal_year_begins_in_october() -> None:
    edition = year_or_quarter("FY2026")
    assert (edition.name, edition.start, edition.end) == ("2026", date(2025, 10, 1), date(2026, 9, 30))
    assert year_or_quarter("2026Q4").fiscal_year == 2027
    with pytest.raises(UsageError, match="expected a fiscal year like 2026, or a quarter like 2026Q1"):
        year_or_quarter("26")


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)))
def test_every_day_lies_in_one_quarter_and_one_fiscal_year(on: date) -> None:
    names = [f"{on.year}Q{number}" for number in range(1, 5)]
    assert [name for name in names if contains(quarter(name), on)] == [f"{on.year}Q{(on.month + 2) // 3}"]
    assert contains(year_or_quarter(str(fiscal_year(on))), on)


@given(st.integers(1990, 2090), st.integers(1, 4), st.integers(-800, 800))
def test_states_follow_each_other(year: int, number: int, days: int) -> None:
    edition = quarter(f"{year}Q{number}")
    on = edition.start + timedelta(days=days)
    ordered = ["before", "covered", "after"]
    assert ordered.index(state(edition, on)) <= ordered.index(state(edition, on + timedelta(days=1)))
    assert (state(edition, on) == "before") == (days < 0)
