"""NCC: what Medicare's National Correct Coding Initiative says about services of one day."""

from __future__ import annotations

from .ncc_intake import (
    IntakeOrCrisisSameDay,
    QuestionnaireSameDay,
    ScreeningSameDay,
    StatusNotPayable,
)
from .ncc_modifiers import (
    DiagnosisAsReason,
    EvaluationNeeds25,
    ModifierOnPaidLine,
    ModifierThatDoesNotBypass,
    ModifierWithoutEvidence,
)
from .ncc_pairs import PairNeedsModifier, PairNeverPaid
from .ncc_payer import PayerForbidsSameDay
from .ncc_tables import BeyondEdition, ClaimTypeWithoutTable, PairOfTwoPractitioners
from .rule import Rule

RULES: tuple[type[Rule], ...] = (
    PairNeverPaid,
    PairNeedsModifier,
    ModifierWithoutEvidence,
    ModifierOnPaidLine,
    ModifierThatDoesNotBypass,
    EvaluationNeeds25,
    DiagnosisAsReason,
    PairOfTwoPractitioners,
    BeyondEdition,
    ClaimTypeWithoutTable,
    StatusNotPayable,
    IntakeOrCrisisSameDay,
    ScreeningSameDay,
    QuestionnaireSameDay,
    PayerForbidsSameDay,
)
