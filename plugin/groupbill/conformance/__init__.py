"""The conformance kit: cases that show whether a deployment bills groups correctly, and what runs them."""

from .case import Case, Step, load_cases
from .deployment import Deployment
from .library import Library
from .outcome import Result, run_case, run_cases

__all__ = ["Case", "Deployment", "Library", "Result", "Step", "load_cases", "run_case", "run_cases"]
