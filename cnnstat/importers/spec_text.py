"""Draft -> the text of a spec, one block for each of the model's modules.

The text is then read as any other, so that nothing but the reader builds graphs. A module becomes a block
where its layers stand together in the order of work. Where they do not, they stand one level higher, under
one name: `encoder_conv`. So do all layers of a network in which some share weights, as a block sees nobody's
outside.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.importers.names import Path, legal, paths

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnstat.importers.draft import Draft, DraftLayer

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*")
_WORDS = {"true", "false", "null"}


class SpecText(Struct, frozen=True):
    """The text of a spec, and the path that each layer of the draft has in it, by the draft's name."""

    text: str
    paths: dict[str, str]


def spec_text(draft: Draft) -> SpecText:
    """Return a draft as a spec that has a block for each module."""
    return _Writer(draft).written()


class _Part(Struct):
    """A line of a block: a layer, or the call of a block with its parts."""

    name: str
    layers: Sequence[int]
    call: bool


class _Writer:
    """The draft with its layers by number, and the blocks written so far."""

    def __init__(self, draft: Draft) -> None:
        self.draft, self.layers = draft, draft.layers
        self.numbers = {layer.name: number for number, layer in enumerate(draft.layers)}
        flat = any(layer.weights for layer in draft.layers)
        names = (layer.name.replace(".", "_") if flat else layer.name for layer in draft.layers)
        self.paths = paths(names)
        self.blocks: list[str] = []
        self.kinds: set[str] = set(map(_type_of, draft.layers))

    def written(self) -> SpecText:
        """Return the whole spec."""
        given = _input_names(self.draft)
        body, local = self._lines(range(len(self.layers)), 0, given)
        found = {layer.name: ".".join(local[number]) for number, layer in enumerate(self.layers)}
        lines = [f"name: {_quoted(self.draft.name)}"]
        if self.draft.source:
            lines.append(f"source: {_quoted(self.draft.source)}")
        shapes = {given[name]: list(shape) for name, shape in self.draft.inputs.items()}
        alone = [*shapes] == ["input"]
        lines.append(f"input: {_value(shapes['input'] if alone else shapes)}")
        if self.blocks:
            lines += ["blocks:", *self.blocks]
        lines += ["layers:", *(f"  - {line}" for line in body)]
        outputs = [found[name] for name in self.draft.outputs]
        if outputs != [found[self.layers[-1].name]]:
            lines.append(f"outputs: {_value(outputs)}")
        remarks = [f"# {_comment(remark)}" for remark in self.draft.remarks]
        return SpecText("\n".join([*remarks, *lines, ""]), found)

    def _lines(
        self, numbers: Sequence[int], level: int, given: dict[str, str]
    ) -> tuple[list[str], dict[int, Path]]:
        """Return the lines of a block, and how each layer is called in it; ``given`` names what it reads."""
        parts = self._parts(numbers, level)
        local: dict[int, Path] = {}
        lines: list[str] = []
        above = next(iter(given.values()), "")
        for part in parts:
            if part.call:
                line, inner = self._call(part, level, given, local)
                local |= {number: (part.name, *path) for number, path in inner.items()}
            else:
                line = self._line(part, given, local)
                local[part.layers[0]] = (part.name,)
            read = _from([self._called(name, given, local) for name in self._reads(part)], above)
            lines.append(line.replace("\0", read))
            above = part.name
        return lines, local

    def _line(self, part: _Part, given: dict[str, str], local: dict[int, Path]) -> str:
        layer = self.layers[part.layers[0]]
        options = [f"{key}: {_value(value)}" for key, value in layer.options.items()]
        if layer.weights:
            options.append(f"weights: {_word(self._called(layer.weights, given, local))}")
        return f"{{name: {_word(part.name)}, type: {layer.type}\0{''.join(f', {each}' for each in options)}}}"

    def _call(
        self, part: _Part, level: int, given: dict[str, str], local: dict[int, Path]
    ) -> tuple[str, dict[int, Path]]:
        """Write the block of a module; return the line that calls it."""
        reads = self._reads(part)
        path = self.paths[part.layers[0]][: level + 1]
        kind = self._kind("_".join(path))
        names = [next_part.name for next_part in self._parts(part.layers, level + 1)]
        inside = _block_inputs(reads, names)
        lines, inner = self._lines(part.layers, level + 1, inside)
        header = [f"  {kind}:"]
        if [*inside.values()] != ["input"]:
            header.append(f"    inputs: {_value([*inside.values()])}")
        self.blocks += [*header, "    layers:", *(f"      - {line}" for line in lines)]
        return f"{{name: {_word(part.name)}, type: {kind}\0}}", inner

    def _kind(self, name: str) -> str:
        """Return the name of a block; no layer type and no other block has it."""
        kind = name = legal(name if name[0].isalpha() and name not in _WORDS else f"block_{name}")
        number = 1
        while kind in self.kinds or _is_type(kind):
            number += 1
            kind = f"{name}_{number}"
        self.kinds.add(kind)
        return kind

    def _parts(self, numbers: Sequence[int], level: int) -> list[_Part]:
        """Part the layers of a block into its own and those of modules in it."""

        def key(number: int) -> Path:
            path = self.paths[number]
            return (*path[level : level + 1], *(("",) if len(path) > level + 1 else ()))

        runs = [(each, list(run)) for each, run in groupby(numbers, key)]
        called = [each[0] for each, _ in runs]
        found: list[_Part] = []
        for each, run in runs:
            if len(each) == 2 and called.count(each[0]) == 1:
                found.append(_Part(each[0], run, call=True))
            else:
                found += (_Part(legal("_".join(self.paths[n][level:])), [n], call=False) for n in run)
        taken: set[str] = set()
        for part in found:
            name, number = part.name, 1
            while part.name in taken:
                number += 1
                part.name = f"{name}_{number}"
            taken.add(part.name)
        return found

    def _reads(self, part: _Part) -> list[str]:
        """Return what a part reads of all that is not in it: each once for a block."""
        within = set(part.layers)
        reads = [
            name for n in part.layers for name in self.layers[n].inputs if self._number(name) not in within
        ]
        return [*dict.fromkeys(reads)] if part.call else reads

    def _number(self, name: str) -> int:
        return self.numbers.get(name, -1)

    def _called(self, name: str, given: dict[str, str], local: dict[int, Path]) -> str:
        """Return how a layer or an input is called in a block; a block's last layer is the block."""
        number = self._number(name)
        if number not in local:
            return given[name]
        path = local[number]
        while len(path) > 1 and local.get(number + 1, ())[: len(path) - 1] != path[:-1]:
            path = path[:-1]
        return ".".join(path)


def _input_names(draft: Draft) -> dict[str, str]:
    if len(draft.inputs) == 1:
        return dict.fromkeys(draft.inputs, "input")
    tops = {legal(layer.name.split(".")[0]) for layer in draft.layers}
    found: dict[str, str] = {}
    for name in draft.inputs:
        own = first = legal(name.replace(".", "_"))
        number = 1
        while own in tops or own in found.values():
            number += 1
            own = f"{first}_{number}"
        found[name] = own
    return found


def _block_inputs(reads: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """Return what a block calls the things that it reads."""
    if len(reads) == 1:
        return {reads[0]: "input"}
    free = (
        name for number in range(1, len(reads) + len(names) + 1) if (name := f"from{number}") not in names
    )
    return dict(zip(reads, free, strict=False))


def _from(reads: Sequence[str], above: str) -> str:
    if len(reads) == 1:
        return "" if reads[0] == above else f", from: {_word(reads[0])}"
    return f", from: {_value(list(reads))}"


def _type_of(layer: DraftLayer) -> str:
    return layer.type


def _is_type(name: str) -> bool:
    from cnnstat.layers import LAYERS  # noqa: PLC0415 - the catalogue is loaded by the reader of the text anyway

    return name in LAYERS


def _value(value: Any) -> str:
    """Return a value as YAML that the reader takes for the same."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_word(key)}: {_value(each)}' for key, each in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, float):
        return _number(value)
    return _word(value) if isinstance(value, str) else str(value)


def _number(value: float) -> str:
    """Return a number with all its digits; an exponent has a point before it."""
    mantissa, _, exponent = f"{value!r}".partition("e")
    if not exponent:
        return mantissa
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}e{int(exponent)}"


def _word(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and text not in _WORDS else _quoted(text)


def _quoted(text: str) -> str:
    return "'" + _comment(text).replace("'", "''") + "'"


def _comment(text: str) -> str:
    """Return text on one line, of characters that YAML takes."""
    return "".join(each if each.isprintable() else "?" for each in text)[:1000]
