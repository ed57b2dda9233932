"""What the record of one participant holds about one session: notes, treatment plan, what was observed."""

from __future__ import annotations

from datetime import date

from ..fhir.codes import codings, system
from ..model import Documentation, Member, Resource, Session
from ..model.identity import CODE_SYSTEM
from .chart import Chart
from .filed import at_encounter
from .notes import notes_of
from .plans import plans
from .sources import Sources

_SYSTEM = CODE_SYSTEM + "documentation"
_WITHDRAWN = frozenset({"entered-in-error", "cancelled"})
_KINDS = ("DocumentReference", "Composition", "CarePlan", "Observation", "Consent")
_NOTHING = Documentation()


def documentation(sources: Sources, session: Session, member: Member) -> Documentation:
    """The documentation of one member, without what the rest of the session keeps."""
    memory = sources.in_session(session.key)
    key = ("documentation", member.member, member.encounter)
    found: Documentation | None = memory.get(key)
    if found is None:
        found = memory[key] = _documentation(sources, session, member)
    return found


def kept(sources: Sources, session: Session) -> frozenset[str]:
    """Kinds of record that some member of the session has on file (`Documentation.kept`)."""
    found: set[str] = set()
    for member in session.members:
        record = documentation(sources, session, member)
        if record is not _NOTHING:
            found.update(_held(record))
    return frozenset(found)


def interactive_complexity(sources: Sources, session: Session, member: Member) -> bool:
    """Whether a member's own record shows interactive complexity (90785)."""
    if member.patient is None or not sources.has("Observation"):
        return False
    seen = _seen(sources, session, member, sources.chart(member.patient))
    return _flag(seen, "interactive-complexity") is True


def _seen(sources: Sources, session: Session, member: Member, chart: Chart) -> dict[str, list[Resource]]:
    encounter = member.encounter or session.encounter
    return _observations(sources, chart, encounter, own=member.encounter is not None)


def _held(record: Documentation) -> list[str]:
    held = {
        "note": bool(record.notes),
        "plan": record.plans_on_file,
        "count": record.count is not None,
        "consent": record.telehealth_consent is not None,
        "audio": record.audio_only_reason is not None,
        "complexity": record.interactive_complexity is not None,
    }
    return [kind for kind, there in held.items() if there]


def _documentation(sources: Sources, session: Session, member: Member) -> Documentation:
    if member.patient is None or not any(map(sources.has, _KINDS)):
        return _NOTHING
    chart = sources.chart(member.patient)
    on = session.date_of_service
    encounter = member.encounter or session.encounter
    own = member.encounter is not None
    plan, on_file, review_due = plans(sources, chart, session.code, on)
    seen = _seen(sources, session, member, chart)
    return Documentation(
        notes=notes_of(sources, chart, encounter, own=own),
        plan=plan,
        plans_on_file=on_file,
        plan_review_due=review_due,
        count=_count(seen),
        interactive_complexity=_flag(seen, "interactive-complexity"),
        audio_only_reason=_said(seen, "audio-only-reason"),
        telehealth_consent=_consent(sources, chart, seen, on),
        incident_to=_flag(seen, "incident-to") is True,
        intermediate_care=_flag(seen, "intermediate-care") is True,
    )


def _observations(sources: Sources, chart: Chart, encounter: str | None, *, own: bool) -> dict[str, list[Resource]]:
    """Observations of our CodeSystem `documentation` about the patient on the Encounter, by code."""
    found: dict[str, list[Resource]] = {}
    if encounter is None or not sources.has("Observation"):
        return found
    for resource in at_encounter(sources, chart, "Observation", encounter, own=own):
        if resource.get("status") in _WITHDRAWN:
            continue
        for coding in (resource.get("code") or {}).get("coding") or ():
            if system(coding.get("system")) == _SYSTEM:
                found.setdefault(coding.get("code") or "", []).append(resource)
    return found


def _count(seen: dict[str, list[Resource]]) -> int | None:
    counts = (each.get("valueInteger") for each in seen.get("number-attending", ()))
    return next((count for count in counts if isinstance(count, int) and not isinstance(count, bool)), None)


def _flag(seen: dict[str, list[Resource]], code: str) -> bool | None:
    """True when one says so, False when all that say anything say no, None when nothing is said."""
    said = {each.get("valueBoolean") for each in seen.get(code, ())} & {True, False}
    return None if not said else True in said


def _said(seen: dict[str, list[Resource]], code: str) -> bool | None:
    """Whether a reason is stated: as true, or in words or a code; None where nothing is said of it."""
    if any(each.get("valueString") or each.get("valueCodeableConcept") for each in seen.get(code, ())):
        return True
    return _flag(seen, code)


def _consent(sources: Sources, chart: Chart, seen: dict[str, list[Resource]], on: date) -> bool | None:
    """The Observation, else a Consent of the patient that names `telehealth-consent` in its category."""
    stated = _flag(seen, "telehealth-consent")
    if stated is not None or not sources.has("Consent"):
        return stated
    found = [
        consent.get("status") == "active"
        for consent in chart.find("Consent", "patient")
        if (_SYSTEM, "telehealth-consent") in codings(consent.get("category") or [])
    ]
    return any(found) if found else None
