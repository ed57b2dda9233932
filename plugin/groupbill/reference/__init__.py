"""Code tables with editions: NCCI pairs, MUE, add-on codes, modifiers, places of service, taxonomies, fees.

Everything is asked of one `Reference`, made by `Reference.load(folder)`; tables are read when first asked for.
`folder` (`folder_of(settings)`) holds editions that `groupbill import` wrote; without one the shipped tables answer.

    pair(code_a, code_b, on, professional) -> Pair | None       either order asked; column1, column2, indicator
    coverage(on, professional) -> EditionCoverage               state covered | before | after; edition "2024Q3"
    mue(code, on, professional) -> Mue | None                   units, mai "1" | "2" | "3", edition
    addon_primaries(code, on) -> frozenset[str] | None          None: no add-on code, or any primary may do
    modifier(code) -> Modifier | None                           cls P E L T I; start, end; with_group
    modifier_conflicts(modifiers, code=None) -> tuple[Conflict, ...]
    ncci_associated(modifier) -> bool                           whether it can bypass an edit with indicator 1
    place_of_service(code) -> PlaceOfService | None             facility: bool
    taxonomy(code) -> Taxonomy | None                           group, medicare, percent, start, billing_only
    icd10_valid(code, on) -> bool | None                        None: no edition of that fiscal year imported
    fee(code, on, facility, locality="", percent=Decimal(100)) -> Decimal | None    USD, rounded to cents
    status(code, on) -> str | None                              Medicare fee schedule status: A, B, N, I
    family(name) -> frozenset[str]; families(code) -> frozenset[str]    kinds of service, e.g. "individual"
    is_evaluation(code) -> bool                                 evaluation and management
    denial(code) -> Denial | None                               CARC or RARC known here, and until when
    editions() -> tuple[str, ...]                               tables at hand, e.g. "ncci practitioner 2026Q1"
"""

from .reference import Reference, folder_of
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

__all__ = [
    "Conflict",
    "Denial",
    "EditionCoverage",
    "Modifier",
    "Mue",
    "Pair",
    "PlaceOfService",
    "Reference",
    "Taxonomy",
    "folder_of",
]
