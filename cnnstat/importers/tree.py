"""Draft -> the tree of its modules, each with its lines, as a spec's blocks have them.

A module is a block where its layers, or most of them, stand together in the order of work. Others stand one
level higher, under one name: `encoder_conv`. Weights that modules share are said where both can be seen: of
two layers, or of two modules that are equal layer by layer. Where that cannot be, all layers have names in
one piece, as a block sees nobody's outside.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cnnstat.importers.names import Path, legal, paths
from cnnstat.importers.places import placed
from cnnstat.layers import LAYERS
from cnnstat.layers.base import Layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.importers.draft import Draft

ONLY_INPUT = "input"
"""What a block with one input calls it."""


class Line(Struct, frozen=True):
    """A line of a block: a layer, whose place in the draft is ``number``, or the call of a ``module``.

    ``reads`` and ``weights`` are names as the block has them.
    """

    name: str
    reads: tuple[str, ...]
    number: int
    type: str = ""
    options: dict[str, Any] = {}
    weights: str = ""
    module: Module | None = None


class Module(Struct, frozen=True):
    """The lines of a block; ``path`` is that of its call, and empty for the network itself."""

    path: Path
    inputs: tuple[str, ...]
    lines: tuple[Line, ...]


class Tree(Struct, frozen=True):
    """The network's own lines, and what each layer of the draft is called in a spec."""

    root: Module
    paths: dict[str, str]
    inputs: dict[str, str]


def tree(draft: Draft) -> Tree:
    """Return the modules of a draft."""
    return _Planter(draft).planted()


class _Part(Struct):
    """The layers that a line of a block stands for: one, or those of a module."""

    name: str
    layers: Sequence[int]
    call: bool


class _Planter:
    """The draft with its layers by number."""

    def __init__(self, draft: Draft) -> None:
        self.draft, self.layers = draft, draft.layers
        self.numbers = {layer.name: number for number, layer in enumerate(draft.layers)}
        self.paths = placed(draft.layers)
        self.owners = [self.numbers[layer.weights or layer.name] for layer in draft.layers]
        self.shared = {number for number, owner in enumerate(self.owners) if number != owner}

    def planted(self) -> Tree:
        """Return the whole tree."""
        inputs = _input_names(self.draft)
        self.unsaid = {*self.shared}
        root, local = self._module((), range(len(self.layers)), inputs)
        if self.unsaid:
            self.paths = paths(layer.name.replace(".", "_") for layer in self.layers)
            root, local = self._module((), range(len(self.layers)), inputs)
        found = {layer.name: ".".join(local[number]) for number, layer in enumerate(self.layers)}
        return Tree(root, found, inputs)

    def _module(
        self, path: Path, numbers: Sequence[int], given: dict[str, str]
    ) -> tuple[Module, dict[int, Path]]:
        """Return a block, and how each layer is called in it; ``given`` names what it reads."""
        local: dict[int, Path] = {}
        within: dict[str, Sequence[int]] = {}
        lines: list[Line] = []
        for part in self._parts(numbers, len(path)):
            reads = self._reads(part)
            module, first = None, part.layers[0]
            if part.call:
                names = [each.name for each in self._parts(part.layers, len(path) + 1)]
                inner = _block_inputs(reads, names)
                module, inside = self._module(self.paths[first][: len(path) + 1], part.layers, inner)
            sums = module is None and self.layers[first].type == "add"
            if path and sums and not self.layers[first].ordered:
                reads = self._longer_way_first(reads, numbers)
            called = tuple(self._called(name, given, local) for name in reads)
            if module is not None:
                lines.append(
                    Line(part.name, called, first, weights=self._lender(part, local, within), module=module)
                )
                local |= {number: (part.name, *inside[number]) for number in part.layers}
                within[part.name] = part.layers
                continue
            layer = self.layers[first]
            lender = ""
            if first in self.shared and self.owners[first] in local:
                lender = ".".join(local[self.owners[first]])
                self.unsaid.discard(first)
            lines.append(Line(part.name, called, first, layer.type, layer.options, lender))
            local[first] = (part.name,)
            within[part.name] = part.layers
        return Module(path, tuple(given.values()), tuple(lines)), local

    def _lender(self, part: _Part, local: dict[int, Path], within: dict[str, Sequence[int]]) -> str:
        """Return the module above whose weights a module uses, layer by layer; none where it has its own.

        ``within`` are the layers of the lines above, by the lines' names.
        """
        start = next((number for number in part.layers if self.owners[number] in local), None)
        if start is None:
            return ""
        path = local[self.owners[start]]
        for end in range(1, len(path)):
            lenders = [number for number in within[path[0]] if local[number][:end] == path[:end]]
            if len(lenders) == len(part.layers) and all(map(self._borrows, part.layers, lenders)):
                self.unsaid -= {*part.layers}
                return ".".join(path[:end])
        return ""

    def _borrows(self, number: int, lender: int) -> bool:
        """Say whether a layer uses the weights of another, or neither has any to use."""
        alike = self.layers[number].type == self.layers[lender].type
        used = self.owners[number] == self.owners[lender]
        return alike and (used or self._bare(number))

    def _bare(self, number: int) -> bool:
        """Say whether a layer is of a type without weights."""
        kind = LAYERS.get(self.layers[number].type)
        return kind is not None and kind.tensors is Layer.tensors

    def _parts(self, numbers: Sequence[int], level: int) -> list[_Part]:
        """Part the layers of a block into its own and those of modules in it."""

        def key(number: int) -> Path:
            path = self.paths[number]
            return (*path[level : level + 1], *(("",) if len(path) > level + 1 else ()))

        runs = [(each, list(run)) for each, run in groupby(numbers, key)]
        called: dict[str, list[list[int]]] = {}
        for each, run in runs:
            called.setdefault(each[0], []).append(run)
        own = {each[0] for each, _ in runs if len(each) == 1}
        found: list[_Part] = []
        for each, run in runs:
            if len(each) == 2 and each[0] not in own and _holds(run, called[each[0]]):
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

    def _longer_way_first(self, reads: list[str], numbers: Sequence[int]) -> list[str]:
        """Return the terms of a block's sum of two, the shortcut last: `[conv2, input]`.

        A model may write either. One order makes blocks with and without a shortcut's layer, or a sum, alike.
        """
        if len(reads) != 2:
            return reads
        ways: dict[str, int] = {}
        for number in numbers:
            layer = self.layers[number]
            ways[layer.name] = 1 + max((ways.get(name, 0) for name in layer.inputs), default=0)
        first, second = (ways.get(name, 0) for name in reads)
        return reads if first >= second else reads[::-1]

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


def _holds(run: list[int], runs: list[list[int]]) -> bool:
    """Say whether a run of layers is the module that all of the runs are of: most of it, or all."""
    return len(runs) == 1 or (len(run) > 1 and 2 * len(run) > sum(map(len, runs)))


def _input_names(draft: Draft) -> dict[str, str]:
    if len(draft.inputs) == 1:
        return dict.fromkeys(draft.inputs, ONLY_INPUT)
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
        return {reads[0]: ONLY_INPUT}
    free = (
        name for number in range(1, len(reads) + len(names) + 1) if (name := f"from{number}") not in names
    )
    return dict(zip(reads, free, strict=False))
