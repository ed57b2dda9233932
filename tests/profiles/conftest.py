"""The builder of the profiles, which does not ship, the servers, and the modules beside the tests can be imported."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "servers"), str(HERE.parents[1] / "fhir_profiles")]
