"""The settings of one site: every key of `groupbill.toml`, frozen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import time, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ..errors import SettingsError
from ..model import Severity
from ..model.readonly import view
from . import kinds
from .rule_words import rule_faults
from .suggest import did_you_mean

FILE = "groupbill.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a site decides. Built by `load` from a file, by `parse` from a mapping, or by keyword."""

    timezone: str | None = None
    """IANA name; the date of service is local."""
    namespace: str = ""
    """Part of every identity."""
    roster_is_attendance: bool = False
    remote_place_of_service: str = "02"
    timezones: Mapping[str, str] = field(default_factory=dict)
    """IANA name by Location or Organization reference."""
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    """List price in USD by code."""
    payers: Mapping[str, str] = field(default_factory=dict)
    """Policy id by payor Organization (reference, or `system|value`)."""
    attendance_codes: frozenset[str] = frozenset()
    """`system|code` of answers that say: was there."""
    slot_minutes: int = 5
    min_confidence: float = 0.6
    locality: str = ""
    """Medicare payment locality, e.g. 06102-16; empty for national amounts."""
    session_codes: Mapping[str, str] = field(default_factory=dict)
    """CPT code by `system|code` of a type, service type or Group, or by Group reference."""
    billing_provider: str | None = None
    policy_files: tuple[Path, ...] = ()
    ignore: tuple[str, ...] = ()
    """Rules switched off, by code, prefix or name."""
    severity: Mapping[str, Severity] = field(default_factory=dict)
    claim_status: str = "active"
    max_corrections: int = 20
    reference_folder: Path | None = None
    server_auth: str = "none"
    server: Mapping[str, Any] = field(default_factory=dict)
    """Further keys of `[server]`, for the sign-in chosen."""
    secret_env: str = "GROUPBILL_SECRET"
    settle: timedelta = timedelta(minutes=2)
    look_back_days: int = 90
    sweep_at: time = time(2, 0)
    cds_url: str = ""
    """Where CDS clients find the service; with the path it is the audience of their tokens."""
    cds_issuers: Mapping[str, str] = field(default_factory=dict)
    """Where the keys (JWKS) of a CDS client are, by its `iss`; empty: the secret is asked for instead."""
    path: Path | None = None
    """Where it was read from."""

    def __post_init__(self) -> None:
        """Refuse what would only fail in the middle of a run, however it was built; nobody changes it afterwards.

        Errors:
            SettingsError: naming the setting and what was expected.
        """
        zones = {"timezone": self.timezone, **{f"timezones.{site}": name for site, name in self.timezones.items()}}
        for place, name in zones.items():
            if name is not None:
                _checked(kinds.site_zone, name, place)
        _checked(kinds.one_of("active", "draft"), self.claim_status, "claim_status")
        _checked(kinds.place_of_service, self.remote_place_of_service, "remote_place_of_service")
        prices = {code: _checked(kinds.price, _written(each), f"prices.{code}") for code, each in self.prices.items()}
        object.__setattr__(self, "prices", prices)
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, Mapping):
                object.__setattr__(self, each.name, view(dict(value)))

    @classmethod
    def load(cls, path: Path | str | None = None) -> Settings:
        """Read a settings file; without a name `groupbill.toml` of the working folder, if there is one.

        Errors:
            SettingsError: the file can't be read, or says something that can't be used.
        """
        from .reading import load

        return load(None if path is None else Path(path))

    @classmethod
    def parse(cls, table: Mapping[str, Any], folder: Path | None = None) -> Settings:
        """Read settings from a mapping shaped like the file; `folder` is what paths are relative to.

        Errors:
            SettingsError: something in it can't be used.
        """
        from .reading import parse

        return parse(table, folder or Path(), "settings", None)

    def zone_of(self, *sites: str) -> ZoneInfo | None:
        """The time zone of the first of these sites (Locations, Organizations) that has one, else the general one."""
        for site in sites if self.timezones else ():
            if site in self.timezones:
                return _zone(self.timezones[site])
        return None if self.timezone is None else _zone(self.timezone)

    def check_policies(self, known: Collection[str]) -> None:
        """Refuse payers that are mapped to a policy that does not exist.

        Errors:
            SettingsError: naming the payer, the policy and the nearest one that exists.
        """
        for payer, policy in self.payers.items():
            if policy not in known:
                hint = did_you_mean(policy, known)
                raise SettingsError(f"{self.path or 'settings'}: payers.{payer}: no policy {policy!r}{hint}")

    def check_rules(self, known: Mapping[str, str]) -> None:
        """Refuse rules that are ignored or weighed but do not exist.

        Args:
            known: Name by code, of the bundled rules and of those that plugins bring.

        Errors:
            SettingsError: naming the file, the key, the word and the nearest code or name.
        """
        for key, words in (("ignore", self.ignore), ("severity", self.severity)):
            for _, fault in rule_faults(words, known):
                raise SettingsError(f"{self.path or 'settings'}: rules.{key}: {fault}")


def _checked(kind: kinds.Kind, value: object, place: str) -> Any:
    try:
        return kind(value, Path())
    except ValueError as error:
        raise SettingsError(f"settings: {place}: expected {error}") from None


def _written(price: object) -> object:
    """A price as a file has it."""
    return str(price) if isinstance(price, Decimal | int) else price


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
