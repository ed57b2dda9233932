"""TEL: telehealth, by video and by phone."""

from __future__ import annotations

from .rule import Rule
from .tel_modifiers import (
    Asynchronous,
    AudioModifier,
    LegacyVideoModifier,
    SupervisorByVideo,
    VideoModifier,
)
from .tel_participant import AbroadOrUnlicensed, AudioReason, EarlierVisitInPerson
from .tel_place import BeforeListed, FacilityRate, HomeBeforeItsTime, PlaceOfParticipant, TelehealthElsewhere

RULES: tuple[type[Rule], ...] = (
    PlaceOfParticipant,
    HomeBeforeItsTime,
    FacilityRate,
    TelehealthElsewhere,
    VideoModifier,
    AudioModifier,
    AudioReason,
    Asynchronous,
    LegacyVideoModifier,
    BeforeListed,
    EarlierVisitInPerson,
    SupervisorByVideo,
    AbroadOrUnlicensed,
)
