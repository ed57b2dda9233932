"""JSON Schemas of the primitive types of FHIR R4."""

from __future__ import annotations

from .tools import JSON

_DAY = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?"
_ZONE = r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_TEXT: JSON = {"type": "string", "minLength": 1, "pattern": r"\S"}
_URI: JSON = {"type": "string", "minLength": 1, "pattern": r"^\S+$"}
PRIMITIVES: dict[str, JSON] = {
    "base64Binary": _TEXT,
    "boolean": {"type": "boolean"},
    "canonical": _URI,
    "code": {"type": "string", "minLength": 1, "pattern": r"^\S+( \S+)*$"},
    # A date of service is a whole day: where FHIR lets the day be left out, our profiles' dates do not.
    "date": {"type": "string", "format": "date", "pattern": f"^{_DAY}$"},
    "dateTime": {"type": "string", "pattern": f"^{_DAY}(T{_TIME}{_ZONE})?$"},
    "decimal": {"type": "number"},
    "id": {"type": "string", "pattern": r"^[A-Za-z0-9\-.]{1,64}$"},
    "instant": {"type": "string", "pattern": f"^{_DAY}T{_TIME}{_ZONE}$"},
    "integer": {"type": "integer"},
    "markdown": _TEXT,
    "oid": _URI,
    "positiveInt": {"type": "integer", "minimum": 1},
    "string": _TEXT,
    "time": {"type": "string", "pattern": f"^{_TIME}$"},
    "unsignedInt": {"type": "integer", "minimum": 0},
    "uri": _URI,
    "url": _URI,
    "uuid": _URI,
    "xhtml": _TEXT,
}
SYSTEM = "http://hl7.org/fhirpath/System."
