"""Published FHIR artefacts and JSON Schemas of groupbill."""
