"""Connections on which nobody says anything: closed after a while, because so many are open at once at most."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.auto import AutoHTTPProtocol

FIRST = 10.0
"""Seconds until the first request of a connection must have begun."""


class Connection(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """One connection of uvicorn, which by itself waits for a first request for ever."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Wait for a request, not for long."""
        super().connection_made(transport)
        self._closing = self.loop.call_later(FIRST, self._close)

    def connection_lost(self, error: Exception | None) -> None:
        """It is over."""
        self._closing.cancel()
        super().connection_lost(error)

    def _close(self) -> None:
        if self.cycle is None:  # uvicorn's state of a request: its headers have come
            self.transport.close()
