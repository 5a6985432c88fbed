"""A spec in pieces: lines, blocks and outputs, their text, and the shape behind every name.

Who rewrites networks (a block inlined, a repeat unrolled) changes the pieces; `Drawn.text` is the spec.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING, Any

from cnnstat.layers import LAYERS
from tests.fuzz.options import fitted, resolved

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cnnstat.layers.base import Shape

Shapes = dict[str, "Shape"]
"""The shape behind each name."""

NUMBERS = 2_000
"""The most numbers that a layer puts out for a sample."""
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
    """A block: its parameters with their defaults, the names of its inputs, its lines."""

    params: Mapping[str, Any]
    inputs: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Drawn:
    """A network in pieces. Without `outputs` the last line is the output."""

    input: Shape
    blocks: Mapping[str, Block]
    lines: tuple[Line, ...]
    outputs: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        lines = [f"input: {written(list(self.input))}"]
        if self.blocks:
            lines.append("blocks:")
        for name, block in self.blocks.items():
            lines.append(f"  {name}:")
            if block.params:
                lines.append(f"    params: {written(block.params)}")
            if block.inputs != ("input",):
                lines.append(f"    inputs: {written(list(block.inputs))}")
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
    for number, line in enumerate(lines):
        name = line.name or f"({number})"
        inputs = tuple(shapes[source] for source in line.sources or (above,))
        found = _placed(line, name, inputs, blocks, params)
        if found is None:
            return None
        shapes |= found
        above = name
    return shapes


def _placed(
    line: Line, name: str, inputs: tuple[Shape, ...], blocks: Mapping[str, Block], params: Mapping[str, Any]
) -> Shapes | None:
    """Return the shapes behind a line's name, and behind those inside it."""
    if not resolved(line.keys.get("when", True), params):
        return {name: inputs[0]}
    if "repeat" not in line.keys:
        return _called(line.type, name, line.options, inputs, blocks, params)
    shapes: Shapes = {}
    for index in range(line.keys["repeat"]):
        first = line.keys.get("first", {}) if index == 0 else {}
        path = f"{name}.{index}"
        found = _called(
            line.type, path, {**line.options, **first}, inputs, blocks, {**params, "index": index}
        )
        if found is None:
            return None
        shapes |= found
        inputs = (found[path], *inputs[1:])
    return shapes | {name: inputs[0]}


def _called(
    kind: str,
    path: str,
    options: Mapping[str, Any],
    inputs: tuple[Shape, ...],
    blocks: Mapping[str, Block],
    params: Mapping[str, Any],
) -> Shapes | None:
    if kind in LAYERS:
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
    absent = {line.name for line in block.lines if not resolved(line.keys.get("when", True), given)}
    inside = {f"{path}.{name}": shape for name, shape in found.items() if name not in (*start, *absent)}
    return {**inside, path: [*found.values()][-1]}
