"""MUE, add-on and ICD-10-CM files, and the command."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from groupbill.cli.imports import import_files
from groupbill.errors import UsageError
from groupbill.reference import Reference
from groupbill.reference.importing import import_edition

ON = date(2026, 3, 10)
MUE = (
    '"Medically Unlikely Edits: Practitioner Services. CPT codes are copyright of the AMA, all rights reserved."\r\n'
    "HCPCS/CPT Code,Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale\r\n"
    "90853,1,3 Date of Service Edit: Clinical,CMS Policy\r\n"
    "90785,3,3 Date of Service Edit: Clinical,Clinical: Data\r\n"
    'J0585,"1,200",3 Date of Service Edit: Clinical,Prescribing Information\r\n'
    "0001A,1,2 Date of Service Edit: Policy,Code Descriptor / CPT Instruction\r\n"
    "99213,many,1 Line Edit,Clinical: Data\r\n"
)


def test_a_table_of_most_units(tmp_path: Path) -> None:
    path = tmp_path / "MCR_MUE_PractitionerServices_Eff_01-01-2026.csv"
    path.write_bytes(MUE.encode("cp1252"))
    (done,) = import_edition("mue", [path], edition="2026Q1", folder=tmp_path / "reference")
    assert (done.setting, done.rows, done.bad) == ("practitioner", 4, 1)
    assert done.findings[0].at == f"{path.name}:7"
    assert done.findings[0].message == "MUE value 'many' is no whole number"
    tables = Reference.load(tmp_path / "reference")
    for code, units, mai in (("90853", 1, "3"), ("J0585", 1200, "3"), ("0001A", 1, "2")):
        edit = tables.mue(code, ON, True)
        assert edit is not None
        assert (edit.units, edit.mai, edit.edition) == (units, mai, "2026Q1")
    assert tables.mue("90834", ON, True) is None
    hospital = tables.mue("90853", ON, False)
    assert hospital is not None
    assert (hospital.units, hospital.edition) == (4, "2024Q3")


def test_most_units_in_a_workbook(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Outpatient Hospital Services MUE table, effective 01/01/2026"])
    sheet.append(
        ["HCPCS/CPT Code", "Outpatient Hospital Services MUE Values", "MUE Adjudication Indicator", "MUE Rationale"]
    )
    sheet.append(["90853", 4, "3 Date of Service Edit: Clinical", "Nature of Service/Procedure"])
    path = tmp_path / "MCR_MUE_OutpatientHospitalServices_Eff_01-01-2026.xlsx"
    book.save(path)
    (done,) = import_edition("mue", [path], edition="2026Q1", folder=tmp_path)
    assert (done.setting, done.rows, done.bad) == ("outpatient-hospital", 1, 0)
    edit = Reference.load(tmp_path).mue("90853", ON, False)
    assert edit is not None
    assert (edit.units, edit.mai, edit.edition) == (4, "3", "2026Q1")


def test_add_on_codes_with_ordinal_dates_and_three_types(tmp_path: Path) -> None:
    headings = ["AOC_Edit_Type", "Add-On_Code", "AOC_DelDT", "Primary_Code", "Primary_Code_DelDT"]
    headings += ["AOC_Edit_EffDT", "AOC_Edit_DelDT", "Special_Instruction_Notes"]
    rows = [
        headings,
        ["1", "90785", "", "90853", "", "2013001", "", ""],
        ["1", "90785", "", "90834", "", "2013001", "", ""],
        ["1", "90785", "", "99441", "2024366", "2020061", "", ""],
        ["1", "90785", "", "90801", "", "2013001", "2012366", ""],
        ["2", "99417", "", "CCCCC", "", "2021001", "", "CCCCC = Contractor Defined Primary Codes"],
        ["3", "0770T", "", "90853", "", "2023001", "", ""],
        ["1", "90840", "2020366", "90839", "", "2013001", "", ""],
    ]
    path = tmp_path / "AOC_V2026Q1-MCR.txt"
    path.write_text("Add-on Code Edits\n" + "\n".join("\t".join(row) for row in rows) + "\n")
    (done,) = import_edition("addon", [path], edition="2026Q1", folder=tmp_path)
    assert (done.rows, done.bad) == (7, 0)
    tables = Reference.load(tmp_path)
    assert tables.addon_primaries("90785", ON) == {"90853", "90834"}
    assert tables.addon_primaries("99417", ON) is None
    assert tables.addon_primaries("0770T", ON) is None
    assert tables.addon_primaries("90840", ON) is None
    assert tables.addon_primaries("90853", ON) is None
    # The dates of rows count on days before the edition too; the shipped quarter answers for itself.
    assert tables.addon_primaries("90785", date(2024, 12, 30)) == {"90853", "90834", "99441"}


ORDER = (
    "00001 F32     0 Depressive episode                                           Depressive episode\n"
    "00002 F320    1 MDD, single, mild                                            MDD, single episode, mild\n"
    "00003 F3281   1 Premenstrual dysphoric disorder                              Premenstrual dysphoric disorder\n"
    "00004 Z6381   1 Absence of family member                                     Absence of family member\n"
)


def test_diagnoses_of_a_fiscal_year(tmp_path: Path) -> None:
    path = tmp_path / "icd10cm_order_2026.txt"
    path.write_text(ORDER)
    (done,) = import_edition("icd10", [path], edition="2026", folder=tmp_path)
    assert (done.edition, done.setting, done.rows, done.bad) == ("2026", "", 4, 0)
    tables = Reference.load(tmp_path)
    assert tables.icd10_valid("F32.0", ON) is True
    assert tables.icd10_valid("F320", ON) is True
    assert tables.icd10_valid("F32.81", ON) is True
    assert tables.icd10_valid("F32", ON) is False
    assert tables.icd10_valid("F32.9", ON) is False
    assert tables.icd10_valid("nonsense", ON) is False
    assert tables.icd10_valid("F32.0", date(2025, 10, 1)) is True
    assert tables.icd10_valid("F32.0", date(2025, 9, 30)) is None
    assert tables.icd10_valid("F32.0", date(2026, 10, 1)) is None


def test_without_an_edition_nothing_is_said_about_a_diagnosis(shipped: Reference) -> None:
    assert shipped.icd10_valid("F32.0", ON) is None


def test_codes_files_and_zips_with_addenda(tmp_path: Path) -> None:
    path = tmp_path / "2026-code-descriptions.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("icd10cm_codes_2026.txt", "F320    Major depressive disorder\nZ6381   Other\n")
        archive.writestr("icd10cm_order_addenda_2026.txt", "Delete:  00003 F3281   1 gone\n")
        archive.writestr("readme.txt", "Files of the fiscal year\n")
    (done,) = import_edition("icd10", [path], edition="2026", folder=tmp_path)
    assert (done.rows, done.bad) == (2, 0)
    tables = Reference.load(tmp_path)
    assert tables.icd10_valid("F32.0", ON) is True
    assert tables.icd10_valid("F32.81", ON) is False


def test_a_quarter_of_diagnoses_counts_before_its_fiscal_year_is_over(tmp_path: Path) -> None:
    path = tmp_path / "icd10cm_order_2026.txt"
    path.write_text(ORDER)
    import_edition("icd10", [path], edition="2026", folder=tmp_path)
    path.write_text(ORDER.replace("F320    1", "F320    0"))
    import_edition("icd10", [path], edition="2026Q2", folder=tmp_path)
    tables = Reference.load(tmp_path)
    assert tables.icd10_valid("F32.0", date(2026, 3, 31)) is True
    assert tables.icd10_valid("F32.0", date(2026, 4, 1)) is False
    assert tables.icd10_valid("F32.0", date(2026, 9, 30)) is False


def settings(folder: Path) -> Path:
    path = folder / "groupbill.toml"
    path.write_text('timezone = "America/Chicago"\n[reference]\nfolder = "tables"\n')
    return path


def test_the_command_writes_into_the_folder_of_the_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "icd10cm_order_2026.txt"
    path.write_text(ORDER)
    assert import_files("icd10", [path], settings(tmp_path), edition="2026") == 0
    told = capsys.readouterr()
    assert told.out.startswith("icd10 2026: 4 rows, 0 unreadable, from icd10cm_order_2026.txt, in ")
    assert told.err == ""
    assert Reference.load(tmp_path / "tables").icd10_valid("F32.0", ON) is True


def test_the_command_names_unreadable_rows_and_exits_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "MCR_MUE_PractitionerServices.csv"
    path.write_text(MUE)
    assert import_files("mue", [path], settings(tmp_path), edition="2026Q1") == 1
    told = capsys.readouterr()
    assert told.err == f"{path.name}:7: ENG01 MUE value 'many' is no whole number\n"
    assert "mue practitioner 2026Q1: 4 rows, 1 unreadable" in told.out


def test_the_command_refuses_what_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "MCR_MUE_PractitionerServices.csv"
    path.write_text("")
    with pytest.raises(UsageError, match="nothing could be read") as caught:
        import_files("mue", [path], settings(tmp_path), edition="2026Q1")
    assert caught.value.exit_status == 2
