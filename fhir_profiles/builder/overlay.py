"""JSON Schemas (draft 2020-12) from the snapshots of the profiles.

Two kinds. Of what groupbill writes, a schema is closed: it names what the profile marks as must support, and nothing
else may leave. Of what groupbill reads, it names every element that FHIR knows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .primitives import PRIMITIVES, SYSTEM
from .snapshot import Node, names, tree
from .terminology import codes_of
from .tools import JSON, SOURCES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_RESOURCE_TYPE = r"[A-Z][A-Za-z]+"
_KEY = r"[^\s/#?|]{1,255}(/_history/[A-Za-z0-9\-.]{1,64})?"
"""An id in a reference: there are servers whose ids are longer than FHIR's, or hold other characters."""
_SHORT: dict[str, JSON] = {
    "Extension": {
        "type": "object",
        "required": ["url"],
        "minProperties": 2,
        "properties": {"url": {"type": "string"}},
    },
    "Resource": {"type": "object", "required": ["resourceType"]},
}
"""Types whose inside no profile of ours says anything about."""


def invariants() -> dict[str, JSON]:
    """What of an invariant a JSON Schema can say, by key: written by hand, since FHIRPath can't be translated."""
    found: dict[str, JSON] = json.loads((SOURCES / "input" / "invariants.json").read_bytes())
    return found


class Overlay:
    """The schema of one profile."""

    def __init__(self, definitions: Mapping[str, JSON], *, closed: bool) -> None:
        """Definitions by URL, those of the core package and ours; `closed` for what groupbill writes."""
        self._definitions = definitions
        self._closed = closed
        self._defs: dict[str, JSON] = {}
        self._fragments = invariants()

    def schema(self, profile: JSON) -> JSON:
        """The schema of resources of a profile with a snapshot."""
        made = self._object(tree(profile))
        made["properties"] = {"resourceType": {"const": profile["type"]}, **made["properties"]}
        made["required"] = ["resourceType", *made.get("required", ())]
        if self._closed:
            made["required"][1:1] = ["id", "meta"]
            made["properties"]["meta"]["required"] = ["profile"]
            claimed = {"type": "array", "minItems": 1, "maxItems": 1, "items": {"const": profile["url"]}}
            made["properties"]["meta"]["properties"]["profile"] = claimed
        made = self._with_invariants(made, tree(profile))
        head = {"$schema": DIALECT, "$id": f"https://w3id.org/groupbill/fhir/schema/{profile['id']}.json"}
        return {**head, "title": profile["title"], **made, "$defs": dict(sorted(self._defs.items()))}

    def _object(self, node: Node) -> JSON:
        properties: JSON = {}
        required = []
        choices = []
        for name, child in node.children.items():
            if child.most == 0 or (self._closed and not child.written):
                continue
            spelled = list(names(name, child))
            for spelling, kind in spelled:
                properties[spelling] = self._element(child, kind)
            if child.least and len(spelled) == 1:
                required.append(spelled[0][0])
            elif child.least:
                choices.append([{"required": [spelling]} for spelling, _ in spelled])
        made: JSON = {"type": "object", "minProperties": 1, "properties": properties, "additionalProperties": False}
        if required:
            made["required"] = required
        if choices:
            made["allOf"] = [{"anyOf": one} for one in choices]
        if not self._closed:
            made["patternProperties"] = {"^_": {}}
        return made

    def _element(self, node: Node, kind: JSON) -> JSON:
        if not node.repeats:
            return self._with_invariants(self._value(node, kind), node)
        made: JSON = {"type": "array", "minItems": max(node.least, 1)}
        if node.most is not None:
            made["maxItems"] = node.most
        slices = [(told(node, each), each) for each in node.slices.values() if each.written or not self._closed]
        if not slices:
            return {**made, "items": self._with_invariants(self._value(node, kind), node)}
        return {**made, **self._sliced(node, kind, slices)}

    def _sliced(self, node: Node, kind: JSON, slices: list[tuple[JSON, Node]]) -> JSON:
        """Where slices are told apart by a value: each entry obeys its slice, each slice has its number."""
        if self._closed and len(slices) == 1:
            only = slices[0][1]
            made: JSON = {"minItems": max(only.least, 1), "items": self._entry(only)}
            return made if only.most is None else {**made, "maxItems": only.most}
        items: JSON | bool = not self._closed
        for sign, each in reversed(slices):
            items = {"if": sign, "then": self._entry(each), "else": items}
        if not self._closed:
            items = {"allOf": [self._value(node, kind), items]}
        return {"items": items, "allOf": [_counted(sign, each) for sign, each in slices]}

    def _entry(self, node: Node) -> JSON:
        return self._with_invariants(self._value(node, node.types[0]), node)

    def _value(self, node: Node, kind: JSON) -> JSON:
        code = kind["code"]
        if node.value is not None:
            return _exactly(node.value) if self._closed or not isinstance(node.value, dict) else _pattern(node.value)
        bound = self._bound(node, code)
        if bound is not None:
            return bound
        if code == "Extension" and "profile" in kind:
            return self._object(tree(self._definitions[kind["profile"][0]]))
        if code == "Reference":
            return self._reference(node, kind)
        if not node.is_plain:
            return self._object(node)
        if code.startswith(SYSTEM):
            code = "id" if node.element["path"].endswith(".id") else "uri"
        made = self._ref(code)
        return {**made, "maxLength": node.element["maxLength"]} if "maxLength" in node.element else made

    def _bound(self, node: Node, code: str) -> JSON | None:
        """The codes of a required binding, where they can be listed."""
        binding = node.element.get("binding", {})
        if binding.get("strength") != "required" or "valueSet" not in binding:
            return None
        codes = codes_of(binding["valueSet"], self._definitions)
        if codes is None:
            return None
        if code == "code":
            return {"enum": sorted({code for _, code in codes})}
        return _concept(codes) if code == "CodeableConcept" and self._closed else None

    def _reference(self, node: Node, kind: JSON) -> JSON:
        targets = sorted(target.rpartition("/")[2] for target in kind.get("targetProfile", ()))
        allowed = _RESOURCE_TYPE if "Resource" in targets or not targets else "|".join(targets)
        if not self._closed:
            return self._open_reference(allowed)
        ways: JSON = {
            "reference": {"type": "string", "pattern": rf"^(({allowed})/{_KEY}|(urn|https?):\S+)$"},
            "identifier": self._ref("Identifier"),
        }
        asked = [name for name in ways if name in node.children and node.children[name].least]
        made: JSON = {"type": "object", "additionalProperties": False}
        if not asked:
            typed = {"type": {"enum": targets}} if targets and allowed != _RESOURCE_TYPE else {}
            either = [{"required": [name]} for name in ways]
            return {**made, "properties": {**ways, **typed}, "anyOf": either}
        if "identifier" in asked:
            ways["identifier"] = self._element(node.children["identifier"], {"code": "Identifier"})
        return {**made, "properties": {name: ways[name] for name in asked}, "required": asked}

    def _open_reference(self, allowed: str) -> JSON:
        return {
            "type": "object",
            "minProperties": 1,
            "properties": {
                "reference": {"type": "string", "pattern": rf"^(#|.*\b({allowed})/{_KEY}|(urn|https?):)"},
                "identifier": self._ref("Identifier"),
                "type": self._ref("uri"),
                "display": self._ref("string"),
            },
            "patternProperties": {"^(_|id$|extension$)": {}},
            "additionalProperties": False,
        }

    def _ref(self, code: str) -> JSON:
        if code not in self._defs:
            self._defs[code] = {}
            self._defs[code] = PRIMITIVES.get(code) or _SHORT.get(code) or self._type(code)
        return {"$ref": f"#/$defs/{code}"}

    def _type(self, code: str) -> JSON:
        """A data type, whole; a closed one without the extensions that groupbill does not write."""
        root = tree(self._definitions[f"http://hl7.org/fhir/StructureDefinition/{code}"])
        closed, self._closed = self._closed, False
        try:
            made = self._object(root)
        finally:
            self._closed = closed
        if closed:
            made.pop("patternProperties")
            for name in ("id", "extension"):
                made["properties"].pop(name, None)
        return made

    def _with_invariants(self, made: JSON, node: Node) -> JSON:
        for key in node.keys():
            if key in self._fragments:
                made = merged(made, self._fragments[key])
        return made


def told(node: Node, entry: Node) -> JSON:
    """The schema that says whether an entry of a list is of a slice."""
    profiles = entry.types[0].get("profile", ())
    if profiles:
        return {"required": ["url"], "properties": {"url": {"const": profiles[0]}}}
    (discriminator,) = node.element["slicing"]["discriminator"]
    return _told_by(entry, discriminator["path"].split("."))


def merged(one: Any, other: Any) -> Any:
    """Both schemas in one: what the other says is added, and counts where both speak; a spelling takes the place of
    a looser one."""
    if isinstance(one, dict) and isinstance(other, dict):
        if "pattern" in other:
            return {"type": "string", **other}
        if "const" in other:
            return other
        return {**one, **{key: merged(one[key], each) if key in one else each for key, each in other.items()}}
    if isinstance(one, list) and isinstance(other, list):
        return [*one, *(each for each in other if each not in one)]
    return other


def _counted(sign: JSON, entry: Node) -> JSON:
    made: JSON = {"contains": sign, "minContains": entry.least}
    return made if entry.most is None else {**made, "maxContains": entry.most}


def _told_by(node: Node, path: list[str]) -> JSON:
    name, *rest = path
    child = node.children[name]
    value = child.value
    inner = _told_by(child, rest) if rest else _pattern(value)
    return {"required": [name], "properties": {name: inner}}


def _pattern(value: Any) -> JSON:
    """At least what the pattern says."""
    if isinstance(value, dict):
        return {"required": list(value), "properties": {key: _pattern(each) for key, each in value.items()}}
    if isinstance(value, list):
        (only,) = value
        return {"contains": _pattern(only)}
    return {"const": value}


def _exactly(value: Any) -> JSON:
    """What the pattern says, and nothing else."""
    if isinstance(value, dict):
        properties = {key: _exactly(each) for key, each in value.items()}
        return {"type": "object", "required": list(value), "properties": properties, "additionalProperties": False}
    if isinstance(value, list):
        (only,) = value
        return {"type": "array", "minItems": 1, "maxItems": 1, "items": _exactly(only)}
    return {"const": value}


def _concept(codes: list[tuple[str, str]]) -> JSON:
    """A concept of one coding, which is one of these."""
    alternatives = [
        {
            "type": "object",
            "required": ["system", "code"],
            "properties": {"system": {"const": system}, "code": {"enum": sorted(each for _, each in rows)}},
            "additionalProperties": False,
        }
        for system, rows in _by_system(codes)
    ]
    coding = alternatives[0] if len(alternatives) == 1 else {"anyOf": alternatives}
    return {
        "type": "object",
        "required": ["coding"],
        "properties": {"coding": {"type": "array", "minItems": 1, "maxItems": 1, "items": coding}},
        "additionalProperties": False,
    }


def _by_system(codes: list[tuple[str, str]]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for system in sorted({system for system, _ in codes}):
        yield system, [row for row in codes if row[0] == system]
