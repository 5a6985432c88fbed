"""A list of entries, gone through from top to bottom under one set of parameters."""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING

from cnnstat.base.limits import MAX_NESTING, PARTS
from cnnstat.base.text import listed, plural
from cnnstat.graph.names import Names
from cnnstat.graph.nodes import Group, LayerNode
from cnnstat.graph.problems import Skip
from cnnstat.graph.template import Call, Template
from cnnstat.graph.values import Values
from cnnstat.layers import LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnstat.graph.catalogue import Catalogue
    from cnnstat.graph.values import Params
    from cnnstat.spec.expression import Value
    from cnnstat.spec.model import Block, Entry, Option, Reference

_SCOPE_STEPS = 5  # what a new template costs beside its layers


class Scope:
    """One list of entries: the network itself, or a block with given arguments.

    ``stack`` are the blocks that this scope stands in, the outermost first.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        entries: tuple[Entry, ...],
        inputs: tuple[str, ...],
        params: Params,
        stack: tuple[str, ...],
    ) -> None:
        self.catalogue = catalogue
        self.problems = catalogue.problems
        self.entries = entries
        self.values = Values(params, catalogue.problems)
        self.stack = stack
        self.arity = len(inputs)
        self.layers: list[LayerNode] = []
        self.groups: list[Group] = []
        self.names = Names(entries, inputs)
        self.paths: dict[str, int] = {}
        self.indexed = (0, 0)  # how many layers and groups `paths` has

    def unfold(self) -> Template:
        """Return the entries as layers. Those with a problem are passed over; the problem is noted."""
        for position, entry in enumerate(self.entries):
            self.problems.count(entry.span)
            try:
                self.add(entry)
            except Skip:  # a name stands for the entry all the same, so that who reads it is not wrong, too
                self.names.add(entry.name or f"({position})", self.names.above, present=True)
        return Template(tuple(self.layers), tuple(self.groups), self.names.above)

    @property
    def next_number(self) -> int:
        """Return the number of the next layer."""
        return self.arity + len(self.layers)

    # -- one entry ---------------------------------------------------------------------------------

    def add(self, entry: Entry) -> None:
        """Add what an entry stands for: nothing, a layer, a block, or repetitions of one of these."""
        kind = self.kind(entry)
        name = entry.name or self.names.numbered(kind)
        inputs = self.inputs(entry)
        if not self.values.truth(entry.when, default=True):
            self.names.add(name, inputs[0], present=False)
            return
        if self.names.present(name):
            self.problems.refuse("name/duplicate", f"the name '{name}' is taken in this scope", entry.span)
        start = self.next_number
        for index in self.repetitions(entry.repeat):
            output = self.place(self.call(entry, kind, name, inputs, index))
            inputs = (output, *inputs[1:])
        if entry.repeat is not None:
            self.groups.append(Group(name, kind, start, self.next_number, output, entry, None))
        self.names.add(name, output, present=True)

    def kind(self, entry: Entry) -> str:
        """Return a layer type or a block's name; where it is written out, it has been checked."""
        kind = self.values.word(entry.type)
        if not isinstance(entry.type.value, str) and not self.catalogue.check_entry(entry, kind):
            raise Skip
        return kind

    def repetitions(self, repeat: Option | None) -> Iterator[int | None]:
        """Yield the index of each repetition; None once for what is not repeated."""
        if repeat is None:
            yield None
            return
        for index in range(self.values.times(repeat)):
            self.problems.count(repeat.span)
            yield index

    def call(self, entry: Entry, kind: str, name: str, inputs: tuple[int, ...], index: int | None) -> Call:
        """Return what an entry asks for, in one of its repetitions or as it is."""
        path, options, values = name, entry.options, self.values
        if index is not None:
            path, values = f"{name}.{index}", values.repetition(index)
            options = merged(options, entry.first) if index == 0 else options
        arguments = values.arguments(options)
        frozen = values.truth(entry.frozen, default=False)
        return Call(entry, kind, path, inputs, arguments, frozen, index)

    # -- one call ----------------------------------------------------------------------------------

    def place(self, call: Call) -> int:
        """Put the layers of a call behind those so far; return the number of its output."""
        self.problems.count(call.entry.span, len(call.inputs) // PARTS)
        if call.kind in LAYERS:
            return self.place_layer(call)
        return self.place_block(call, self.catalogue.blocks[call.kind])

    def place_layer(self, call: Call) -> int:
        """Add a layer; return its number."""
        layer, faults = self.catalogue.layer(call.kind, call.arguments)
        for fault in faults:
            self.problems.note(fault, call.entry.span_of(fault.field))
        self.check_arity(call)
        if layer is None:
            raise Skip
        entry, number = call.entry, self.next_number
        self.layers.append(
            LayerNode(
                number, call.path, call.kind, layer, call.inputs, number, entry, call.frozen, call.index
            )
        )
        return number

    def check_arity(self, call: Call) -> None:
        """Refuse a layer that reads too few or too many others."""
        least, most = LAYERS[call.kind].arity
        got = len(call.inputs)
        if got < least or (most and got > most):
            wanted = f"{least}" if least == most else f"{least} to {most}" if most else f"{least} or more"
            inputs = plural("input", most)
            message = f"{call.kind} needs {wanted} {inputs}, got {got}; name them with 'from: [...]'"
            self.problems.refuse("graph/arity", message, call.entry.span)

    def place_block(self, call: Call, block: Block) -> int:
        """Add the layers of a block; return the number of its output."""
        self.check_block(call, block)
        template = self.template(block, call.arguments)
        self.problems.count(call.entry.span, template.steps)
        placed = template.called(call, self.next_number)
        self.layers += placed.layers
        self.groups += placed.groups
        return placed.output

    def check_block(self, call: Call, block: Block) -> None:
        """Refuse a call of a block that stands in itself or too deep, or lacks parameters or inputs."""
        name, span = block.name, call.entry.span
        if name in self.stack:
            chain = " -> ".join((*self.stack[self.stack.index(name) :], name))
            self.problems.refuse("block/recursion", f"the block '{name}' contains itself: {chain}", span)
        if len(self.stack) >= MAX_NESTING:
            self.problems.refuse("block/nesting", f"blocks nest more than {MAX_NESTING} deep", span)
        missing = [f"'{param}:'" for param in block.required if param not in call.arguments]
        if missing:
            message = f"the block '{name}' needs {listed(missing, ' and ')}"
            self.problems.refuse("block/missing-parameter", message, span)
        if len(call.inputs) != len(block.inputs):
            count = len(block.inputs)
            wanted = f"{count} {plural('input', count)} ({listed(block.inputs)})"
            message = f"the block '{name}' has {wanted}, got {len(call.inputs)}"
            self.problems.refuse("graph/arity", message, span)

    def template(self, block: Block, arguments: dict[str, Value]) -> Template:
        """Return what a block unfolds to with these arguments, which is worked out once."""
        made, key = self.catalogue.templates, self.catalogue.asked(block.name, arguments)
        if key not in made:
            self.problems.count(block.span, _SCOPE_STEPS)
            params = ChainMap(arguments, block.params, self.catalogue.spec.params)
            stack = (*self.stack, block.name)
            with self.problems.template(key):
                made[key] = Scope(self.catalogue, block.layers, block.inputs, params, stack).unfold()
        else:
            self.problems.again(key)
        return made[key]

    # -- references --------------------------------------------------------------------------------

    def inputs(self, entry: Entry) -> tuple[int, ...]:
        """Return what an entry reads: the layer above, where it names nothing."""
        if entry.inputs is None:
            return (self.names.above,)
        return tuple(self.find(reference, entry) for reference in entry.inputs)

    def find(self, reference: Reference, reader: Entry | None = None) -> int:
        """Return the number that a name stands for."""
        number = self.names.get(reference.name)
        if number is None and "." in reference.name:
            number = self.within(reference.name)
        if number is None:
            fault = self.names.unknown(reference.name, reader)
            self.problems.refuse(fault.code, fault.message, reference.span)
        return number

    def left_out(self, reference: Reference) -> bool:
        """Say whether a layer of this name exists and `when` leaves it out."""
        known = self.names.get(reference.name) is not None
        return known and not self.names.present(reference.name)

    def within(self, path: str) -> int | None:
        """Return the number of a layer or group inside a block: ``layer2.0.conv1``."""
        for node in self.layers[self.indexed[0] :]:
            self.paths[node.path] = node.number
        for group in self.groups[self.indexed[1] :]:
            self.paths[group.path] = group.output
        self.indexed = (len(self.layers), len(self.groups))
        return self.paths.get(path)


def merged(options: Iterable[Option], first: tuple[Option, ...]) -> tuple[Option, ...]:
    """Return options with those of ``first`` in their place or added."""
    overriding = {option.name for option in first}
    return (*(option for option in options if option.name not in overriding), *first)
