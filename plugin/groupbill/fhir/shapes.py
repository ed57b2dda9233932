"""Shapes: which JSON types the elements of a resource have, and the quick test made of them.

A shape does two things from one declaration. `wrong` walks a value and says where it differs; `emit` writes
the source of a straight-line test, ten times as fast, for the resources (nearly all) in which nothing is
wrong. What is not declared is not looked at, so unknown elements and vendors' extensions pass. Messages name
elements and types, never a value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from threading import Lock
from typing import Any, Protocol


class Shape(Protocol):
    """What a value must look like."""

    def wrong(self, value: Any) -> str | None:
        """None when the value fits, else where (below the value) it does not and what was expected."""

    def emit(self, writer: Writer, name: str) -> None:
        """Write statements that return False unless the variable `name` fits."""


class Writer:
    """Source of quick tests: one function per declared object, shared by all that use it."""

    def __init__(self, names: Mapping[str, object]) -> None:
        """`names` are what the tests of leaves may call."""
        self._names = dict(names)
        self._functions: dict[int, str] = {}
        self._lines: list[str] = []
        self._pad = ""
        self._count = 0
        self._lock = Lock()

    def write(self, line: str) -> None:
        """One line."""
        self._lines.append(self._pad + line)

    def block(self, head: str, body: Callable[[], None]) -> None:
        """A line and what is indented under it."""
        self.write(head)
        self._pad += " "
        body()
        self._pad = self._pad[:-1]

    def variable(self) -> str:
        """A new name."""
        self._count += 1
        return f"v{self._count}"

    def bind(self, value: object) -> str:
        """A name for a Python object."""
        name = f"o{id(value)}"
        self._names[name] = value
        return name

    def function(self, shape: Thing) -> str:
        """The name of the test of an object with elements, written now if it was not before."""
        name = self._functions.get(id(shape))
        if name is None:
            name = self._functions[id(shape)] = f"f{len(self._functions)}"
            lines, pad = self._lines, self._pad
            self._lines, self._pad = [], ""
            self.block(f"def {name}(v):", lambda: shape.body(self, "v"))
            self.write(" return True")
            exec("\n".join(self._lines), self._names)  # our own declarations, no input
            self._lines, self._pad = lines, pad
        return name

    def test(self, shape: Thing) -> Callable[[Any], bool]:
        """The quick test of a shape: True when a value surely fits. One thread at a time writes."""
        with self._lock:
            found: Callable[[Any], bool] = self._names[self.function(shape)]  # type: ignore[assignment]
        return found


class Leaf:
    """A value without parts."""

    def __init__(self, expected: str, test: str, names: Mapping[str, object]) -> None:
        """`test` is an expression over `{v}`."""
        self._expected = f": expected {expected}"
        self._source = test
        self._test: Callable[[Any], Any] = eval("lambda v: " + test.format(v="v"), dict(names))

    def wrong(self, value: Any) -> str | None:
        """What was expected, where it is something else."""
        return None if self._test(value) else self._expected

    def emit(self, writer: Writer, name: str) -> None:
        """The test in place."""
        writer.write(f"if not ({self._source.format(v=name)}): return False")


class Many:
    """An array."""

    def __init__(self, item: Shape) -> None:
        """Of what."""
        self.item = item

    def wrong(self, value: Any) -> str | None:
        """The first item that is wrong."""
        if type(value) is not list:
            return ": expected an array"
        found = ((place, self.item.wrong(item)) for place, item in enumerate(value))
        return next((f"[{place}]{wrong}" for place, wrong in found if wrong is not None), None)

    def emit(self, writer: Writer, name: str) -> None:
        """A loop."""
        inner = writer.variable()
        writer.write(f"if type({name}) is not list: return False")
        writer.block(f"for {inner} in {name}:", lambda: self.item.emit(writer, inner))


class Either:
    """Different JSON types in different releases of FHIR."""

    def __init__(self, *shapes: tuple[type, Shape]) -> None:
        """A shape for each JSON type."""
        self._shapes = dict(shapes)
        self._expected = ": expected " + " or ".join(_JSON[kind] for kind in self._shapes)

    def wrong(self, value: Any) -> str | None:
        """What is wrong under the type that it has."""
        shape = self._shapes.get(type(value))
        return self._expected if shape is None else shape.wrong(value)

    def emit(self, writer: Writer, name: str) -> None:
        """A branch for each type."""
        for number, (kind, shape) in enumerate(self._shapes.items()):
            head = f"{'elif' if number else 'if'} type({name}) is {kind.__name__}:"
            writer.block(head, partial(shape.emit, writer, name))
        writer.write("else: return False")


_JSON = {dict: "an object", list: "an array", str: "a string", bool: "true or false"}


class Thing:
    """An object with these elements, and any others."""

    def __init__(self, elements: Mapping[str, Shape]) -> None:
        """Elements by name."""
        self.elements = elements

    def wrong(self, value: Any) -> str | None:
        """The first element that is wrong."""
        if type(value) is not dict:
            return ": expected an object"
        for name, item in value.items():
            shape = self.elements.get(name)
            wrong = None if shape is None else shape.wrong(item)
            if wrong is not None:
                return f".{name}{wrong}"
        return None

    def emit(self, writer: Writer, name: str) -> None:
        """In place where there are few elements without parts, else a call."""
        if len(self.elements) <= 2 and all(isinstance(shape, Leaf) for shape in self.elements.values()):
            self.body(writer, name)
        else:
            writer.write(f"if not {writer.function(self)}({name}): return False")

    def body(self, writer: Writer, name: str) -> None:
        """The tests of the elements."""
        writer.write(f"if type({name}) is not dict: return False")
        for element, shape in self.elements.items():
            writer.block(f"if {element!r} in {name}:", partial(_element, writer, name, element, shape))


def _element(writer: Writer, owner: str, element: str, shape: Shape) -> None:
    name = writer.variable()
    writer.write(f"{name} = {owner}[{element!r}]")
    shape.emit(writer, name)


class Own:
    """A value with a check of its own."""

    def __init__(self, check: Callable[[Any], str | None]) -> None:
        """None when it fits, like `wrong`."""
        self.wrong = check

    def emit(self, writer: Writer, name: str) -> None:
        """A call."""
        writer.write(f"if {writer.bind(self.wrong)}({name}) is not None: return False")


def one_or_many(item: Shape) -> Either:
    """An object in one release of FHIR and an array of them in another."""
    return Either((dict, item), (list, Many(item)))


def thing(**elements: Shape) -> Thing:
    """An object with these elements, and any others."""
    return Thing(elements)
