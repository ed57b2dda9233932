"""Bytes to resources: reading, places, references, dates, R4 and R5 differences, code systems, the index."""
