"""What the tests of plugins share lies beside them."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))  # last: other folders import from a conftest of theirs
