"""URLs of a FHIR server: its base, what is inside it, and the resource that a Location names."""

from __future__ import annotations

import re
from urllib.parse import unquote, urljoin, urlsplit

from ..errors import UsageError

_PORTS = {"http": 80, "https": 443}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PLACE = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/([A-Za-z0-9\-._]{1,128})(?:/_history/([^/?#\s]+))?/?$")


def base_url(text: str) -> str:
    """The base without a slash at its end.

    Errors:
        UsageError: no http or https URL, or one with a user, a query or a fragment.
    """
    try:
        parts = urlsplit(text.strip())
        good = parts.scheme in _PORTS and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError("the server: expected a base URL like https://ehr.example.org/fhir, sign-in apart")
    return text.strip().rstrip("/")


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port; the port a scheme implies is filled in."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme)


def encrypted(url: str) -> bool:
    """Whether nobody on the way can read along: https, or this machine alone."""
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in _LOOPBACK


def inside(link: str, base: str) -> str | None:
    """The absolute URL of a link of the server when it stays within the base, else None.

    A page link that leads elsewhere would carry the token there, so neither another host or port nor another path
    of the same host is followed, nor one that climbs out with dots.
    """
    try:
        url = urljoin(base + "/", link)
        if origin(url) != origin(base) or urlsplit(url).username:
            return None
        path, root = urlsplit(url).path, urlsplit(base).path
    except ValueError:
        return None
    if ".." in unquote(unquote(path)).replace("\\", "/").split("/"):
        return None
    return url if path == root or path.startswith(root.rstrip("/") + "/") else None


def place(location: object) -> tuple[str | None, str | None]:
    """`Type/id` and version of a Location: absolute or relative, with or without `_history`."""
    match = _PLACE.search(location.split("?", 1)[0]) if isinstance(location, str) else None
    return (None, None) if match is None else (f"{match[1]}/{match[2]}", match[3])


def version_of(etag: object) -> str | None:
    """The version in an ETag: `W/"3"`, `"3"`, or opaque text."""
    if not isinstance(etag, str):
        return None
    return etag.strip().removeprefix("W/").strip('"') or None


def etag(version: str) -> str:
    """The version as If-Match wants it."""
    return version if version.startswith(('W/"', '"')) else f'W/"{version}"'
