"""A spec in pieces: lines, blocks and outputs, their text, and the shape behind every name.

Who rewrites networks (a block inlined, a repeat unrolled) changes the pieces; `Drawn.text` is the spec.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING, Any, TypeVar

from tests.fuzz.options import TYPES, fitted, resolved

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cnnstat.layers.base import Shape

Shapes = dict[str, "Shape"]
"""The shape behind each name."""

NUMBERS = 2_000
"""The most numbers that a layer puts out for a sample."""
FIRST = "x0"
"""What the first of several inputs is called."""
T = TypeVar("T")
WIDEST = 30
"""The largest size of any axis."""


@dataclass(frozen=True)
class Line:
    """An entry of a spec. `sources` are named (None: the layer above), `keys` are all others but options."""

    name: str | None
    type: str
    options: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[str, ...] | None = None
    keys: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        named = {} if self.name is None else {"name": self.name}
        read = {} if self.sources is None else {"from": listed(self.sources)}
        return written({**named, "type": self.type, **read, **self.options, **self.keys})


@dataclass(frozen=True)
class Block:
    """A block: its parameters with their defaults, the names of its inputs, its lines, what it puts out.

    `outputs` are lines by the name that callers know them by; without them the last line is put out.
    """

    params: Mapping[str, Any]
    inputs: tuple[str, ...]
    lines: tuple[Line, ...]
    outputs: Mapping[str, str] = field(default_factory=dict)

    def following(self, path: str, inputs: Sequence[T], found: Mapping[str, T]) -> tuple[T, ...]:
        """Return what the next repetition reads, given what this one read and what is behind paths."""
        first = "" if self.inputs[0] not in self.outputs else f".{self.inputs[0]}"
        others = zip(self.inputs[1:], inputs[1:], strict=True)
        return (
            found[path + first],
            *(found[f"{path}.{name}"] if name in self.outputs else same for name, same in others),
        )


@dataclass(frozen=True)
class Drawn:
    """A network in pieces. Without `outputs` the last line is the output; `beside` are further inputs."""

    input: Shape
    blocks: Mapping[str, Block]
    lines: tuple[Line, ...]
    outputs: tuple[str, ...] = ()
    beside: Mapping[str, Shape] = field(default_factory=dict)

    @property
    def inputs(self) -> dict[str, Shape]:
        """Return the shape of each input by its name; the only one has none of its own."""
        return {FIRST: self.input, **self.beside} if self.beside else {"input": self.input}

    @property
    def text(self) -> str:
        shapes = {name: list(shape) for name, shape in self.inputs.items()}
        lines = [f"input: {written(shapes if self.beside else list(self.input))}"]
        if self.blocks:
            lines.append("blocks:")
        for name, block in self.blocks.items():
            lines.append(f"  {name}:")
            if block.params:
                lines.append(f"    params: {written(block.params)}")
            if block.inputs != ("input",):
                lines.append(f"    inputs: {written(list(block.inputs))}")
            if block.outputs:
                lines.append(f"    outputs: {written(dict(block.outputs))}")
            lines += ["    layers:", *(f"      - {line.text}" for line in block.lines)]
        lines += ["layers:", *(f"  - {line.text}" for line in self.lines)]
        if self.outputs:
            lines.append(f"outputs: {written(list(self.outputs))}")
        return "\n".join(lines) + "\n"


def listed(names: tuple[str, ...]) -> Any:
    return names[0] if len(names) == 1 else list(names)


_PLAIN = re.compile(r"[A-Za-z$][\w $*/.+=<>-]*")


def written(value: Any) -> str:
    """Return a value in YAML's flow style."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return value
    return json.dumps(value)


# -- shapes --------------------------------------------------------------------------------------------


def walked(
    lines: Iterable[Line], shapes: Shapes, blocks: Mapping[str, Block], params: Mapping[str, Any]
) -> Shapes | None:
    """Return the shape behind every name once the lines are read, those inside blocks too; None: no fit."""
    shapes = dict(shapes)
    above = next(iter(shapes))
    present: set[str] = set()
    for number, line in enumerate(lines):
        name = line.name or f"({number})"
        sources = [each for source in line.sources or (above,) for each in each_of(source, shapes)]
        above = name
        if not resolved(line.keys.get("when", True), params):
            if name not in present:  # its alternative
                shapes[name] = shapes[sources[0]]
            continue
        found = _placed(line, name, tuple(shapes[source] for source in sources), blocks, params)
        if found is None:
            return None
        shapes |= found
        present.add(name)
    return shapes


def each_of(source: str, names: Iterable[str]) -> list[str]:
    """Return the names that a source stands for: with a `*` those of every repetition, in order."""
    before, star, behind = source.partition("*")
    known = set(names)
    count = next(n for n in range(len(known) + 1) if f"{before}{n}{behind}" not in known)
    return [f"{before}{n}{behind}" for n in range(count)] if star else [source]


def _placed(
    line: Line, name: str, inputs: tuple[Shape, ...], blocks: Mapping[str, Block], params: Mapping[str, Any]
) -> Shapes | None:
    """Return the shapes behind a line's name, and behind those inside it."""
    if "repeat" not in line.keys:
        return _called(line.type, name, line.options, inputs, blocks, params)
    shapes: Shapes = {}
    read = inputs
    for index in range(line.keys["repeat"]):
        first = line.keys.get("first", {}) if index == 0 else {}
        path = f"{name}.{index}"
        found = _called(line.type, path, {**line.options, **first}, read, blocks, {**params, "index": index})
        if found is None or (line.keys.get("weights") == name and read != inputs):
            return None  # weights are certain to fit where the same shapes are read
        shapes |= found
        block = blocks.get(line.type)
        read = block.following(path, read, found) if block else (found[path], *read[1:])
    named = blocks[line.type].outputs if line.type in blocks else ()
    return shapes | {f"{name}.{each}": shapes[f"{path}.{each}"] for each in named} | {name: shapes[path]}


def _called(
    kind: str,
    path: str,
    options: Mapping[str, Any],
    inputs: tuple[Shape, ...],
    blocks: Mapping[str, Block],
    params: Mapping[str, Any],
) -> Shapes | None:
    if kind in TYPES:
        shape = fitted(kind, options, inputs, params)
        return None if shape is None or prod(shape) > NUMBERS or max(shape) > WIDEST else {path: shape}
    block = blocks[kind]
    if len(block.inputs) != len(inputs):
        return None
    given = {**block.params, **{key: resolved(value, params) for key, value in options.items()}}
    start = dict(zip(block.inputs, inputs, strict=True))
    found = walked(block.lines, start, blocks, given)
    if found is None:
        return None
    there = {line.name for line in block.lines if resolved(line.keys.get("when", True), given)}
    absent = {line.name for line in block.lines} - there
    inside = {f"{path}.{name}": shape for name, shape in found.items() if name not in (*start, *absent)}
    outputs = {f"{path}.{name}": found[line] for name, line in block.outputs.items()}
    first = next(iter(block.outputs.values()), str(block.lines[-1].name))
    return {**inside, **outputs, path: found[first]}
