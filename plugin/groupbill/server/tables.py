"""The tables of the outbox. No patient data: keys are hashes, entries are ids and identifiers of ours."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, MetaData, String, Table, Text

SCHEMA = MetaData()

LEASE = Table(
    "groupbill_lease",
    SCHEMA,
    Column("key", String(64), primary_key=True, comment="hash of server and patient"),
    Column("holder", String(64), comment="who writes for this patient now; null: nobody"),
    Column("process", String(200), comment="machine, process and start of the holder"),
    Column("until", Float, nullable=False, comment="seconds since 1970 by the database's clock"),
    Column("written", Float, nullable=False, comment="when somebody last wrote for this patient"),
)
INTENT = Table(
    "groupbill_intent",
    SCHEMA,
    Column("id", String(64), primary_key=True),
    Column("key", String(64), nullable=False, comment="of the lease"),
    Column("state", String(16), nullable=False, comment="open, written, not-written, looked-up"),
    Column("entries", Text, nullable=False, comment="JSON: ids, actions and identifiers of the resources"),
    Column("intended", Float, nullable=False),
    Column("settled", Float),
    Index("groupbill_intent_key", "key", "state"),
)
SESSION = Table(
    "groupbill_session",
    SCHEMA,
    Column("key", String(64), primary_key=True, comment="hash of server and session key"),
    Column("reference", String(200), nullable=False, comment="Encounter or Appointment of the session"),
    Column("at", Float, nullable=False, comment="when it was last written for"),
)
WALK = Table(
    "groupbill_walk",
    SCHEMA,
    Column("key", String(64), primary_key=True, comment="hash of server, range and kind of run"),
    Column("through", String(10), nullable=False, comment="last day that is done"),
    Column("at", Float, nullable=False),
)
