"""The frozen values that go from room to room."""

from .bill import Bill, PatientDay, Visit
from .change import Change, Effect, Read, Recheck, Reconcile, ReconcileGroup, Wait
from .charge import Charge, Line
from .finding import Finding, Fix, Severity, Verdict
from .outcome import Action, Checked, MemberReport, Outcome, ReportLine, SessionReport, Step, Tally, Written
from .participant import (
    Authorization,
    Billing,
    Coverage,
    Diagnosis,
    Documentation,
    Note,
    Participant,
    Qualification,
    Rendering,
)
from .period import Period
from .policy import Policy, Value
from .session import Attendance, Evidence, Member, Performer, Resource, Session

__all__ = [
    "Action",
    "Attendance",
    "Authorization",
    "Bill",
    "Billing",
    "Change",
    "Charge",
    "Checked",
    "Coverage",
    "Diagnosis",
    "Documentation",
    "Effect",
    "Evidence",
    "Finding",
    "Fix",
    "Line",
    "Member",
    "MemberReport",
    "Note",
    "Outcome",
    "Participant",
    "PatientDay",
    "Performer",
    "Period",
    "Policy",
    "Qualification",
    "Read",
    "Recheck",
    "Reconcile",
    "ReconcileGroup",
    "Rendering",
    "ReportLine",
    "Resource",
    "Session",
    "SessionReport",
    "Severity",
    "Step",
    "Tally",
    "Value",
    "Verdict",
    "Visit",
    "Wait",
    "Written",
]
