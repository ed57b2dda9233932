"""CLM: the claim as a whole, and its lines."""

from __future__ import annotations

from .clm_filing import (
    CoverageOfTheDay,
    EndedByAPerson,
    FrequencyWithoutNumber,
    OnePatientPerClaim,
    OrderOfPayers,
    TimelyFiling,
)
from .clm_form import Arithmetic, LineControlNumber, TooManyLines
from .clm_lines import AddOnWithoutPrimary, BilledByTheProgram, InterpreterAsComplexity, SentTwice
from .rule import Rule

RULES: tuple[type[Rule], ...] = (
    OnePatientPerClaim,
    FrequencyWithoutNumber,
    SentTwice,
    LineControlNumber,
    TooManyLines,
    TimelyFiling,
    CoverageOfTheDay,
    OrderOfPayers,
    AddOnWithoutPrimary,
    InterpreterAsComplexity,
    BilledByTheProgram,
    Arithmetic,
    EndedByAPerson,
)
