"""The tree of a model's modules -> blocks with parameters, and the network's own lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cnnstat.importers.entries import Block, Entry, Needed
from cnnstat.importers.folding.block_names import names_of
from cnnstat.importers.folding.kinds import Kinds
from cnnstat.importers.folding.options import defaults_of, without_defaults
from cnnstat.importers.folding.parameters import ANYTHING, Parameter, Parameters
from cnnstat.importers.folding.shapes import channels_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.importers.block_names import BlockNames
    from cnnstat.importers.draft import Draft
    from cnnstat.importers.folding.kinds import Kind
    from cnnstat.importers.folding.slots import Slot
    from cnnstat.importers.tree import Line, Module, Tree

_FOUND = ("filters", "units", "kernel", "stride", "dilation", "padding")
"""Options in the order in which parameters are found for them: a padding follows from a kernel."""

_WRITTEN = ("filters", "units", "kernel", "stride", "padding", "dilation", "groups")
"""Options in the order in which they are written, before all others."""

_SHORTCUTS = ("downsample", "shortcut", "proj", "projection", "project")
_TAKEN = (
    *("type", "name", "from", "weights", "when", "repeat", "first", "frozen", "unused", "expect", "budget"),
    *("in", "index", "classes"),
)


class _Made(Struct):
    """The block that a kind has become, and the place of each of its modules among the values."""

    name: str
    parameters: list[Parameter]
    places: dict[int, int]


class Folded(Struct, frozen=True):
    """Blocks, those that others call first, and the network's lines."""

    blocks: tuple[Block, ...]
    entries: tuple[Entry, ...]


def folded(draft: Draft, found: Tree, names: BlockNames) -> Folded:
    """Return a draft with its modules folded."""
    return _Folder(draft, found.root, names).folded()


class _Folder:
    """The kinds of a draft's modules, and the blocks made of them so far."""

    def __init__(self, draft: Draft, root: Module, names: BlockNames) -> None:
        self.channels = channels_in(draft)
        self.kinds = Kinds(root)
        self.root, self.names, self.classes = root, names, draft.classes
        self.made: dict[int, _Made] = {}

    def folded(self) -> Folded:
        """Return all blocks, and the lines of the network."""
        *kinds, network = self.kinds.every
        assert network.modules == [self.root]
        repeated = [*map(self.kinds.in_repeats, kinds)]
        blocks = []
        for kind, name in zip(kinds, names_of(kinds, repeated, self.classes, self.names), strict=True):
            parameters = Parameters()
            entries = self._entries(kind, parameters)
            parameters.settle()
            ordered = sorted(parameters.found, key=lambda each: each.default != Needed())
            defaults = {each.name: each.default for each in ordered}
            blocks.append(Block(name=name, entries=entries, inputs=kind.inputs, params=defaults))
            places = {id(module): number for number, module in enumerate(kind.modules)}
            self.made[id(kind)] = _Made(name, ordered, places)
        return Folded(tuple(blocks), self._entries(network, Parameters()))

    def _entries(self, kind: Kind, parameters: Parameters) -> tuple[Entry, ...]:
        """Return the lines of a kind's block."""
        by_key = [{self.kinds.key(line): line for line in module.lines} for module in kind.modules]
        return tuple(
            self._entry(slot, [lines.get(slot.key) for lines in by_key], parameters) for slot in kind.slots
        )

    def _entry(self, slot: Slot, rows: Sequence[Line | None], parameters: Parameters) -> Entry:
        """Return the line that modules have in these rows, None where they lack it."""
        line = next(line for line in rows if line is not None)
        if self.kinds.repetitions(line):
            made = self._repeat(rows, parameters)
        elif line.module is not None:
            made = self._call([*map(_module, rows)], parameters)
        else:
            made = self._layer(rows, parameters)
        when = ""
        if None in rows:
            when = parameters.condition(_flag(slot.name, made["type"]), [row is not None for row in rows])
        return Entry(name=slot.name, reads=slot.reads, when=when, weights=line.weights, **made)

    def _layer(self, rows: Sequence[Line | None], parameters: Parameters) -> dict[str, Any]:
        """Return the type and the options of a line that is a layer."""
        kind = parameters.expressed("act", "type", [ANYTHING if row is None else row.type for row in rows])
        first = next(row.type for row in rows if row is not None)
        channels = [None if row is None else self.channels[row.number] for row in rows]
        given = [None if row is None else without_defaults(row.type, row.options) for row in rows]
        named = dict.fromkeys(name for options in given for name in options or ())
        written: dict[str, Any] = {}
        for name in sorted(named, key=lambda name: _place(name, _FOUND)):
            default = defaults_of(first).get(name)
            values = [ANYTHING if options is None else options.get(name, default) for options in given]
            written[name] = parameters.expressed(name, name, values, channels, default)
        ordered = sorted(named, key=lambda name: _place(name, _WRITTEN))
        return {"type": kind, "options": {name: written[name] for name in ordered}}

    def _call(self, modules: Sequence[Module | None], parameters: Parameters) -> dict[str, Any]:
        """Return the block that a line calls, and what it is given."""
        called = self._called(modules)
        options: dict[str, Any] = {}
        for parameter in called.parameters:
            values = _values(parameter.values, called, modules)
            channels = parameter.channels and _values(parameter.channels, called, modules)
            given = parameters.expressed(parameter.name, parameter.option, values, channels, parameter.plain)
            if repr(given) != repr(parameter.default):
                options[parameter.name] = given
        return {"type": called.name, "options": options}

    def _repeat(self, rows: Sequence[Line | None], parameters: Parameters) -> dict[str, Any]:
        """Return a repeat: what is repeated, how often, with what, and what differs in the first."""
        repeats = [() if row is None else self.kinds.repetitions(row) for row in rows]
        times = parameters.expressed("times", "repeat", [len(lines) or ANYTHING for lines in repeats])
        starts = [lines[0] if lines else None for lines in repeats]
        others = [lines[-1] if lines else None for lines in repeats]
        modules = [*map(_module, starts)]
        if any(modules):
            made = self._repeated_call(modules, [*map(_module, others)], parameters)
        else:
            made = self._repeated_layer(starts, others, parameters)
        return {**made, "repeat": times}

    def _repeated_call(
        self, starts: Sequence[Module | None], others: Sequence[Module | None], parameters: Parameters
    ) -> dict[str, Any]:
        """Return what the repetitions of a block are given, but for the first."""
        called = self._called(starts)
        options: dict[str, Any] = {}
        first: dict[str, Any] = {}
        for parameter in called.parameters:
            name, option, plain = parameter.name, parameter.option, parameter.plain
            usual = _values(parameter.values, called, others)
            given = parameters.expressed(name, option, usual, None, plain)
            if repr(given) != repr(parameter.default):
                options[name] = given
            start = _values(parameter.values, called, starts)
            if repr(start) != repr(usual):
                first[name] = parameters.expressed(name, option, start, None, plain)
        return {"type": called.name, "options": options, "first": first}

    def _repeated_layer(
        self, starts: Sequence[Line | None], others: Sequence[Line | None], parameters: Parameters
    ) -> dict[str, Any]:
        """Return the options of a layer that is repeated, and those of the first that differ."""
        made, start = self._layer(others, parameters), self._layer(starts, parameters)
        usual, own = made["options"], start["options"]
        defaults = defaults_of(next(line.type for line in others if line is not None))
        first = {
            name: own.get(name, defaults.get(name))
            for name in {**usual, **own}
            if repr(own.get(name, defaults.get(name))) != repr(usual.get(name, defaults.get(name)))
        }
        return {**made, "first": first}

    def _called(self, modules: Sequence[Module | None]) -> _Made:
        module = next(module for module in modules if module is not None)
        return self.made[id(self.kinds.of(module))]


def _module(line: Line | None) -> Module | None:
    return None if line is None else line.module


def _values(values: Sequence[Any], called: _Made, modules: Sequence[Module | None]) -> list[Any]:
    """Return the values that modules have for a parameter of the block that they call."""
    return [ANYTHING if module is None else values[called.places[id(module)]] for module in modules]


def _place(option: str, order: Sequence[str]) -> int:
    return order.index(option) if option in order else len(order)


def _flag(name: str, kind: Any) -> str:
    """Return what to call the parameter that says whether a line is there."""
    if kind == "add":
        return "residual"
    if name in _SHORTCUTS:
        return "project"
    cleaned = "".join(each if each.isalnum() and each.isascii() else "_" for each in name)[:24]
    if cleaned[:1].isalpha() and cleaned not in _TAKEN:
        return cleaned
    return kind if isinstance(kind, str) and kind not in _TAKEN else "active"
