"""GRP: how many took part, and who they are to one another. Judged by each participant's own payer policy."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Finding, Participant, Severity
from .crowd import crowd
from .grp_family import FamilyCode, RelatedParticipants
from .rule import Context, ParticipantRule, Rule
from .services import GROUP, is_medicare, no_data, own_place, weight_of

_USUAL_MAXIMUM = 12
"""Above this a group is unusual even where the payer states no limit (NGS, Connecticut, New York)."""

_REPORTED_MAXIMUM = 10
"""What guides call Medicare's maximum without naming a contractor; the determinations could not be read."""
_REPORTS = "therathink.com and beyourownbiller.com, read 2026-11: Medicare at most 10, no contractor named"


class TooFewParticipants(ParticipantRule):
    """Too few people took part for it to be a group.

    ## What it does
    Counts everybody whose attendance is established, whoever pays for them, and fails below the policy's
    `group_size.min` (2 by default). A minimum that was not read in the payer's own words warns.

    ## Why it matters
    Therapy of one person is individual therapy, another code. Payers deny the group code and take back what
    they paid.

    ## Options
    `group_size.min`.

    ## References
    - 22 CCR 51505.3 (2), N.H. He-M 426.08 (2), 14 NYCRR 588.6 (2), Wis. Adm. Code DHS 107.13 ("more than
      one").
    """

    code = "GRP01"
    name = "too-few-participants"
    severity = Severity.ERROR
    remedy = "check the attendance, or bill what it was: individual therapy"
    source = "22 CCR 51505.3; N.H. He-M 426.08; 14 NYCRR 588.6; Wis. Adm. Code DHS 107.13, read 2026-11"
    confidence = "V"
    denial = ("N657", "11")

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge the size of the group for one participant's payer."""
        if participant.session.code != "90853":
            return None
        least, attended = participant.policy["group_size.min"], crowd(participant.session).attended
        if least is None or attended >= least:
            return ()
        message = f"{attended} attended; a group is at least {least}"
        policy, at = participant.policy, own_place(participant)
        weight, source = weight_of(policy, "group_size.min"), policy.source("group_size.min")
        return (self.finding(message, at=at, severity=weight, source=source),)


class TooManyParticipants(ParticipantRule):
    """More people took part than the payer allows.

    ## What it does
    Counts everybody who attended and compares with the policy's `group_size.max`. A limit that was read in
    the payer's own words is an error; one known from elsewhere a warning, as is a group above 12 where the
    payer states no limit. For Medicare without a contractor's limit it says so above 10 already. Each
    participant is judged by their own payer, so one session can be billable for one and not for another.

    ## Why it matters
    Payers that limit the size deny the claims of the whole group, or take them back after an audit.

    ## Options
    `group_size.max`.

    ## References
    - Conn. Agencies Regs. 17b-262-822 (12), 14 NYCRR 588.6 (12), N.H. He-M 426.08 (10),
      Wis. Adm. Code DHS 107.13 (10), 22 CCR 51505.3 (8).
    - Summary of NGS LCD L33632 (12), a secondary source. The determinations of the other Medicare contractors
      could not be read; guides say 10 or 12.
    """

    code = "GRP02"
    name = "too-many-participants"
    severity = Severity.ERROR
    remedy = "check the attendance, and ask the payer before billing"
    source = "Conn. Agencies Regs. 17b-262-822, 14 NYCRR 588.6 (12); Summary of NGS LCD L33632 (12), read 2026-11"
    confidence = "V"
    denial = ("222", "50", "N115")

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge the size of the group for one participant's payer."""
        if participant.session.code != "90853":
            return None
        policy, attended = participant.policy, crowd(participant.session).attended
        limit = policy["group_size.max"]
        if limit is None:
            return self._without_limit(participant, attended)
        if attended <= limit:
            return ()
        message = f"{attended} attended; the payer allows {limit}"
        weight, source = weight_of(policy, "group_size.max"), policy.source("group_size.max")
        return (self.finding(message, at=own_place(participant), severity=weight, source=source),)

    def _without_limit(self, participant: Participant, attended: int) -> Iterable[Finding]:
        """The payer states no limit, or none that could be read."""
        at = own_place(participant)
        if attended > _USUAL_MAXIMUM:
            message = f"{attended} attended; above {_USUAL_MAXIMUM} payers question a group"
            return (self.finding(message, at=at, severity=Severity.WARNING),)
        if attended > _REPORTED_MAXIMUM and is_medicare(participant.policy):
            message = (
                f"{attended} attended; some Medicare contractors are said to pay for {_REPORTED_MAXIMUM} at most"
            )
            return (self.finding(message, at=at, severity=Severity.INFORMATION, source=_REPORTS),)
        return ()


class NumberAttendingNotRecorded(ParticipantRule):
    """The participant's record doesn't say how many attended.

    ## What it does
    Looks for the number attending in the participant's own record. Missing is a failure where the policy
    requires it (`documentation.count`) or another member's record of this session has it; else it may be kept
    elsewhere.

    ## Why it matters
    NGS, a Medicare contractor, asks for the number in every patient's record, and denies on review without
    it.

    ## Options
    `documentation`.

    ## References
    - Summary of NGS LCD L33632, a secondary source.
    """

    code = "GRP07"
    name = "number-attending-not-recorded"
    severity = Severity.WARNING
    remedy = "record the number attending with each participant"
    source = "Summary of NGS LCD L33632, nextgen.com article rcm-5898, read 2026-11"
    confidence = "V2"
    denial = ("50", "N706")

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge whether the number is on file."""
        stance = participant.policy["documentation"]["count"]
        if stance == "off" or participant.session.code not in GROUP:
            return None
        record = participant.documentation
        if record.count is not None:
            return ()
        if stance == "required" or "count" in record.kept:
            return (self.finding("the number attending is not recorded", at=own_place(participant)),)
        return (no_data(self, "the number attending is not on file", participant),)


class SmallGroup(ParticipantRule):
    """The group is smaller than is customary.

    ## What it does
    Says so when fewer attended than the policy's `group_size.usual_min` (4), but enough to bill.

    ## Why it matters
    Nobody forbids a group of two or three. A run of them may mean that attendance is not recorded.

    ## Options
    `group_size.min`, `group_size.usual_min`.

    ## References
    - Billing guides name 4 to 10 participants (providerscarebilling.com, 2025-06-16); no payer's rule was
      found.
    """

    code = "GRP08"
    name = "small-group"
    severity = Severity.INFORMATION
    remedy = "make sure that everybody who came is recorded"
    source = "Customary size in billing guides (providerscarebilling.com, 2025-06-16)"
    confidence = "V"

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge the size of the group."""
        if participant.session.code != "90853":
            return None
        policy, attended = participant.policy, crowd(participant.session).attended
        usual, least = policy["group_size.usual_min"], policy["group_size.min"]
        if usual is None or attended >= usual or attended < (least or 0):
            return ()
        message = f"{attended} attended, below the customary {usual}"
        return (self.finding(message, at=own_place(participant)),)


class TooManyRelatives(ParticipantRule):
    """More people took part in a multi-family group than the payer allows.

    ## What it does
    Counts the patients and relatives in a session of 90849 and fails above the policy's
    `group_size.family_max`.

    ## Why it matters
    Connecticut Medicaid limits a multi-family group to 24 people, relatives counted.

    ## Options
    `group_size.family_max`.

    ## References
    - Conn. Agencies Regs. 17b-262-822.
    """

    code = "GRP09"
    name = "too-many-relatives"
    severity = Severity.ERROR
    remedy = "check who took part, and ask the payer before billing"
    source = "Conn. Agencies Regs. 17b-262-822, read 2026-11"
    confidence = "V"
    denial = ("222",)

    def check(self, participant: Participant, context: Context) -> Iterable[Finding] | None:
        """Judge the number of people in a multi-family group."""
        limit = participant.policy["group_size.family_max"]
        if limit is None or participant.session.code != "90849":
            return None
        people = crowd(participant.session).people
        if people <= limit:
            return ()
        message = f"{people} patients and relatives took part; the payer allows {limit}"
        policy, at = participant.policy, own_place(participant)
        weight, source = weight_of(policy, "group_size.family_max"), policy.source("group_size.family_max")
        return (self.finding(message, at=at, severity=weight, source=source),)


RULES: tuple[type[Rule], ...] = (
    TooFewParticipants,
    TooManyParticipants,
    FamilyCode,
    RelatedParticipants,
    NumberAttendingNotRecorded,
    SmallGroup,
    TooManyRelatives,
)
