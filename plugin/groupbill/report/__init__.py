"""Table, JSON and OperationOutcome of a run."""
