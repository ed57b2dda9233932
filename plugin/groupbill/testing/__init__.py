"""For authors of plugins and embeddings: resources of a realistic clinic, and a FHIR server in memory.

`builders` makes Patients, Coverages, Groups, Encounters and the rest in a few words; `MemoryServer` keeps versions,
searches, and takes transactions; `serving` puts it behind HTTP; `cases` reads rule cases from YAML, as the tests of
groupbill do.
"""

from . import builders
from .http import serving
from .server import MemoryServer, StaleVersion

__all__ = ["MemoryServer", "StaleVersion", "builders", "serving"]
