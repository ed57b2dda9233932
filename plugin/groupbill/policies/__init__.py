"""Payer policies: loading, inheritance, dates; the bundled files beside."""
