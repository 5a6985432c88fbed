"""The tree of a model's modules -> blocks with parameters, and the network's own lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cnnstat.importers.entries import Block, Entry, Needed
from cnnstat.importers.folding.block_names import name_of
from cnnstat.importers.folding.kinds import Kind, Kinds
from cnnstat.importers.folding.options import defaults_of, without_defaults
from cnnstat.importers.folding.parameters import ANYTHING, Parameter, Parameters
from cnnstat.importers.folding.shapes import channels_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.importers.block_names import BlockNames
    from cnnstat.importers.draft import Draft
    from cnnstat.importers.folding.slots import Slot
    from cnnstat.importers.tree import Line, Module, Tree

_ORDER = ("filters", "units", "kernel", "stride", "dilation", "padding")
"""Options in the order in which parameters are found for them: a padding follows from a kernel."""
_PLACES = ("filters", "units", "kernel", "stride", "padding", "dilation", "groups")
"""Options in the order in which they are written."""


class _Made(Struct):
    """The block that a kind has become."""

    name: str
    parameters: list[Parameter]
    index: dict[int, int]


class Folded(Struct, frozen=True):
    """Blocks, those that others call first, and the network's lines."""

    blocks: tuple[Block, ...]
    entries: tuple[Entry, ...]


def folded(draft: Draft, found: Tree, names: BlockNames) -> Folded:
    """Return a draft with its modules folded."""
    return _Folder(draft, found.root, names).folded()


class _Folder:
    def __init__(self, draft: Draft, root: Module, names: BlockNames) -> None:
        self.channels = channels_in(draft)
        self.kinds = Kinds(root)
        self.root, self.names = root, names
        self.made: dict[int, _Made] = {}
        self.blocks: list[Block] = []

    def folded(self) -> Folded:
        """Return all blocks, and the lines of the network."""
        entries: tuple[Entry, ...] = ()
        called = {
            id(kind): self.names.new(name_of(kind, repeated=self.kinds.in_repeats(kind)))
            for kind in reversed(self.kinds.every)
            if kind.modules[0] is not self.root
        }
        for kind in self.kinds.every:
            parameters = Parameters()
            entries = tuple(self._entry(slot, kind, parameters) for slot in kind.slots)
            if kind.modules[0] is self.root:
                continue
            parameters.settle()
            name = called[id(kind)]
            ordered = sorted(parameters.found, key=lambda each: each.default != Needed())
            defaults = {each.name: each.default for each in ordered}
            self.blocks.append(Block(name=name, entries=entries, inputs=kind.inputs, params=defaults))
            index = {id(module): number for number, module in enumerate(kind.modules)}
            self.made[id(kind)] = _Made(name, ordered, index)
        return Folded(tuple(self.blocks), entries)

    def _entry(self, slot: Slot, kind: Kind, parameters: Parameters) -> Entry:
        """Return a line of a kind's block."""
        rows = [
            next((line for line in module.lines if self.kinds.key(line) == slot.key), None)
            for module in kind.modules
        ]
        lines = [line for line in rows if line is not None]
        entry = self._layer if lines[0].module is None else self._call
        repeats = [() if line is None else self.kinds.repetitions(line) for line in rows]
        made = self._repeat(rows, repeats, parameters) if any(repeats) else entry(rows, parameters)
        when = ""
        if len(lines) < len(rows):
            when = parameters.condition(_flag(slot.name, made["type"]), [line is not None for line in rows])
        return Entry(
            name=slot.name,
            reads=slot.reads,
            when=when,
            weights=lines[0].weights,
            **made,
        )

    def _layer(self, rows: Sequence[Line | None], parameters: Parameters) -> dict[str, Any]:
        """Return the type and the options of a line that is a layer."""
        types = [ANYTHING if line is None else line.type for line in rows]
        kind, _ = parameters.expressed("act", "type", types)
        first = next(line.type for line in rows if line is not None)
        channels = [None if line is None else self.channels[line.number] for line in rows]
        given = [None if line is None else without_defaults(line.type, line.options) for line in rows]
        named = dict.fromkeys(name for options in given for name in options or ())
        written: dict[str, Any] = {}
        for name in sorted(named, key=_order):
            default = defaults_of(first).get(name)
            values = [ANYTHING if options is None else options.get(name, default) for options in given]
            written[name], _ = parameters.expressed(name, name, values, channels, default)
        return {"type": kind, "options": {name: written[name] for name in sorted(named, key=_place)}}

    def _call(self, rows: Sequence[Line | None], parameters: Parameters) -> dict[str, Any]:
        """Return the block that a line calls, and what it is given."""
        modules = [None if line is None else line.module for line in rows]
        called = self._called(modules)
        options: dict[str, Any] = {}
        for parameter in called.parameters:
            values = _values(parameter.values, called, modules)
            sites = None
            if parameter.channels is not None:
                sites = _values(parameter.channels, called, modules)
            self._give(options, parameter, values, parameters, sites)
        return {"type": called.name, "options": options}

    def _give(
        self,
        options: dict[str, Any],
        parameter: Parameter,
        values: list[Any],
        parameters: Parameters,
        channels: list[Any] | None,
    ) -> None:
        """Add what a parameter of a block is given to the options of its call, unless that is its default."""
        given, _ = parameters.expressed(parameter.name, parameter.option, values, channels, parameter.plain)
        if repr(given) != repr(parameter.default):
            options[parameter.name] = given

    def _repeat(
        self, rows: Sequence[Line | None], repeats: Sequence[Sequence[Line]], parameters: Parameters
    ) -> dict[str, Any]:
        """Return a repeat: what is repeated, how often, with what, and what differs in the first."""
        count, _ = parameters.expressed(
            "repeat_times", "repeat", [len(lines) if lines else ANYTHING for lines in repeats]
        )
        firsts = [lines[0] if lines else None for lines in repeats]
        others = [lines[-1] if lines else None for lines in repeats]
        if any(line is not None and line.module is None for line in firsts):
            return self._repeated_layer(firsts, others, parameters) | {"repeat": count}
        called = self._called([line and line.module for line in firsts])
        options: dict[str, Any] = {}
        first: dict[str, Any] = {}
        for parameter in called.parameters:
            usual = _values(parameter.values, called, [line and line.module for line in others])
            self._give(options, parameter, usual, parameters, None)
            start = _values(parameter.values, called, [line and line.module for line in firsts])
            if repr(start) != repr(usual):
                first[parameter.name], _ = parameters.expressed(
                    parameter.name, parameter.option, start, None, parameter.plain
                )
        del rows
        return {"type": called.name, "repeat": count, "options": options, "first": first}

    def _repeated_layer(
        self, firsts: Sequence[Line | None], others: Sequence[Line | None], parameters: Parameters
    ) -> dict[str, Any]:
        made = self._layer(others, parameters)
        start = self._layer(firsts, parameters)
        assert made["type"] == start["type"]
        defaults = defaults_of(made["type"]) if isinstance(made["type"], str) else {}
        differing = {
            name: start["options"].get(name, defaults.get(name))
            for name in {**made["options"], **start["options"]}
            if repr(start["options"].get(name)) != repr(made["options"].get(name))
        }
        return {**made, "first": differing}

    def _called(self, modules: Sequence[Module | None]) -> _Made:
        module = next(module for module in modules if module is not None)
        return self.made[id(self.kinds.of(module))]


def _values(values: Sequence[Any], called: _Made, modules: Sequence[Module | None]) -> list[Any]:
    return [ANYTHING if module is None else values[called.index[id(module)]] for module in modules]


def _order(option: str) -> int:
    return _ORDER.index(option) if option in _ORDER else len(_ORDER)


def _place(option: str) -> int:
    return _PLACES.index(option) if option in _PLACES else len(_PLACES)


def _flag(name: str, kind: Any) -> str:
    """Return what to call the parameter that says whether a line is there."""
    if kind == "add":
        return "residual"
    if name in ("downsample", "shortcut", "proj", "projection"):
        return "project"
    cleaned = "".join(each if each.isalnum() else "_" for each in name)
    if not cleaned[:1].isalpha() or not cleaned.isascii() or cleaned in _TAKEN:
        return str(kind) if isinstance(kind, str) and kind not in _TAKEN else "active"
    return cleaned[:24]


_TAKEN = (
    "type",
    "name",
    "from",
    "weights",
    "when",
    "repeat",
    "first",
    "frozen",
    "unused",
    "expect",
    "budget",
    "in",
    "index",
)
