"""A list of entries, gone through from top to bottom under one set of parameters."""

from __future__ import annotations

from collections import ChainMap
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING

from cnnstat.base.errors import Fault
from cnnstat.base.limits import PARTS
from cnnstat.graph.call import Call, check_arity, check_block
from cnnstat.graph.names import Names
from cnnstat.graph.nodes import Group, LayerNode
from cnnstat.graph.paths import Paths
from cnnstat.graph.problems import Skip
from cnnstat.graph.references import References
from cnnstat.graph.template import Contents, Placed, Template
from cnnstat.graph.values import Values
from cnnstat.graph.weights import borrow
from cnnstat.spec.model import reads

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cnnstat.graph.catalogue import Asked, Catalogue
    from cnnstat.graph.nodes import Outputs
    from cnnstat.graph.values import Params
    from cnnstat.spec.model import Block, Entry, Option, Reference
    from cnnstat.spec.values import Value

SCOPE_STEPS = 5
"""What a new template costs beside its layers."""


class Scope:
    """One list of entries: the network itself, or a block with given arguments.

    ``stack`` are the calls of blocks that this scope stands in, the outermost first.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        entries: tuple[Entry, ...],
        inputs: tuple[str, ...],
        params: Params,
        stack: tuple[Asked, ...],
    ) -> None:
        self.catalogue = catalogue
        self.problems = catalogue.problems
        self.entries = entries
        self.values = Values(params, catalogue.problems)
        self.stack = stack
        self.arity = len(inputs)
        self.contents = Contents()
        self._repeated: tuple[Entry, dict[str, Value]] | None = None
        self.names = Names(entries, inputs)
        paths = Paths(self.contents, self.arity)
        self.references = References(self.names, paths, catalogue.problems)

    def unfold(self, outputs: Mapping[str, Reference] = MappingProxyType({})) -> Template:
        """Return the entries as layers, and the outputs that have names.

        Entries with a problem are passed over; the problem is noted.
        """
        for position, entry in enumerate(self.entries):
            self.problems.count(entry.span)
            try:
                self.add(entry)
            except Skip:  # a name stands for the entry all the same, so that who reads it is not wrong, too
                self.names.add(entry.name or f"({position})", self.names.above, entry, present=True)
        named = tuple(self.named_outputs(outputs))
        output = named[0][1] if named else self.names.above
        return Template(self.contents, output, named)

    def named_outputs(self, outputs: Mapping[str, Reference]) -> Iterator[tuple[str, int]]:
        """Yield each named output of a block with its number."""
        for name, reference in outputs.items():
            with suppress(Skip):
                number = self.references.find(reference)
                if (self.names.get(name) or 0) >= self.arity and self.names.get(name) != number:
                    message = f"the output '{name}' has the name of another layer of this block"
                    self.problems.refuse("name/duplicate", message, reference.span)
                yield name, number

    @property
    def next_number(self) -> int:
        """Return the number of the next layer."""
        return self.arity + self.contents.count

    # -- one entry ---------------------------------------------------------------------------------

    def add(self, entry: Entry) -> None:
        """Add what an entry stands for: nothing, a layer, a block, or repetitions of one of these."""
        kind = self.kind(entry)
        name = entry.name or self.names.numbered(kind)
        inputs = self.references.inputs(entry)
        if not self.values.truth(entry.when, default=True):
            self.names.add(name, inputs[0], entry, present=False)
            return
        if self.names.present(name):
            message = f"the name '{name}' is taken {self.names.taker(name)}"
            self.problems.refuse("name/duplicate", message, entry.name_span)
        start = self.next_number
        for index in self.repetitions(entry.repeat):
            output, outputs = self.place(self.call(entry, kind, name, inputs, index))
            inputs = self.carried(kind, inputs, output, dict(outputs))
        if entry.repeat is not None:
            whole = Group(name, kind, start, self.next_number, output, outputs, entry, None)
            self.contents.add(whole)
        self.names.add(name, output, entry, present=True)

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

    def carried(
        self, kind: str, inputs: tuple[int, ...], output: int, outputs: Mapping[str, int]
    ) -> tuple[int, ...]:
        """Return what the next repetition reads: the output at the first input, named ones at theirs."""
        inputs = (output, *inputs[1:])
        if kind not in self.catalogue.blocks:
            return inputs
        names = self.catalogue.blocks[kind].inputs
        return tuple([outputs.get(name, number) for name, number in zip(names, inputs, strict=True)])

    def call(self, entry: Entry, kind: str, name: str, inputs: tuple[int, ...], index: int | None) -> Call:
        """Return what an entry asks for, in one of its repetitions or as it is."""
        path, options, values = name, entry.options, self.values
        if index is not None:
            path, values = f"{name}.{index}", values.repetition(index)
            options = merge(options, entry.first) if index == 0 else options
        arguments = self._arguments(entry, options, values, index)
        frozen = values.truth(entry.frozen, default=False)
        lenders = self.references.lenders(entry, name, index)
        return Call(entry, kind, path, inputs, arguments, frozen, index, lenders)

    def _arguments(
        self, entry: Entry, options: tuple[Option, ...], values: Values, index: int | None
    ) -> dict[str, Value]:
        """Return what a call is given; repetitions that no option tells apart are given the same."""
        if not index:
            return values.arguments(options)
        if self._repeated is None or self._repeated[0] is not entry:
            arguments = values.arguments(options)
            if not any(reads(option.value, "index") for option in options):
                self._repeated = entry, arguments
            return arguments
        return self._repeated[1]

    # -- one call ----------------------------------------------------------------------------------

    def place(self, call: Call) -> tuple[int, Outputs]:
        """Put the layers of a call behind those so far; return its output, and those that have names."""
        self.problems.count(call.entry.span, len(call.inputs) // PARTS)
        if call.kind in self.catalogue.blocks:
            return self.place_block(call, self.catalogue.blocks[call.kind])
        return self.place_layer(call), ()

    def place_layer(self, call: Call) -> int:
        """Add a layer; return its number."""
        self.catalogue.placed.add(id(call.entry))
        layer, faults = self.catalogue.layer(call.kind, call.arguments)
        for fault in faults:
            self.problems.note(self._with_param(fault, call), call.entry.span_of(fault.field))
        check_arity(call, self.catalogue.kinds[call.kind], self.problems)
        if layer is None:
            raise Skip
        entry, number = call.entry, self.next_number
        node = LayerNode(
            number, call.path, call.kind, layer, call.inputs, number, entry, call.frozen, call.index
        )
        self.contents.add(*borrow((node,), call, self.problems))
        return number

    def _with_param(self, fault: Fault, call: Call) -> Fault:
        """Add to what is wrong with a word that it names a parameter, if it does."""
        word = next((each.value for each in call.entry.options if each.name == fault.field), None)
        if not isinstance(word, str) or word not in self.values.params:
            return fault
        return Fault(f"{fault.message}; did you mean ${word}?", code=fault.code, field=fault.field)

    def place_block(self, call: Call, block: Block) -> tuple[int, Outputs]:
        """Add the layers of a block; return its output, and those that have names."""
        asked = self.catalogue.asked(block.name, call.arguments)
        check_block(call, block, asked, self.stack, self.problems)
        template = self.template(call, block, asked)
        self.problems.count(call.entry.span, template.contents.steps)
        placed = Placed(template, call, self.next_number)
        if call.lenders:
            self.contents.add_made(borrow(placed.layers, call, self.problems), placed.groups)
        else:
            self.contents.add(placed)
        return placed.output, placed.outputs

    def template(self, call: Call, block: Block, asked: Asked) -> Template:
        """Return what a block unfolds to with a call's arguments, which is worked out once."""
        made = self.catalogue.templates
        if asked not in made:
            self.problems.count(block.span, SCOPE_STEPS)
            params = ChainMap(call.arguments, block.params, self.catalogue.spec.params)
            scope = Scope(self.catalogue, block.layers, block.inputs, params, (*self.stack, asked))
            with self.problems.template(asked):
                made[asked] = scope.unfold(block.outputs)
        else:
            self.problems.again(asked)
        return made[asked]


def merge(options: Iterable[Option], first: tuple[Option, ...]) -> tuple[Option, ...]:
    """Return options with those of ``first`` in their place or added."""
    overriding = {option.name for option in first}
    return (*(option for option in options if option.name not in overriding), *first)
