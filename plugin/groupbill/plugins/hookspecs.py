"""The eleven hooks: where a plugin joins in, and what becomes of its answer.

Common to all: implementations ask only for the parameters they need, without default values. They are called
one by one in the order of plugin names, the bundled ones last. Resources are read-only views. A hook never
writes to a server; it answers, and the host acts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import pluggy

from ..model import Attendance, Change, Charge, Effect, Finding, Resource, Session
from .context import ChangeContext, Context

if TYPE_CHECKING:
    from ..rules.rule import Rule
    from ..settings import Settings

PROJECT = "groupbill"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


# -- Start: called once, when a host is built ------------------------------------------------------------------


@hookspec(historic=True)
def groupbill_configured(settings: Settings) -> None:
    """Learn the settings, once per host, before anything else is called. They can't be changed.

    Errors:
        An exception stops the host, naming the plugin (exit 2).

    Example:
        ```python
        @hookimpl
        def groupbill_configured(settings):
            if settings.timezone is None:
                raise ValueError("acme needs a time zone")
        ```
    """
    raise NotImplementedError


@hookspec
def groupbill_register_rules() -> Iterable[type[Rule]]:
    """Bring rules of your own, under your own prefix.

    Called once. Two rules with one code stop the host, and so does a code with a bundled prefix. What a rule is
    stands in hooks/README.md; one that crashes is finding ENG02 and holds what it was asked about.

    Returns:
        Rule classes; nothing when there are none.

    Errors:
        An exception stops the host, naming the plugin (exit 2).

    Example:
        ```python
        @hookimpl
        def groupbill_register_rules():
            return []
        ```
    """
    raise NotImplementedError


# -- Events: called for a change of a resource; the answer says what to look at again --------------------------


@hookspec
def groupbill_encounter_changed(change: Change, context: ChangeContext) -> Iterable[Effect]:
    """React to an Encounter that was created, changed or deleted.

    Called once per version that reaches the host, which may deliver one version twice.

    Args:
        change: The Encounter before (None when unknown) and after (None when deleted).
        context: Settings, policies, the day, and `read` for the FHIR server.

    Returns:
        Effects; nothing when the change is of no interest. Equal effects are carried out once.

    Errors:
        An exception becomes finding ENG02; the other plugins still run, and nothing is written from this change.
        One that `context.read` raised is the reader's: the host raises it, and the change can be handled again.

    Example:
        ```python
        @hookimpl
        def groupbill_encounter_changed(change):
            if change.entered("finished"):
                yield Reconcile(change.reference)
        ```
    """
    raise NotImplementedError


@hookspec
def groupbill_group_changed(change: Change, context: ChangeContext) -> Iterable[Effect]:
    """React to a Group whose roster may have been corrected.

    Called, answered and guarded like `groupbill_encounter_changed`.

    Example:
        ```python
        @hookimpl
        def groupbill_group_changed(change):
            yield ReconcileGroup(change.reference, timedelta(days=30))
        ```
    """
    raise NotImplementedError


@hookspec
def groupbill_claim_changed(change: Change, context: ChangeContext) -> Iterable[Effect]:
    """React to a Claim or ChargeItem of anybody.

    Called, answered and guarded like `groupbill_encounter_changed`.

    Example:
        ```python
        @hookimpl
        def groupbill_claim_changed(change):
            if change.after is None:
                return
            yield Recheck(change.after["patient"]["reference"], date(2026, 3, 10))
        ```
    """
    raise NotImplementedError


# -- Derivation: called for every session of a run -------------------------------------------------------------


@hookspec(firstresult=True)
def groupbill_resolve_attendance(session: Session, context: Context) -> Sequence[Attendance] | None:
    """Say who of the roster took part in the session.

    Stops at the first answer that is not None; the bundled answer (the evidence ladder) is tried last. An empty
    list is an answer: nobody came. A member whom any other answer leaves out is unverified and held. A generator
    can't answer None, so one that yields nothing is refused.

    Args:
        session: The session with all members and the evidence found for each; its Encounter and Group may be
            absent (shapes C and E).

    Errors:
        An exception, an Attendance of somebody who is not on the roster, or two about one member that differ become
        finding ENG02, which holds every participant of the session.

    Example:
        ```python
        @hookimpl
        def groupbill_resolve_attendance(session):
            if session.group != "Group/open-door":
                return None
            return [Attendance(member=m.member, present=True, evidence="attendance-record") for m in session.members]
        ```
    """
    raise NotImplementedError


@hookspec
def groupbill_derive_charges(session: Session, context: Context) -> Iterable[Charge]:
    """Say what is to be charged for the participants of a session.

    The answers of all plugins count together, the bundled one (one session code per participant) among them.
    Equal charges for one member and code are one; differing ones are finding ENG02, and the member is held.

    Returns:
        Charges of members who attended: a CPT or HCPCS code, one unit or more, modifiers of two characters.

    Errors:
        An exception becomes finding ENG02 and holds every participant of the session.

    Example:
        ```python
        @hookimpl
        def groupbill_derive_charges(session):
            for member in session.participants:
                yield Charge(member=member.member, code="99078")
        ```
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def groupbill_resolve_price(charge: Charge, coverage: Resource | None, context: Context) -> Decimal | None:
    """Give the list price of one unit of a charge.

    Stops at the first answer that is not None; the bundled answer (settings, else ChargeItemDefinition) is tried
    last. An amount in USD of at most two decimals; zero is an answer, and a finding (CHG08).

    Args:
        coverage: The focal Coverage, None for patient-pay.

    Errors:
        An exception becomes finding ENG02 and holds the charge.

    Example:
        ```python
        @hookimpl
        def groupbill_resolve_price(charge):
            return Decimal("135.00") if charge.code == "90853" else None
        ```
    """
    raise NotImplementedError


# -- Writing: called around every Claim ------------------------------------------------------------------------


@hookspec
def groupbill_before_claim_written(
    claim: Resource, findings: Sequence[Finding], context: Context
) -> Iterable[Finding]:
    """Look at a Claim before it goes into the plan; an error finding holds it.

    Called for every Claim that would be created or updated, after all rules. The Claim can't be changed here.

    Args:
        findings: What the rules have found on this Claim.

    Returns:
        Findings to add, under a code of your own (it need not be a rule's); nothing when all is well.

    Errors:
        An exception becomes finding ENG02 and holds the Claim.

    Example:
        ```python
        @hookimpl
        def groupbill_before_claim_written(claim):
            return []
        ```
    """
    raise NotImplementedError


@hookspec
def groupbill_after_claim_written(claim: Resource, context: Context) -> None:
    """Observe a Claim that the FHIR server has accepted, with the id and version it got.

    Not called when a run only shows or exports its plan.

    Errors:
        An exception is logged and changes nothing.

    Example:
        ```python
        @hookimpl
        def groupbill_after_claim_written(claim):
            print("written", claim["id"])
        ```
    """
    raise NotImplementedError


@hookspec
def groupbill_claim_write_failed(claim: Resource, error: Exception, context: Context) -> None:
    """Observe a Claim that could not be written.

    Errors:
        An exception is logged and changes nothing.

    Example:
        ```python
        @hookimpl
        def groupbill_claim_write_failed(claim, error):
            print("not written", claim["id"], type(error).__name__)
        ```
    """
    raise NotImplementedError
