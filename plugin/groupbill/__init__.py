"""Group psychotherapy sessions in FHIR become one checked charge and claim per participant who attended."""
