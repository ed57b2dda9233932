"""For plugin authors: builders, an in-memory FHIR server, the case loader."""
