"""Where text is printed: a terminal with its width and colours, or a file without blanks at the ends of lines."""

from __future__ import annotations

from rich.console import Console, RenderableType

from .result import result

WIDTH = 120
"""Columns of what is printed to a file or pipe, where nobody says how wide the reader is."""


class Screen:
    """Standard output."""

    def __init__(self) -> None:
        """As wide as the terminal."""
        self._out = result()
        self._terminal = self._out.isatty()
        width = None if self._terminal else WIDTH
        self._console = Console(file=self._out, highlight=False, markup=False, emoji=False, width=width)

    def print(self, what: RenderableType) -> None:
        """Print one thing."""
        if self._terminal:
            self._console.print(what)
            return
        with self._console.capture() as caught:
            self._console.print(what)
        for line in caught.get().splitlines():
            print(line.rstrip(), file=self._out)
