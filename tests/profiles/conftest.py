"""The builder of the profiles, which does not ship, can be imported."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "fhir_profiles"))
