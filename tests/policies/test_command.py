"""`policy check` and `policy show`, as a biller reads them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from groupbill.cli.policies import check_policies, show_policy
from groupbill.errors import PolicyError, UsageError


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A settings file with one policy of its own."""
    acme = {
        "id": "acme",
        "title": "Acme Health",
        "extends": "commercial",
        "values": {
            "group_size.max": [
                {"value": 10, "to": "2026-06-30", "source": "Provider manual 2025, p. 44", "confidence": "V"},
                {"value": 8, "from": "2026-07-01", "source": "Provider manual 2026, p. 40", "confidence": "V"},
            ],
            "frequency": [{"codes": ["90853"], "days": 7, "max": 2}],
            "severity": {"GRP08": "warning"},
        },
    }
    (tmp_path / "acme.json").write_text(json.dumps(acme), encoding="utf-8")
    settings = tmp_path / "groupbill.toml"
    settings.write_text('timezone = "America/Chicago"\n[policies]\nfiles = ["acme.json"]\n', encoding="utf-8")
    return settings


def test_show_tells_value_dates_origin_confidence_and_source(site: Path) -> None:
    lines = show_policy("acme", "2026-07-01", site).splitlines()
    assert lines[0] == "acme: Acme Health"
    assert lines[1] == "in force on 2026-07-01; extends commercial, default"
    place = lines.index("group_size.max                     8")
    assert lines[place + 1].strip() == ("from 2026-07-01; set by acme; confidence V; Provider manual 2026, p. 40")
    assert "group_size.max                     10" in show_policy("acme", "2026-06-30", site)


def test_show_says_where_each_severity_comes_from(site: Path) -> None:
    lines = show_policy("medicare-ngs", "2028-01-01", site).splitlines()
    place = lines.index("severity TEL11                     error")
    assert lines[place + 1].strip().startswith("from 2028-01-01; set by medicare; confidence V2;")
    assert "severity GRP02                     error" in lines


def test_show_speaks_plainly_of_lists_tables_and_nothing(site: Path) -> None:
    text = show_policy("acme", "2026-03-10", site)
    assert (
        "frequency                          codes: 90853; days: 7; max: 2\n    always; set by acme; no source stated"
        in text
    )
    assert "minutes.min                        none\n" in text
    assert "ncci                               yes\n" in text
    assert all(len(line) <= 100 for line in text.splitlines()[2:-1])


def test_show_refuses_unknown_policies_and_dates(site: Path) -> None:
    with pytest.raises(PolicyError, match=r"no policy 'acne' \(did you mean 'acme'\?\)"):
        show_policy("acne", "2026-03-10", site)
    with pytest.raises(UsageError, match="--date '10/03/2026': expected a date like 2026-03-10"):
        show_policy("acme", "10/03/2026", site)


def test_check_says_what_is_in_order(site: Path) -> None:
    file = site.parent / "acme.json"
    assert check_policies([file], site) == f"{file}: acme is valid (3 keys, extends commercial, default)"


def test_check_knows_the_policies_of_the_settings(site: Path) -> None:
    gold = site.parent / "gold.json"
    gold.write_text('{"id": "gold", "extends": "acme", "values": {"ncci": false}}', encoding="utf-8")
    assert check_policies([gold], site) == f"{gold}: gold is valid (1 key, extends acme, commercial, default)"


def test_check_names_the_faults_of_all_files(site: Path) -> None:
    for name in ("one", "two"):
        text = json.dumps({"id": name, "values": {"group_size.mx": 1}})
        (site.parent / f"{name}.json").write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as refusal:
        check_policies([site.parent / "one.json", site.parent / "two.json"], site)
    fault = "/values/group_size.mx: unknown key 'group_size.mx' (did you mean 'group_size.max'?)"
    assert str(refusal.value).splitlines() == [f"{site.parent}/{name}.json: {fault}" for name in ("one", "two")]


def test_check_refuses_severities_of_rules_that_do_not_exist(site: Path) -> None:
    file = site.parent / "odd.json"
    file.write_text('{"id": "odd", "values": {"severity": {"GRP20": "error"}}}', encoding="utf-8")
    with pytest.raises(
        PolicyError, match=r"odd\.json: /values/severity/GRP20: no rule is called 'GRP20' \(did you mean"
    ):
        check_policies([file], site)


def test_check_wants_a_file() -> None:
    with pytest.raises(UsageError, match="name a policy file"):
        check_policies([], None)
