"""The desired FHIR resources and the gate before they leave."""
