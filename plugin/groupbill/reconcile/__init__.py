"""Desired against existing: which resource is created, kept, updated, cancelled, replaced or voided."""
