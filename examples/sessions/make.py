"""Write the example sessions: `python examples/sessions/make.py`. The Bundles are committed as they come out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from groupbill import Host, Settings
from groupbill.fhir.json import dumps
from groupbill.testing import builders as b

HERE = Path(__file__).parent
MORNING = ("2026-03-10T09:00:00-05:00", "2026-03-10T10:15:00-05:00")
JSON = dict[str, Any]


def staff() -> list[JSON]:
    """The clinic, its payers, its rooms and its people."""
    return [
        b.clinic(),
        b.payer("ngs", "Medicare Part B"),
        b.payer("bluestar", "Blue Star PPO"),
        b.payer("nhmcd", "New Hampshire Medicaid", ("http://lakeside.example/payer", "NHMCD")),
        b.location("room-2"),
        b.practitioner("rivera", 101),
        b.practitioner("okafor", 102, "103TC0700X", "PSYD"),
    ]


def insured(name: str, payer: str | None, diagnosis: str, **more: Any) -> list[JSON]:
    """A patient with coverage and diagnosis."""
    found = [b.patient(name), b.condition(name, diagnosis)]
    return [*found, b.coverage(name, payer, **more)]


def in_person() -> list[JSON]:
    """Eight on the roster: one stayed away, one pays alone, one had an individual hour the same morning."""
    people = {
        "ana": ("ngs", "F33.1"),
        "ben": ("ngs", "F41.1"),
        "cruz": ("bluestar", "F43.10"),
        "dara": ("bluestar", "F33.0"),
        "eli": ("nhmcd", "F40.10"),
        "fay": ("nhmcd", "F42.2"),
        "gus": ("bluestar", "F60.3"),
        "hana": (None, "F41.0"),
    }
    found = staff()
    for name, (payer, code) in people.items():
        found += insured(name, payer, code)
    found.append(b.group("dbt-tuesday", list(people)))
    found.append(b.encounter("g812", "Group/dbt-tuesday", MORNING, leader="rivera", location="room-2"))
    for name in people:
        visit = b.encounter(f"g812-{name}", f"Patient/{name}", MORNING, part_of="g812", diagnosis=f"dx-{name}")
        if name == "gus":
            visit["status"] = "cancelled"
            visit["appointment"] = [b.ref("Appointment/a-gus")]
        found.append(visit)
    participants = [{"actor": b.ref("Patient/gus"), "status": "accepted"}]
    participants.append({"actor": b.ref("Practitioner/rivera"), "status": "accepted"})
    found.append(
        {
            "resourceType": "Appointment",
            "id": "a-gus",
            "status": "noshow",
            "start": MORNING[0],
            "end": MORNING[1],
            "participant": participants,
        }
    )
    hour = ("2026-03-10T11:00:00-05:00", "2026-03-10T11:45:00-05:00")
    found.append(b.encounter("i77", "Patient/cruz", hour, code="90834", leader="rivera", location="room-2"))
    found.append(
        {
            "resourceType": "ChargeItem",
            "id": "ci9",
            "status": "billable",
            "subject": b.ref("Patient/cruz"),
            "context": b.ref("Encounter/i77"),
            "code": b.coded(b.CPT, "90834"),
            "occurrencePeriod": {"start": hour[0], "end": hour[1]},
            "performer": [{"actor": b.ref("Practitioner/rivera")}],
            "quantity": {"value": 1},
        }
    )
    return found


def hybrid() -> list[JSON]:
    """Two in the room, two at home by video, one at work by video, one on the phone."""
    evening = ("2026-03-12T18:30:00-05:00", "2026-03-12T19:30:00-05:00")
    found = staff()
    home = b.location("home", "10")
    where = {"ivan": None, "june": None, "kai": "video", "lena": "video", "mo": "video", "nia": "audio"}
    payers = ["bluestar", "ngs", "bluestar", "ngs", "bluestar", "bluestar"]
    for (name, _), payer in zip(where.items(), payers, strict=True):
        found += insured(name, payer, "F33.1")
    found += [home, b.location("office", "02"), b.group("evening", list(where))]
    found.append(b.encounter("g900", "Group/evening", evening, leader="okafor", location="room-2"))
    for name, modality in where.items():
        place = {"kai": "home", "lena": "home", "mo": "office", "nia": "home"}.get(name)
        found.append(
            b.encounter(
                f"g900-{name}",
                f"Patient/{name}",
                evening,
                part_of="g900",
                diagnosis=f"dx-{name}",
                category="VR" if modality else "AMB",
                modality=modality,
                location=place,
            )
        )
    return found


def without_links() -> list[JSON]:
    """Shape C: the EHR writes one visit per patient, in UTC, with nothing that ties them together."""
    found = staff()
    local = "http://lakeside.example/visit"
    for minute, name in zip(("00", "00", "03", "20"), ("omar", "pia", "quin", "rosa"), strict=True):
        found += insured(name, "bluestar", "F10.20")
        times = (f"2026-03-13T00:{minute}:00Z", "2026-03-13T01:00:00Z")
        visit = b.encounter(f"v-{name}", f"Patient/{name}", times, code=None, leader="rivera", location="room-2")
        visit["type"] = [b.coded(local, "GROUP")]
        found.append(visit)
    other = b.encounter(
        "v-sam", "Patient/sam", ("2026-03-13T00:00:00Z", "2026-03-13T00:45:00Z"), code="90834", leader="okafor"
    )
    return [*found, *insured("sam", "bluestar", "F41.1"), other]


def release_5() -> list[JSON]:
    """R5: who took part stands in the Encounter itself, with the times they came and went."""
    names = ("tess", "uma", "vik")
    found = staff()
    for name in names:
        found += [b.patient(name), b.condition(name, "F43.23")]
        cover = b.coverage(name, "bluestar")
        number = cover.pop("subscriberId")
        cover["insurer"] = cover.pop("payor")[0]
        found.append({**cover, "kind": "insurance", "subscriberId": [{"value": number}]})
    roster = b.group("trauma", [*names, "wes"])
    del roster["actual"]
    roster["membership"] = "enumerated"
    times = {"start": "2026-03-10T20:00:00Z", "end": "2026-03-10T21:30:00Z"}
    people = [{"actor": b.ref(f"Patient/{name}"), "period": dict(times)} for name in names]
    people[1]["period"] = {"start": "2026-03-10T20:50:00Z", "end": "2026-03-10T21:30:00Z"}
    leader = {"type": [b.coded(b.PARTICIPATION_TYPE, "PPRF")], "actor": b.ref("Practitioner/rivera")}
    session = {
        "resourceType": "Encounter",
        "id": "g5",
        "status": "completed",
        "class": [{"coding": [{"system": b.ACT_CODE, "code": "AMB"}]}],
        "type": [b.coded(b.CPT, "90853")],
        "subject": b.ref("Group/trauma"),
        "participant": [leader, *people],
        "actualPeriod": times,
        "location": [{"location": b.ref("Location/room-2")}],
        "serviceProvider": b.ref("Organization/clinic"),
    }
    return [*found, b.patient("wes"), roster, session]


def families() -> list[JSON]:
    """Two leaders, two families: each is billed once, on the patient whose treatment it is."""
    found = staff()
    found.append(b.group("families", ["xeno", "yara"]))
    session = b.encounter("g77", "Group/families", MORNING, code="90849", leader="rivera", location="room-2")
    session["participant"].append(b.led_by("okafor", "SPRF"))
    found.append(session)
    for name in ("xeno", "yara"):
        found += insured(name, "bluestar", "F90.2")
        relative = {"resourceType": "RelatedPerson", "id": f"parent-{name}", "patient": b.ref(f"Patient/{name}")}
        visit = b.encounter(
            f"g77-{name}", f"Patient/{name}", MORNING, code="90849", part_of="g77", diagnosis=f"dx-{name}"
        )
        visit["participant"] = [{"individual": b.ref(f"RelatedPerson/parent-{name}")}]
        found += [relative, visit]
    return found


def late_correction() -> list[JSON]:
    """After the claims went out the attendance of one member was corrected: the payer has one of them already."""
    found = [each for each in in_person() if each["id"] not in ("ci9", "i77")]
    host = Host(Settings.load(HERE / "groupbill.toml"))
    report = host.run(found, today=b.day("2026-03-11"))
    filed = [entry["resource"] for each in report.transactions() for entry in each["entry"]]
    filed = [each for each in filed if each["resourceType"] != "Provenance"]
    claims = {each["patient"]["reference"]: each for each in filed if each["resourceType"] == "Claim"}
    paid = claims["Patient/cruz"]
    found.append(b.answer(paid, "ICN2026070001", "bluestar"))
    for each in found:
        if each["id"] in ("g812-cruz", "g812-dara"):
            each["status"] = "entered-in-error" if each["id"] == "g812-cruz" else "cancelled"
    return [*found, *filed]


EXAMPLES = {
    "1-in-person": in_person,
    "2-hybrid": hybrid,
    "3-without-links": without_links,
    "4-release-5": release_5,
    "5-families": families,
    "6-late-correction": late_correction,
}


def main() -> None:
    """Write each Bundle and the report it leads to."""
    host = Host(Settings.load(HERE / "groupbill.toml"))
    for name, make in EXAMPLES.items():
        resources = make()
        (HERE / f"{name}.json").write_bytes(dumps(b.bundle(resources)) + b"\n")
        report = host.run(resources, today=b.day("2026-03-16"))
        (HERE / f"{name}.report.json").write_bytes(dumps(report.to_json()) + b"\n")


if __name__ == "__main__":
    main()
