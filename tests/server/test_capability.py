"""From a CapabilityStatement to the ways of writing, for the servers of fhir.md 6.2 and servers.md."""

from __future__ import annotations

from typing import Any

import pytest

from groupbill.server.capability import Capability, Limits, Way, from_statement

BASE = "https://ehr.example.org/fhir"
ALL = ("ChargeItem", "Claim", "Task", "Provenance")


def statement(
    *types: str,
    offers: tuple[str, ...] = ("transaction", "batch"),
    software: str = "",
    fhir: str = "4.0.1",
    **of_type: Any,
) -> dict[str, Any]:
    """What a server says of itself; `of_type` of every resource type alike."""
    resources = [{"type": kind, **of_type} for kind in types]
    return {
        "resourceType": "CapabilityStatement",
        "fhirVersion": fhir,
        "software": {"name": software, "version": "1"},
        "rest": [{"mode": "server", "interaction": [{"code": each} for each in offers], "resource": resources}],
    }


def ways(*types: str, **said: Any) -> tuple[Way, ...]:
    return from_statement(BASE, statement(*(types or ALL), **said)).ways


SINGLE = (Way.SINGLE_IDS, Way.SEARCH)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(
            {"updateCreate": True, "conditionalCreate": True},
            (Way.IDS, Way.CONDITIONAL, Way.BATCH, Way.SINGLE_IDS, Way.SINGLE_CONDITIONAL, Way.SEARCH),
            id="everything",
        ),
        pytest.param(
            {"updateCreate": False, "conditionalCreate": True},
            (Way.CONDITIONAL, Way.SINGLE_CONDITIONAL, Way.SEARCH),
            id="no ids of ours",
        ),
        pytest.param({"offers": ("batch",), "updateCreate": True}, (Way.BATCH, *SINGLE), id="no transactions"),
        pytest.param({"offers": (), "updateCreate": True}, SINGLE, id="single requests"),
        pytest.param({"offers": (), "updateCreate": False}, (Way.SEARCH,), id="nothing safe"),
        pytest.param({"offers": ()}, SINGLE, id="ids not said: tried"),
    ],
)
def test_ways_follow_from_what_a_server_says_best_first(said: dict[str, Any], expected: tuple[Way, ...]) -> None:
    assert ways(**said) == expected


@pytest.mark.parametrize(
    ("types", "said", "beware"),
    [
        pytest.param(("Claim", "Task"), {}, "does not take ChargeItem", id="Epic"),
        pytest.param(("ChargeItem", "Task"), {"offers": ("batch",)}, "does not take Claim", id="Oracle Millennium"),
        pytest.param(ALL, {"fhir": "5.0.0"}, "FHIR 5.0.0: it is read, nothing is written", id="R5"),
        pytest.param(ALL, {"fhir": ""}, "of an unknown version", id="no version"),
        pytest.param(ALL, {"interaction": [{"code": "read"}]}, "does not take ChargeItem", id="read only"),
        pytest.param(ALL, {"interaction": [{"code": "create"}]}, "does not take ChargeItem", id="no updates"),
    ],
)
def test_what_can_t_be_written_to_is_exported_with_the_reason(
    types: tuple[str, ...], said: dict[str, Any], beware: str
) -> None:
    found = from_statement(BASE, statement(*types, **said))
    assert found.ways == (Way.EXPORT,)
    assert beware in " ".join(found.beware())


@pytest.mark.parametrize("missing", ["Task", "Provenance"])
def test_what_a_claim_can_do_without_is_left_out_and_said(missing: str) -> None:
    found = from_statement(BASE, statement(*(kind for kind in ALL if kind != missing), updateCreate=True))
    assert found.ways[0] is Way.IDS
    assert f"It does not take {missing}." in found.beware()


@pytest.mark.parametrize(
    ("software", "limits"),
    [
        ("Medplum FhirRouter + MemoryRepository", Limits(updates=50, conditional=8)),
        ("HAPI FHIR Server", Limits()),
        ("Azure API for FHIR", Limits(entries=500)),
        ("AWS HealthLake", Limits(entries=160)),
        ("something else", Limits()),
        ("", Limits()),
    ],
)
def test_sizes_that_a_server_is_known_to_refuse_are_kept_to(software: str, limits: Limits) -> None:
    assert from_statement(BASE, statement(*ALL, software=software)).limits == limits


def test_one_type_without_ids_of_ours_rules_them_out_for_all() -> None:
    said = statement(*ALL, updateCreate=True)
    said["rest"][0]["resource"][2]["updateCreate"] = False
    assert from_statement(BASE, said).client_ids is False


def test_what_was_learned_outweighs_what_was_said() -> None:
    found = from_statement(BASE, statement(*ALL, updateCreate=True, conditionalCreate=True))
    known = found.learned({"client_ids": False, "refused": [Way.CONDITIONAL.value, "unheard of"], "profiles": False})
    assert known.ways == (Way.SINGLE_CONDITIONAL, Way.SEARCH)
    assert known.profiles is False
    assert found.learned({"client_ids": "no", "refused": []}) == found


def test_another_version_of_the_software_is_another_server_to_learn_about() -> None:
    one = from_statement(BASE, statement(*ALL, software="HAPI FHIR Server"))
    other = statement(*ALL, software="HAPI FHIR Server")
    other["software"]["version"] = "2"
    assert one.key != from_statement(BASE, other).key


@pytest.mark.parametrize(
    "damaged",
    [
        {},
        {"rest": None},
        {"rest": [None, 3, {"resource": None}, {"resource": [None, {"type": "Claim"}]}]},
        {"software": None, "rest": [{"interaction": [None], "resource": [{"type": "Claim", "interaction": [None]}]}]},
    ],
)
def test_a_statement_that_says_little_is_no_error(damaged: dict[str, Any]) -> None:
    found: Capability = from_statement(BASE, {"resourceType": "CapabilityStatement", **damaged})
    assert found.ways == (Way.EXPORT,)


def test_a_connection_that_others_can_read_is_warned_of() -> None:
    told = from_statement("http://ehr.example.org/fhir", statement(*ALL)).beware()
    assert "The connection is not encrypted." in told
    assert "The connection is not encrypted." not in from_statement("http://127.0.0.1/fhir", statement(*ALL)).beware()
