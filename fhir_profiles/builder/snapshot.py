"""A profile's snapshot as a tree: elements with their children and slices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .tools import JSON

_PLAIN = frozenset({"id", "extension", "modifierExtension"})


@dataclass(slots=True)
class Node:
    """One element of a snapshot."""

    element: JSON
    children: dict[str, Node] = field(default_factory=dict)
    """By name: `value[x]` as it is written there."""
    slices: dict[str, Node] = field(default_factory=dict)

    @property
    def least(self) -> int:
        """How often at least."""
        return int(self.element["min"])

    @property
    def most(self) -> int | None:
        """How often at most; None without bound."""
        return None if self.element["max"] == "*" else int(self.element["max"])

    @property
    def repeats(self) -> bool:
        """Whether JSON has a list here: what the base says, however narrow the profile is."""
        base = self.element.get("base", self.element)
        return bool(base["max"] not in ("0", "1"))

    @property
    def value(self) -> Any:
        """The fixed or pattern value, None without one."""
        found = [value for key, value in self.element.items() if key.startswith(("fixed", "pattern"))]
        return found[0] if found else None

    @property
    def written(self) -> bool:
        """Whether groupbill writes the element: it must be supported, or can't be left out."""
        if self.element.get("mustSupport") or self.least > 0 or self.value is not None:
            return True
        return any(each.written for each in self.slices.values())

    @property
    def types(self) -> list[JSON]:
        """The types that the element may have."""
        found: list[JSON] = self.element.get("type", [])
        return found

    @property
    def is_plain(self) -> bool:
        """Whether the snapshot says nothing about the inside of a data type."""
        return not set(self.children) - _PLAIN

    def keys(self) -> Iterator[str]:
        """The keys of the invariants on the element, in order."""
        for constraint in self.element.get("constraint", ()):
            if constraint["severity"] == "error":
                yield constraint["key"]


def tree(definition: JSON) -> Node:
    """The root element of a StructureDefinition with a snapshot."""
    elements = definition["snapshot"]["element"]
    root = Node(elements[0])
    for element in elements[1:]:
        node = root
        *steps, last = element["id"].split(".")[1:]
        for step in steps:
            node = _step(node, step)
        name, _, slice_name = last.partition(":")
        if slice_name:
            node.children[name].slices[slice_name] = Node(element)
        else:
            node.children[name] = Node(element)
    return root


def _step(node: Node, step: str) -> Node:
    name, _, slice_name = step.partition(":")
    found = node.children[name]
    return found.slices[slice_name] if slice_name else found


def names(name: str, node: Node) -> Iterator[tuple[str, JSON]]:
    """The JSON names of an element with the type that each stands for: several for a choice."""
    for kind in node.types:
        code = kind["code"]
        yield (name[:-3] + code[0].upper() + code[1:] if name.endswith("[x]") else name), kind
