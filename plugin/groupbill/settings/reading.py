"""From TOML to Settings: unknown keys, wrong types and impossible values are refused by name."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from ..errors import SettingsError
from . import kinds, names
from .kinds import Kind
from .suggest import did_you_mean
from .values import FILE, Settings

T = TypeVar("T")

_TOP: Mapping[str, tuple[str, Kind]] = {
    "timezone": ("timezone", kinds.zone),
    "namespace": ("namespace", kinds.text),
    "roster_is_attendance": ("roster_is_attendance", kinds.flag),
    "remote_place_of_service": ("remote_place_of_service", kinds.place_of_service),
}
_TABLES: Mapping[str, Mapping[str, tuple[str, Kind]]] = {
    "attendance": {"codes": ("attendance_codes", kinds.codings)},
    "sessions": {
        "slot_minutes": ("slot_minutes", kinds.whole),
        "min_confidence": ("min_confidence", kinds.share),
    },
    "medicare": {"locality": ("locality", kinds.locality)},
    "billing": {"provider": ("billing_provider", kinds.provider)},
    "policies": {"files": ("policy_files", kinds.files)},
    "rules": {"ignore": ("ignore", kinds.rules), "severity": ("severity", kinds.severities)},
    "write": {
        "claim_status": ("claim_status", kinds.one_of("active", "draft")),
        "max_corrections": ("max_corrections", kinds.whole),
    },
    "reference": {"folder": ("reference_folder", kinds.file)},
    "events": {
        "secret_env": ("secret_env", kinds.variable),
        "settle": ("settle", kinds.duration),
        "look_back_days": ("look_back_days", kinds.whole),
        "sweep_at": ("sweep_at", kinds.clock),
    },
    "cds": {
        "url": ("cds_url", kinds.web_address),
        "issuers": ("cds_issuers", kinds.issuers),
    },
}
_MAPS: Mapping[str, tuple[Callable[[Any], str], Kind]] = {
    "timezones": (names.site, kinds.site_zone),
    "prices": (kinds.procedure_code, kinds.price),
    "payers": (names.payer, kinds.text),
    "session_codes": (names.session_type, kinds.code),
}
_SERVER: Mapping[str, Kind] = {
    "auth": kinds.one_of("none", "bearer", "basic", "mtls", "smart"),
    "token_env": kinds.variable,
    "user": kinds.text,
    "password_env": kinds.variable,
    "certificate": kinds.file,
    "key": kinds.file,
    "ca": kinds.file,
    "client_id": kinds.text,
    "key_env": kinds.variable,
    "key_id": kinds.text,
    "algorithm": kinds.one_of("RS384", "ES384"),
    "scopes": kinds.words,
}
"""Sign-in. Secrets themselves are never in the file: the `_env` keys name environment variables."""


def load(path: Path | None) -> Settings:
    """Read a file; see `Settings.load`."""
    if path is None:
        path = Path(FILE)
        if not path.exists():
            return Settings()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8"
        raise SettingsError(f"{path}: can't be read: {reason}") from error
    try:
        table = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise SettingsError(f"{path}: expected TOML: {error}") from error
    return parse(table, path.parent, str(path), path)


def parse(table: Mapping[str, Any], folder: Path, name: str, path: Path | None) -> Settings:
    """Read a mapping; see `Settings.parse`."""
    found: dict[str, Any] = {"path": path}
    for key, value in table.items():
        if key in _TOP:
            field, kind = _TOP[key]
            found[field] = _value(kind, value, f"{name}: {key}", folder)
        elif key in _MAPS:
            found[key] = _map(key, _table(value, f"{name}: {key}"), name, folder)
        elif key in _TABLES:
            known = _TABLES[key]
            for inner, each in _table(value, f"{name}: {key}").items():
                field, kind = _known(known, inner, f"{name}: {key}")
                found[field] = _value(kind, each, f"{name}: {key}.{inner}", folder)
        elif key == "server":
            found.update(_server(_table(value, f"{name}: {key}"), name, folder))
        else:
            raise SettingsError(f"{name}: unknown key {key!r}{_elsewhere(key, (*_TOP, *_MAPS, *_TABLES, 'server'))}")
    return Settings(**found)


def _server(table: Mapping[str, Any], name: str, folder: Path) -> dict[str, Any]:
    rest: dict[str, Any] = {}
    for inner, each in table.items():
        rest[inner] = _value(_known(_SERVER, inner, f"{name}: server"), each, f"{name}: server.{inner}", folder)
    return {"server_auth": rest.pop("auth", "none"), "server": rest}


def _map(key: str, table: Mapping[str, Any], name: str, folder: Path) -> dict[str, Any]:
    of_key, of_value = _MAPS[key]
    found: dict[str, Any] = {}
    for inner, each in table.items():
        place = f"{name}: {key}.{inner}"
        try:
            bare = of_key(inner)
        except ValueError as error:
            hint = _elsewhere(inner, ())
            raise SettingsError(f"{place}: expected as key {error}{hint}") from None
        if bare in found:
            raise SettingsError(f"{place}: given twice")
        found[bare] = _value(of_value, each, place, folder)
    return found


def _value(kind: Kind, value: Any, place: str, folder: Path) -> Any:
    try:
        return kind(value, folder)
    except ValueError as error:
        raise SettingsError(f"{place}: expected {error}") from None


def _table(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise SettingsError(f"{place}: expected a table")
    return value


def _known(known: Mapping[str, T], key: str, place: str) -> T:
    try:
        return known[key]
    except KeyError:
        raise SettingsError(f"{place}: unknown key {key!r}{_elsewhere(key, known)}") from None


def _elsewhere(key: str, known: Iterable[str]) -> str:
    """The nearest key at this place, else where a key of this name belongs."""
    table = next((name for name, keys in {**_TABLES, "server": _SERVER}.items() if key in keys), None)
    if table is not None:
        return f" (it belongs under [{table}])"
    if key in _TOP:
        return " (it belongs above the first [table])"
    return did_you_mean(key, known)
