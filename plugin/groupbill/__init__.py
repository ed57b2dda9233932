"""Group psychotherapy sessions in FHIR become one checked charge and claim per participant who attended.

Two calls embed it: `Host(settings).run(resources)` and `Host(settings).handle(change, read=...)`. Plugins
implement hooks with `@hookimpl`. Everything that is not named here is private.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .errors import (
        GroupBillError,
        InputError,
        PluginError,
        PolicyError,
        RuleDefinitionError,
        ServerError,
        SettingsError,
        UsageError,
    )
    from .host import Host
    from .model import (
        Action,
        Attendance,
        Authorization,
        Bill,
        Billing,
        Change,
        Charge,
        Checked,
        Coverage,
        Diagnosis,
        Documentation,
        Effect,
        Evidence,
        Finding,
        Fix,
        Line,
        Member,
        MemberReport,
        Note,
        Outcome,
        Participant,
        PatientDay,
        Performer,
        Period,
        Policy,
        Qualification,
        Read,
        Recheck,
        Reconcile,
        ReconcileGroup,
        Rendering,
        ReportLine,
        Resource,
        Session,
        SessionReport,
        Severity,
        Step,
        Tally,
        Value,
        Verdict,
        Visit,
        Wait,
        Written,
    )
    from .plugins import ChangeContext, Context, hookimpl
    from .report.report import Report
    from .rules.rule import ClaimRule, DayRule, LineRule, ParticipantRule, Rule, SessionRule
    from .rules.rule import Context as RuleContext
    from .settings import Settings

__all__ = [
    "Action",
    "Attendance",
    "Authorization",
    "Bill",
    "Billing",
    "Change",
    "ChangeContext",
    "Charge",
    "Checked",
    "ClaimRule",
    "Context",
    "Coverage",
    "DayRule",
    "Diagnosis",
    "Documentation",
    "Effect",
    "Evidence",
    "Finding",
    "Fix",
    "GroupBillError",
    "Host",
    "InputError",
    "Line",
    "LineRule",
    "Member",
    "MemberReport",
    "Note",
    "Outcome",
    "Participant",
    "ParticipantRule",
    "PatientDay",
    "Performer",
    "Period",
    "PluginError",
    "Policy",
    "PolicyError",
    "Qualification",
    "Read",
    "Recheck",
    "Reconcile",
    "ReconcileGroup",
    "Rendering",
    "Report",
    "ReportLine",
    "Resource",
    "Rule",
    "RuleContext",
    "RuleDefinitionError",
    "ServerError",
    "Session",
    "SessionReport",
    "SessionRule",
    "Settings",
    "SettingsError",
    "Severity",
    "Step",
    "Tally",
    "UsageError",
    "Value",
    "Verdict",
    "Visit",
    "Wait",
    "Written",
    "__version__",
    "hookimpl",
]

_HOMES = {
    "errors": "GroupBillError InputError PluginError PolicyError RuleDefinitionError ServerError SettingsError"
    " UsageError",
    "host": "Host",
    "model": "Action Attendance Authorization Bill Billing Change Charge Checked Coverage Diagnosis"
    " Documentation Effect Evidence Finding Fix Line Member MemberReport Note Outcome"
    " Participant PatientDay Performer Period Policy Qualification Read Recheck Reconcile"
    " ReconcileGroup Rendering ReportLine Resource Session SessionReport Severity Step Tally"
    " Value Verdict Visit Wait Written",
    "plugins": "ChangeContext Context hookimpl",
    "report.report": "Report",
    "rules.rule": "ClaimRule DayRule LineRule ParticipantRule Rule SessionRule",
    "settings": "Settings",
}
"""Where each public name lives; loaded when first used, so that `import groupbill` stays quick."""

_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    """Load a public name on first use."""
    from importlib import import_module

    if name == "__version__":
        return import_module(".version", __name__).VERSION
    if name == "RuleContext":
        return import_module(".rules.rule", __name__).Context
    if name in _HOME:
        value = getattr(import_module(f".{_HOME[name]}", __name__), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names, whether loaded yet or not."""
    return list(__all__)
