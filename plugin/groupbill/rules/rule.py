"""What a rule is: one declared thing with code, name, severity, scope, source, and a docstring that is its page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import RuleDefinitionError
from ..model import Bill, Finding, Fix, Line, Participant, PatientDay, Session, Severity, Verdict

if TYPE_CHECKING:
    from ..reference import Reference
    from ..settings import Settings

_CODE = re.compile(r"[A-Z]{2,5}[0-9]{2,3}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Scope(StrEnum):
    """What a rule looks at."""

    SESSION = "session"
    PARTICIPANT = "participant"
    PATIENT_DAY = "patient-day"
    LINE = "claim-line"
    CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class Context:
    """What every rule may consult besides the facts: code tables, settings, the day of the run."""

    reference: Reference
    settings: Settings
    today: date


class Rule:
    """Base of all rules; derive from one of the five scopes below, never from this.

    `check` answers None when the rule has nothing to say for the case (not counted), an empty iterable for a
    pass, else findings made with `finding`. The severity in a finding is the rule's default or one the rule
    names; the engine lets the policy and then the settings override it.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    scope: ClassVar[Scope]
    since: ClassVar[str] = "0.1.0"
    remedy: ClassVar[str] = ""
    """What to do about a failure that no fix resolves; closes its message."""
    source: ClassVar[str]
    """Where the rule comes from, with edition or date. Mandatory."""
    confidence: ClassVar[str] = "V"
    """V, V2, R-hi, R-lo as in the reference."""
    denial: ClassVar[tuple[str, ...]] = ()
    """CARC and RARC codes a payer would send."""
    parts: ClassVar[tuple[type[Rule], ...]] = ()
    """Classes without a code of their own that look at another scope under this rule's code."""

    tells_no_data: ClassVar[bool] = False
    """Whether its no-data is said although the rule is no error."""

    when_ended: ClassVar[bool] = False
    """Whether a claim rule judges bills that count no more, and only those."""

    while_open: ClassVar[bool] = False
    """Whether a participant rule also judges a member whose attendance nobody has established yet."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse a rule that is not fully declared."""
        super().__init_subclass__(**kwargs)
        if "code" not in cls.__dict__:
            return
        for fault in cls._faults():
            raise RuleDefinitionError(cls.__name__, fault)
        for part in cls.parts:
            for attribute in ("code", "name", "severity", "remedy", "source", "confidence", "denial"):
                setattr(part, attribute, getattr(cls, attribute))

    @classmethod
    def _faults(cls) -> Iterator[str]:
        """What is missing or wrong in the declaration; each is looked for once those before it are right."""
        if not _CODE.fullmatch(cls.code):
            yield f"code {cls.code!r} is not like NCC02"
        for attribute in ("name", "severity", "scope", "source"):
            if not getattr(cls, attribute, None):
                yield f"{attribute} is missing"
        if not _NAME.fullmatch(cls.name):
            yield f"name {cls.name!r} is not kebab-case"
        if not isinstance(cls.severity, Severity):
            yield f"severity {cls.severity!r} is no Severity"
        if not isinstance(cls.denial, tuple):
            yield f"denial {cls.denial!r} is no tuple of codes"
        if not (cls.__doc__ or "").strip():
            yield "the docstring, which is the rule's page, is missing"

    def finding(  # noqa: PLR0913 - one keyword per field of a finding
        self,
        message: str,
        *,
        at: str,
        verdict: Verdict = Verdict.FAIL,
        severity: Severity | None = None,
        evidence: Sequence[str] = (),
        fix: Fix | None = None,
        denial: Sequence[str] | None = None,
        source: str | None = None,
        edition: str | None = None,
        remedy: str | None = None,
    ) -> Finding:
        """A finding of this rule at one place. The message names values seen and expected, never a person.

        A failure without a fix says what to do: `remedy`, else that of the rule.
        """
        if severity is None:
            quiet = verdict in (Verdict.BYPASSED, Verdict.NO_DATA)
            severity = Severity.INFORMATION if quiet else self.severity
        told = self.remedy if remedy is None else remedy
        if verdict is Verdict.FAIL and fix is None and told:
            message = f"{message}; {told}"
        return Finding(
            code=self.code,
            name=self.name,
            severity=severity,
            verdict=verdict,
            at=at,
            message=message,
            evidence=tuple(evidence),
            fix=fix,
            denial=tuple(self.denial if denial is None else denial) if verdict is Verdict.FAIL else (),
            source=source or self.source,
            edition=edition,
        )


class SessionRule(Rule):
    """Looks at a session as a whole; its findings stand at the session."""

    scope = Scope.SESSION

    def check(
        self, session: Session, participants: Sequence[Participant], context: Context
    ) -> Iterable[Finding] | None:
        """Judge one session with all its participants."""
        raise NotImplementedError


class ParticipantRule(Rule):
    """Looks at one participant; place findings at `participant.lines[0]` unless another place is wrong."""

    scope = Scope.PARTICIPANT

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge one participant of one session."""
        raise NotImplementedError


class DayRule(Rule):
    """Looks at everything of one patient on one date."""

    scope = Scope.PATIENT_DAY

    def check(self, day: PatientDay, context: Context) -> Iterable[Finding] | None:
        """Judge one patient's day."""
        raise NotImplementedError


class LineRule(Rule):
    """Looks at one line of one bill."""

    scope = Scope.LINE

    def check(self, line: Line, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge one line."""
        raise NotImplementedError


class ClaimRule(Rule):
    """Looks at one Claim (or lone ChargeItem) as a whole."""

    scope = Scope.CLAIM

    def check(self, bill: Bill, context: Context) -> Iterable[Finding] | None:
        """Judge one bill."""
        raise NotImplementedError
