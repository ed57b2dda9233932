"""All code tables behind one object: the imported edition that fits the date, else what is shipped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from . import fees
from .addon import AddonTable, ImportedAddons, ShippedAddons
from .denials import denials
from .edition import OUTPATIENT_HOSPITAL, PRACTITIONER, SETTINGS, T, choose, contains, state
from .families import evaluations, families, family, status
from .icd10 import Diagnoses, valid
from .modifiers import conflicts, modifiers, ncci_associated
from .mue import ImportedMue, MueTable, ShippedMue
from .ncci import ImportedPairs, PairTable, ShippedPairs
from .places import places
from .table import SUFFIX, Table, open_table
from .taxonomies import taxonomy
from .values import (
    Conflict,
    Denial,
    EditionCoverage,
    Modifier,
    Mue,
    Pair,
    PlaceOfService,
    Taxonomy,
)

if TYPE_CHECKING:
    from ..settings import Settings

_WHOLE = Decimal(100)
_KEPT = 8192
"""Answers that are kept: the members of a session ask the same."""


@dataclass(frozen=True, slots=True)
class Tables:
    """What is asked by date: imported editions, and the shipped one of each kind."""

    pairs: dict[str, tuple[tuple[PairTable, ...], PairTable]]
    """By setting."""
    mue: dict[str, tuple[tuple[MueTable, ...], MueTable]]
    """By setting."""
    addons: tuple[tuple[AddonTable, ...], AddonTable]
    diagnoses: tuple[Diagnoses, ...]


class Reference:
    """Code tables of one installation. Safe to share between threads; each process loads its own."""

    def __init__(self, imported: Sequence[Table] = ()) -> None:
        """Over imported tables; shipped ones always stand behind them."""
        self._imported = tuple(imported)
        self._tables = _tables(self._imported)
        self._pair: Callable[..., Pair | None] = lru_cache(_KEPT)(self._find_pair)
        self._mue: Callable[..., Mue | None] = lru_cache(_KEPT)(self._find_mue)
        self._coverage: Callable[..., EditionCoverage] = lru_cache(_KEPT)(self._find_coverage)
        self._primaries: Callable[..., frozenset[str] | None] = lru_cache(_KEPT)(self._find_primaries)
        self._fee: Callable[..., Decimal | None] = lru_cache(_KEPT)(fees.fee)

    @classmethod
    def load(cls, folder: Path | None) -> Reference:
        """Open the editions imported into a folder, which may not exist yet; tables are read when asked for.

        Errors:
            UsageError: a table in the folder is cut off or made on another kind of machine.
        """
        if folder is None or not folder.is_dir():
            return cls()
        return cls([open_table(path) for path in sorted(folder.glob(f"*{SUFFIX}"))])

    def pair(self, code_a: str, code_b: str, on: date, professional: bool) -> Pair | None:
        """The NCCI edit between two codes that is active on a date, asked in either order.

        Args:
            code_a: a CPT or HCPCS code.
            code_b: the other one.
            on: date of service; it chooses the edition, see `coverage`.
            professional: whether the practitioner table counts, else that of outpatient hospitals.
        """
        return self._pair(code_a, code_b, on, professional)

    def coverage(self, on: date, professional: bool) -> EditionCoverage:
        """Which NCCI edition answers for a date, and whether it covers it."""
        return self._coverage(on, professional)

    def mue(self, code: str, on: date, professional: bool) -> Mue | None:
        """Most units of a code for one patient and date, None where the edition at hand lists none."""
        return self._mue(code, on, professional)

    def addon_primaries(self, code: str, on: date) -> frozenset[str] | None:
        """The services an add-on code may stand beside; None for other codes, or where others may do too."""
        return self._primaries(code, on)

    def modifier(self, code: str) -> Modifier | None:
        """What is known about a modifier; None where it does not exist."""
        return modifiers().get(code)

    def modifier_conflicts(self, modifiers: Sequence[str], code: str | None = None) -> tuple[Conflict, ...]:
        """What does not go together among the modifiers of a line, and with its procedure code."""
        return conflicts(modifiers, code)

    def ncci_associated(self, modifier: str) -> bool:
        """Whether a modifier can bypass an NCCI edit with indicator 1."""
        return modifier in ncci_associated()

    def place_of_service(self, code: str) -> PlaceOfService | None:
        """A place of service; None where it does not exist."""
        return places().get(code)

    def taxonomy(self, code: str) -> Taxonomy | None:
        """Whom a NUCC code stands for; None where the table does not say."""
        return taxonomy(code)

    def icd10_valid(self, code: str, on: date) -> bool | None:
        """Whether a diagnosis code is billable on a date; None where no edition of its fiscal year is imported."""
        return valid(self._tables.diagnoses, code, on)

    def fee(
        self, code: str, on: date, facility: bool, locality: str = "", percent: Decimal = _WHOLE
    ) -> Decimal | None:
        """What Medicare allows for one unit, in USD; None where a number of the date or locality is not on file.

        Args:
            code: the procedure.
            on: date of service.
            facility: whether the facility rate counts, see `place_of_service`.
            locality: carrier and locality, e.g. 06102-16; empty for national amounts.
            percent: share of the fee schedule, see `taxonomy`.
        """
        return self._fee(code, on, facility, locality, percent)

    def status(self, code: str, on: date) -> str | None:
        """Fee schedule status of a code: A paid, B bundled, N not covered, I not valid; None where not on file."""
        return status(code, on)

    def family(self, name: str) -> frozenset[str]:
        """The codes of a kind of service, e.g. `individual`.

        Errors:
            KeyError: no such family.
        """
        return family(name)

    def families(self, code: str) -> frozenset[str]:
        """The kinds of service a code belongs to."""
        return families(code)

    def is_evaluation(self, code: str) -> bool:
        """Whether a code is an evaluation and management service."""
        return code in evaluations()

    def denial(self, code: str) -> Denial | None:
        """A CARC or RARC code; None where it is not among those known here."""
        return denials().get(code)

    def editions(self) -> tuple[str, ...]:
        """The tables at hand by date, imported ones first, e.g. `ncci practitioner 2026Q1`."""
        imported = tuple(" ".join(filter(None, _name(table))) for table in self._imported)
        return (
            *imported,
            *(f"{kind} {setting} 2024Q3" for kind in ("ncci", "mue") for setting in SETTINGS),
            "addon 2024Q3",
        )

    def _find_pair(self, code_a: str, code_b: str, on: date, professional: bool) -> Pair | None:
        return in_use(*self._tables.pairs[_setting(professional)], on).find(code_a, code_b, on)

    def _find_coverage(self, on: date, professional: bool) -> EditionCoverage:
        edition = in_use(*self._tables.pairs[_setting(professional)], on).edition
        return EditionCoverage(state(edition, on), edition.name)

    def _find_mue(self, code: str, on: date, professional: bool) -> Mue | None:
        return in_use(*self._tables.mue[_setting(professional)], on).find(code, on)

    def _find_primaries(self, code: str, on: date) -> frozenset[str] | None:
        return in_use(*self._tables.addons, on).primaries(code, on)


def folder_of(settings: Settings) -> Path:
    """Where editions are imported to and read from: the settings' folder, else `reference` beside the settings."""
    if settings.reference_folder is not None:
        return settings.reference_folder
    return (settings.path.parent if settings.path is not None else Path()) / "reference"


def in_use(imported: Sequence[T], shipped: T, on: date) -> T:
    """The edition that answers for a date: one whose quarter contains it, the shipped one too; else an imported
    one, the nearest earlier or the earliest; the shipped one where none is imported."""
    chosen = choose(imported, on)
    if chosen is None or (not contains(chosen.edition, on) and contains(shipped.edition, on)):
        return shipped
    return chosen


def _setting(professional: bool) -> str:
    return PRACTITIONER if professional else OUTPATIENT_HOSPITAL


def _name(table: Table) -> tuple[str, str, str]:
    return table.kind, table.setting, table.edition.name


def _tables(imported: Sequence[Table]) -> Tables:
    def of(kind: str, setting: str = "") -> list[Table]:
        return [table for table in imported if (table.kind, table.setting) == (kind, setting)]

    return Tables(
        {each: (tuple(map(ImportedPairs, of("ncci", each))), ShippedPairs(each)) for each in SETTINGS},
        {each: (tuple(map(ImportedMue, of("mue", each))), ShippedMue(each)) for each in SETTINGS},
        (tuple(map(ImportedAddons, of("addon"))), ShippedAddons()),
        tuple(map(Diagnoses, of("icd10"))),
    )
