"""Desired minus existing: the plan."""
