"""MOD: modifiers of a line."""

from __future__ import annotations

from .mod_form import (
    DistinctTwice,
    MoreThanFourModifiers,
    OrderOfModifiers,
    RepeatedModifier,
    UnknownModifier,
    UnspecificDistinct,
)
from .mod_meaning import (
    ModifierOfOtherServices,
    NoticeOfNoncoverage,
    NotOnPsychotherapy,
    ReasonThatCannotBe,
    ReducedSession,
    SubstanceUseProgram,
    TelehealthForFamilies,
)
from .mod_payer import ExcludingModifiers, GroupModifier, LicenceModifier
from .rule import Rule

RULES: tuple[type[Rule], ...] = (
    MoreThanFourModifiers,
    UnknownModifier,
    RepeatedModifier,
    ExcludingModifiers,
    OrderOfModifiers,
    UnspecificDistinct,
    DistinctTwice,
    ModifierOfOtherServices,
    ReasonThatCannotBe,
    TelehealthForFamilies,
    GroupModifier,
    LicenceModifier,
    NotOnPsychotherapy,
    ReducedSession,
    NoticeOfNoncoverage,
    SubstanceUseProgram,
)
