"""The cases as tests of a vendor's own suite: a test that asks for `conformance_case` is run once per case.

    def test_we_bill_groups_right(conformance_case, conformance_target):
        conformance_case.check(conformance_target)

`conformance_target` is groupbill in this process with what is installed; override the fixture for anything else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .outcome import Target


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--conformance WORD`: only the cases with this tag or beginning."""
    group = parser.getgroup("groupbill")
    group.addoption(
        "--conformance",
        action="append",
        default=[],
        metavar="WORD",
        help="Only conformance cases with this tag or beginning; may be given several times.",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test per case."""
    if "conformance_case" in metafunc.fixturenames:
        from .case import load_cases
        from .checked import Checkable

        cases = load_cases(metafunc.config.getoption("--conformance"))
        metafunc.parametrize(
            "conformance_case", [Checkable(case) for case in cases], ids=[each.name for each in cases]
        )


@pytest.fixture(scope="session")
def conformance_target() -> Iterator[Target]:
    """What the cases are run against: the library, with the plugins that are installed."""
    from .library import Library

    yield Library()
