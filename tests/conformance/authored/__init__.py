"""The cases of the conformance kit as people write them; `python -m authored` writes what ships."""
