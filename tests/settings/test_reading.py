"""Every key of groupbill.toml, read from a file as a site would write it."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from groupbill.errors import SettingsError
from groupbill.model import Severity
from groupbill.settings import Settings

WHOLE = """
timezone = "America/Chicago"
namespace = "north"
roster_is_attendance = true
remote_place_of_service = "10"
[timezones]
"Location/annex" = "America/Denver"
"https://ehr.example/fhir/Organization/west/_history/3" = "America/Los_Angeles"
[prices]
"90853" = "120.00"
"90849" = "85"
[payers]
"Organization/ngs" = "medicare-ngs"
"https://ehr.example/fhir/Organization/hfs" = "medicaid-il"
"http://example.org/payer|NHMCD" = "medicaid-nh"
[attendance]
codes = ["http://example.org/att|PRESENT"]
[sessions]
slot_minutes = 10
min_confidence = 0.75
[medicare]
locality = "06102-16"
[session_codes]
"http://example.org/visit|FAMGRP" = "90849"
"Group/tuesday" = "90853"
[billing]
provider = "Organization/clinic"
[policies]
files = ["acme.json", "more/gold.json"]
[rules]
ignore = ["GRP08", "FRQ"]
severity = {NCC09 = "information", small-group = "warning"}
[write]
claim_status = "draft"
max_corrections = 5
[reference]
folder = "reference"
[server]
auth = "bearer"
token_env = "EHR_TOKEN"
[events]
secret_env = "HOOK_SECRET"
settle = "90s"
look_back_days = 30
sweep_at = "03:30"
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "groupbill.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_every_key_arrives(tmp_path: Path) -> None:
    file = written(tmp_path, WHOLE)
    assert Settings.load(file) == Settings(
        timezone="America/Chicago",
        namespace="north",
        roster_is_attendance=True,
        remote_place_of_service="10",
        timezones={"Location/annex": "America/Denver", "Organization/west": "America/Los_Angeles"},
        prices={"90853": Decimal("120.00"), "90849": Decimal("85")},
        payers={
            "Organization/ngs": "medicare-ngs",
            "Organization/hfs": "medicaid-il",
            "http://example.org/payer|NHMCD": "medicaid-nh",
        },
        attendance_codes=frozenset({"http://example.org/att|PRESENT"}),
        slot_minutes=10,
        min_confidence=0.75,
        locality="06102-16",
        session_codes={"http://example.org/visit|FAMGRP": "90849", "Group/tuesday": "90853"},
        billing_provider="Organization/clinic",
        policy_files=(tmp_path / "acme.json", tmp_path / "more/gold.json"),
        ignore=("GRP08", "FRQ"),
        severity={"NCC09": Severity.INFORMATION, "small-group": Severity.WARNING},
        claim_status="draft",
        max_corrections=5,
        reference_folder=tmp_path / "reference",
        server_auth="bearer",
        server={"token_env": "EHR_TOKEN"},
        secret_env="HOOK_SECRET",
        settle=timedelta(seconds=90),
        look_back_days=30,
        sweep_at=time(3, 30),
        path=file,
    )


def test_an_empty_file_means_the_defaults_of_the_design(tmp_path: Path) -> None:
    settings = Settings.load(written(tmp_path, ""))
    assert settings.timezone is None
    assert settings.remote_place_of_service == "02"
    assert (settings.slot_minutes, settings.min_confidence) == (5, 0.6)
    assert (settings.claim_status, settings.max_corrections) == ("active", 20)
    assert (settings.server_auth, settings.secret_env) == ("none", "GROUPBILL_SECRET")
    assert (settings.settle, settings.look_back_days, settings.sweep_at) == (timedelta(minutes=2), 90, time(2))


def test_the_default_file_may_be_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings.load() == Settings()


def test_the_default_file_is_read_from_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, 'timezone = "America/Denver"')
    monkeypatch.chdir(tmp_path)
    assert Settings.load().timezone == "America/Denver"


def test_a_file_may_be_named_by_a_string(tmp_path: Path) -> None:
    file = written(tmp_path, 'timezone = "America/Denver"')
    assert Settings.load(str(file)) == Settings.load(file)


def test_a_named_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"clinic\.toml: can't be read: No such file"):
        Settings.load(tmp_path / "clinic.toml")


def test_what_is_no_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"groupbill\.toml: expected TOML: .*line 1"):
        Settings.load(written(tmp_path, "timezone = America/Chicago"))


def test_what_is_no_utf8_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "groupbill.toml"
    file.write_bytes(b'namespace = "\xff"')
    with pytest.raises(SettingsError, match="UTF-8"):
        Settings.load(file)


def test_the_zone_of_a_location_goes_before_that_of_its_organization_and_the_general_one() -> None:
    settings = Settings.parse(
        {
            "timezone": "America/Chicago",
            "timezones": {"Location/annex": "America/Denver", "Organization/west": "America/Los_Angeles"},
        }
    )
    assert settings.zone_of("Location/annex", "Organization/west") == ZoneInfo("America/Denver")
    assert settings.zone_of("Location/main", "Organization/west") == ZoneInfo("America/Los_Angeles")
    assert settings.zone_of() == ZoneInfo("America/Chicago")
    assert Settings().zone_of("Location/annex", None) is None


def test_codings_are_spelled_as_resources_are_read() -> None:
    settings = Settings.parse({"session_codes": {"HTTP://SNOMED.INFO/SCT/|76168009": "90853"}})
    assert settings.session_codes == {"http://snomed.info/sct|76168009": "90853"}
