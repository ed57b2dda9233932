"""What a settings file may not say: each refusal names the key, what was expected and the nearest word."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbill.errors import SettingsError
from groupbill.settings import Settings
from groupbill.settings.reading import load

REFUSED = [
    ("timezon = 'UTC'", "settings: unknown key 'timezon' (did you mean 'timezone'?)"),
    ("[price]", "settings: unknown key 'price' (did you mean 'prices'?)"),
    ("locality = '06102-16'", "settings: unknown key 'locality' (it belongs under [medicare])"),
    ("[write]\ntimezone = 'UTC'", "settings: write: unknown key 'timezone' (it belongs above the first [table])"),
    (
        "[write]\nmax_correction = 3",
        "settings: write: unknown key 'max_correction' (did you mean 'max_corrections'?)",
    ),
    ("[server]\nauht = 'none'", "settings: server: unknown key 'auht' (did you mean 'auth'?)"),
    ("timezone = 5", "settings: timezone: expected text in quotes"),
    (
        "timezone = 'America/Chicgo'",
        "settings: timezone: expected an IANA time zone like America/Chicago, not 'America/Chicgo' "
        "(did you mean 'America/Chicago'?)",
    ),
    ("timezone = '../../etc/passwd'", "not '../../etc/passwd'"),
    ("timezone = '/etc/localtime'", "not '/etc/localtime'"),
    ("timezone = 'America'", "expected an IANA time zone"),
    ("timezone = 'localtime'", "expected an IANA time zone"),
    ("timezone = 'right/America/Chicago'", "expected an IANA time zone"),
    ('timezone = "a\\u0000b"', "expected an IANA time zone"),
    ("[timezones]\n'Location/annex' = ''", "settings: timezones.Location/annex: expected an IANA time zone"),
    (
        "[timezones]\n'Locaton/annex' = 'UTC'",
        "settings: timezones.Locaton/annex: expected as key a reference to Location or Organization "
        "(did you mean 'Location'?)",
    ),
    (
        "[timezones]\nannex = 'UTC'",
        "settings: timezones.annex: expected as key a reference like Location/annex or Organization/north",
    ),
    ("roster_is_attendance = 'yes'", "settings: roster_is_attendance: expected true or false"),
    ("remote_place_of_service = '11'", "settings: remote_place_of_service: expected '02' or '10'"),
    ("remote_place_of_service = 2", "settings: remote_place_of_service: expected '02' or '10'"),
    ("[prices]\n90853 = 120", 'settings: prices.90853: expected an amount above zero in quotes, like "120.00"'),
    ("[prices]\n90853 = '0.00'", "settings: prices.90853: expected an amount above zero"),
    ("[prices]\n90853 = '-5'", "settings: prices.90853: expected an amount above zero"),
    ("[prices]\n90853 = '12.345'", "settings: prices.90853: expected an amount above zero"),
    ("[prices]\n90853 = '$120'", "settings: prices.90853: expected an amount above zero"),
    ("[prices]\n90853 = '1_000'", "settings: prices.90853: expected an amount above zero"),
    ("[prices]\n90853 = 'NaN'", "settings: prices.90853: expected an amount above zero"),
    ("[prices]\n9085 = '1'", 'settings: prices.9085: expected as key a CPT or HCPCS code in quotes, like "90853"'),
    ("prices = '120'", "settings: prices: expected a table"),
    (
        "[payers]\nNGS = 'medicare'",
        "settings: payers.NGS: expected as key a reference like Organization/acme, or an identifier like "
        "http://acme.example|7",
    ),
    ("[payers]\n'Organisation/ngs' = 'medicare'", "(did you mean 'Organization'?)"),
    ("[payers]\n'http://example.org/payer|' = 'medicare'", "expected as key a reference like Organization/acme"),
    ("[payers]\n'Organization/ngs' = 5", "settings: payers.Organization/ngs: expected text in quotes"),
    (
        "[payers]\n'Organization/ngs' = 'medicare'\n'https://ehr.example/Organization/ngs' = 'medicaid'",
        "settings: payers.https://ehr.example/Organization/ngs: given twice",
    ),
    ("[attendance]\ncodes = ['PRESENT']", "settings: attendance.codes: expected a list like"),
    ("[attendance]\ncodes = 'a|b'", "settings: attendance.codes: expected a list like"),
    ("[sessions]\nslot_minutes = -1", "settings: sessions.slot_minutes: expected a whole number, zero or more"),
    ("[sessions]\nslot_minutes = true", "settings: sessions.slot_minutes: expected a whole number, zero or more"),
    ("[sessions]\nmin_confidence = 1.5", "settings: sessions.min_confidence: expected a number from 0 to 1"),
    ("[sessions]\nmin_confidence = nan", "settings: sessions.min_confidence: expected a number from 0 to 1"),
    ("[sessions]\nmin_confidence = inf", "settings: sessions.min_confidence: expected a number from 0 to 1"),
    ("[medicare]\nlocality = 'Chicago'", 'settings: medicare.locality: expected a Medicare locality like "06102-16"'),
    ("[session_codes]\n'http://example.org/visit|FAMGRP' = '9084'", "expected a CPT or HCPCS code in quotes"),
    ("[session_codes]\nFAMGRP = '90849'", "settings: session_codes.FAMGRP: expected as key a coding like"),
    ("[billing]\nprovider = 'clinic'", "settings: billing.provider: expected a reference like Organization/clinic"),
    ("[policies]\nfiles = 'acme.json'", "settings: policies.files: expected a list of text in quotes"),
    (
        "[rules.severity]\nNCC09 = 'informations'",
        "settings: rules.severity: expected for NCC09 'error', 'warning' or 'information' "
        "(did you mean 'information'?)",
    ),
    (
        "[rules.severity]\nENG02 = 'warning'",
        "settings: rules.severity: expected another rule: ENG02 can't be changed",
    ),
    ("[rules]\nignore = ['ENG01']", "settings: rules.ignore: expected another rule: ENG01 can't be changed"),
    (
        "[write]\nclaim_status = 'drfat'",
        "settings: write.claim_status: expected 'active' or 'draft' (did you mean 'draft'?)",
    ),
    ("[server]\nauth = 'basci'", "(did you mean 'basic'?)"),
    (
        "[server]\ntoken_env = 's3cr3t token'",
        "settings: server.token_env: expected the name of an environment variable",
    ),
    ("[events]\nsettle = '2 minutes'", 'settings: events.settle: expected a duration like "90s", "2m" or "1h"'),
    ("[events]\nsettle = 120", "settings: events.settle: expected a duration"),
    ("[events]\nsweep_at = '25:00'", 'settings: events.sweep_at: expected a time of day like "02:00"'),
    ("[events]\nsweep_at = 02:00:00", "settings: events.sweep_at: expected a time of day"),
    ("[events]\nlook_back_days = '90'", "settings: events.look_back_days: expected a whole number"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[text for text, _ in REFUSED])
def test_a_wrong_setting_is_refused_with_key_expectation_and_nearest_word(text: str, message: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        Settings.parse(tomllib.loads(text, parse_float=Decimal))
    assert message in str(refusal.value)


def test_the_message_names_the_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("site") / "clinic.toml"
    file.write_text("timezon = 'UTC'", encoding="utf-8")
    with pytest.raises(SettingsError) as refusal:
        load(file)
    assert str(refusal.value) == f"{file}: unknown key 'timezon' (did you mean 'timezone'?)"


def test_a_payer_of_an_unknown_policy_is_refused_with_the_nearest() -> None:
    settings = Settings.parse({"payers": {"Organization/ngs": "medicare-ngss"}})
    with pytest.raises(SettingsError) as refusal:
        settings.check_policies({"medicare", "medicare-ngs"})
    expected = "settings: payers.Organization/ngs: no policy 'medicare-ngss' (did you mean 'medicare-ngs'?)"
    assert str(refusal.value) == expected
    settings.check_policies({"medicare-ngss"})


RULES = {"GRP02": "too-many-participants", "GRP08": "small-group", "NCC09": "beyond-edition", "ACME1": "acme-note"}


@pytest.mark.parametrize("word", ["GRP08", "GRP", "small-group", "ACME", "acme-note", "ENG04", "payer-not-mapped"])
def test_a_rule_is_named_by_code_family_or_name(word: str) -> None:
    Settings.parse({"rules": {"ignore": [word], "severity": {word: "warning"}}}).check_rules(RULES)


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("GRP80", " (did you mean 'GRP08'?)"),
        ("GRP8", " (did you mean 'GRP08'?)"),
        ("grp08", " (did you mean 'GRP08'?)"),
        ("smal-group", " (did you mean 'small-group'?)"),
        ("zzzzzz", ""),
    ],
)
def test_an_unknown_rule_is_refused_with_the_nearest(word: str, hint: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        Settings.parse({"rules": {"ignore": [word]}}).check_rules(RULES)
    assert str(refusal.value) == f"settings: rules.ignore: no rule is called {word!r}{hint}"
    with pytest.raises(SettingsError, match=r"settings: rules\.severity: no rule is called"):
        Settings.parse({"rules": {"severity": {word: "error"}}}).check_rules(RULES)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.decimals() | st.times() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = [
    "timezone", "namespace", "roster_is_attendance", "remote_place_of_service", "timezones", "prices", "payers",
    "attendance", "sessions", "medicare", "session_codes", "billing", "policies", "rules", "write", "reference",
    "server", "events",
]  # fmt: skip
INNER = [
    "codes", "slot_minutes", "min_confidence", "locality", "provider", "files", "ignore", "severity", "folder",
    "claim_status", "max_corrections", "auth", "secret_env", "settle", "look_back_days", "sweep_at", "90853",
    "Location/annex", "http://example.org|1",
]  # fmt: skip


@given(st.dictionaries(st.sampled_from(KEYS), json_like | st.dictionaries(st.sampled_from(INNER), json_like)))
def test_whatever_a_file_says_it_is_read_or_refused(table: dict[str, object]) -> None:
    try:
        assert isinstance(Settings.parse(table), Settings)
    except SettingsError as refusal:
        assert str(refusal).startswith("settings: ")


@pytest.mark.parametrize(
    ("keywords", "said"),
    [
        ({"timezone": "America/Chicgo"}, "settings: timezone: expected an IANA time zone like America/Chicago"),
        (
            {"timezones": {"Location/annex": "Nowhere"}},
            "settings: timezones.Location/annex: expected an IANA time zone",
        ),
        ({"prices": {"90853": 120.5}}, "settings: prices.90853: expected an amount above zero"),
        ({"prices": {"90853": Decimal("1.001")}}, "settings: prices.90853: expected an amount above zero"),
        ({"claim_status": "final"}, "settings: claim_status: expected 'active' or 'draft'"),
        ({"remote_place_of_service": 2}, "settings: remote_place_of_service: expected '02' or '10'"),
    ],
)
def test_settings_given_by_keyword_are_looked_at_too(keywords: dict, said: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(said)):
        Settings(**keywords)


def test_a_price_by_keyword_may_be_written_as_in_the_file() -> None:
    assert Settings(prices={"90853": "120.00"}).prices == {"90853": Decimal("120.00")}  # type: ignore[dict-item]
