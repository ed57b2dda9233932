"""What `/metrics` shows (Prometheus text format): counts and times, never an identifier."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from ..model import SessionReport

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (1, 5, 15, 60, 120, 180, 300, 600, 1800, 3600)


class Metrics:
    """The counters of one process."""

    def __init__(self) -> None:
        """A registry of its own, so that two services in one process don't mix."""
        self.registry = CollectorRegistry()

        def counter(name: str, words: str, *labels: str) -> Counter:
            return Counter(name, words, labels, namespace="groupbill", registry=self.registry)

        def gauge(name: str, words: str, *labels: str) -> Gauge:
            return Gauge(name, words, labels, namespace="groupbill", registry=self.registry)

        self._received = counter("events_received", "Events in accepted notifications.")
        self._repeated = counter("events_repeated", "Events that were known already.")
        self._refused = counter("requests_refused", "Requests that were refused, by reason.", "reason")
        self._waiting = gauge("events", "Events in the inbox, by state.", "state")
        self._missing = gauge("numbers_missing", "Event numbers that did not arrive and are not caught up with yet.")
        self._age = gauge("events_oldest_seconds", "Age of the oldest event that waits.")
        self._sessions = gauge("sessions", "Sessions on the agenda, by state.", "state")
        self._reconciled = counter("sessions_reconciled", "Sessions that were reconciled.")
        self._delay = Histogram(
            "session_delay_seconds",
            "From the first change of a session to its reconcile.",
            namespace="groupbill",
            registry=self.registry,
            buckets=_SECONDS,
        )
        self._written = counter("resources_written", "Resources that were written.", "type", "status")
        self._findings = counter("findings", "Findings of reconciled sessions.", "code", "severity")
        self._set_aside = counter("set_aside", "Events and sessions set aside.", "what")
        self._gaps = counter("losses", "Lost notifications that were noticed, by the way of catching up.", "how")
        self._server = gauge("fhir_server_up", "Whether the FHIR server answered last (1) or not (0).")
        self._advised = counter("cds_requests", "Answered CDS requests.", "service")
        self._cards = counter("cds_cards", "Cards in them.", "service")
        self._feedback = counter("cds_feedback", "Cards by what became of them.", "service", "outcome")
        self._sweeps = counter("sweeps", "Sweeps that came to their end.")

    def accepted(self, events: int, fresh: int) -> None:
        """Events that were written down, and how many of them were new."""
        self._received.inc(events)
        self._repeated.inc(max(0, events - fresh))

    def refused(self, reason: str) -> None:
        """A request that was not taken; `reason` is one of our own words."""
        self._refused.labels(reason).inc()

    def reconciled(self, sessions: Iterable[SessionReport], since: float, now: float) -> None:
        """Sessions that were reconciled; `since` is when the first of their changes came (0: none did)."""
        for session in sessions:
            self._reconciled.inc()
            if since:
                self._delay.observe(max(0.0, now - since))
            found = [*session.findings, *(each for member in session.members for each in member.findings)]
            for finding in found:
                self._findings.labels(finding.code, finding.severity.value).inc()
            for step in (each for member in session.members for each in member.plan):
                if step.written is not None and step.written.status != "unchanged":
                    self._written.labels(step.reference.partition("/")[0], step.written.status).inc()

    def set_aside(self, what: str) -> None:
        """An event or a session was set aside."""
        self._set_aside.labels(what).inc()

    def gap(self, how: str) -> None:
        """A loss was noticed, and looked up by `events`, `search` or `status`."""
        self._gaps.labels(how).inc()

    def server(self, up: bool) -> None:
        """Whether the FHIR server answers."""
        self._server.set(1 if up else 0)

    def advised(self, service: str, cards: int) -> None:
        """A CDS client was answered with so many cards."""
        self._advised.labels(service).inc()
        self._cards.labels(service).inc(cards)

    def heard(self, service: str, outcome: str) -> None:
        """A CDS client told what became of a card: accepted or overridden."""
        self._feedback.labels(service, outcome).inc()

    def swept(self) -> None:
        """A sweep came to its end."""
        self._sweeps.inc()

    def text(self, events: dict[str, int], oldest: float, sessions: dict[str, int], missing: int) -> bytes:
        """Everything, with the state of the store as it is now."""
        for state, count in events.items():
            self._waiting.labels(state).set(count)
        for state, count in sessions.items():
            self._sessions.labels(state).set(count)
        self._age.set(oldest)
        self._missing.set(missing)
        return generate_latest(self.registry)
