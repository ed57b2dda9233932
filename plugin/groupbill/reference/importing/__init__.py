"""From the official CMS files to tables of an edition: `import_edition`."""

from .kinds import KINDS
from .load import Imported, import_edition

__all__ = ["KINDS", "Imported", "import_edition"]
