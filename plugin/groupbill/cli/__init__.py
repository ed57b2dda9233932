"""The command line. Heavy modules are imported inside the commands, so that the start stays quick."""

from .main import main

__all__ = ["main"]
