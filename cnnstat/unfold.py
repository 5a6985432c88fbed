"""Blocks, repeats and conditions unfolded: from the entries of a spec to a flat list of layers.

A block with given arguments unfolds to one `Template`, whose layers know their inputs by number and the
block's own inputs by negative numbers (-1 the first). A template is made once for each set of arguments;
an instance only prefixes the paths and shifts the numbers, so ten thousand equal blocks cost little.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from msgspec import Struct

from cnnstat.errors import Misfit, Problem, SpecError, suggestion
from cnnstat.layers import LAYERS
from cnnstat.layers.reader import option_names, read_layer, unknown_option
from cnnstat.limits import MAX_LAYERS, MAX_NESTING, MAX_PROBLEMS
from cnnstat.names import Names
from cnnstat.spec.expression import Channels, show_value, truth
from cnnstat.spec.model import resolve
from cnnstat.synonyms import meant

if TYPE_CHECKING:
    from cnnstat.errors import Span
    from cnnstat.layers.base import Layer
    from cnnstat.spec.expression import Value
    from cnnstat.spec.model import Block, Entry, Option, Reference, Spec


class Node(Struct, frozen=True):
    """One layer in its place: its path, what it reads (numbers of nodes, negative for inputs).

    ``frozen``: training leaves its parameters as they are. ``index``: of a repeat, which repetition it is.
    """

    path: str
    type: str
    layer: Layer
    inputs: tuple[int, ...]
    entry: Entry
    frozen: bool
    index: int | None


class Group(Struct, frozen=True):
    """The nodes ``start`` to ``stop`` (not included) of a block instance or of a whole repeat.

    ``index``: of a repeat, which repetition it is; the whole repeat has none.
    """

    path: str
    type: str
    start: int
    stop: int
    output: int
    entry: Entry
    index: int | None


class Template(Struct, frozen=True):
    """A block unfolded: its layers, the groups within it, and the number of its output."""

    nodes: tuple[Node, ...]
    groups: tuple[Group, ...]
    output: int


def unfold(spec: Spec) -> tuple[Template, tuple[int, ...]]:
    """Return the network's layers and the numbers of its outputs.

    Raises:
        SpecError: with every problem in types, options, parameters and references.
    """
    unfolder = _Unfolder(spec)
    unfolder.check_definitions()
    if unfolder.problems:
        raise SpecError(unfolder.problems)
    scope = _Scope(unfolder, spec.layers, ("input",), spec.params, ())
    template = scope.unfold()
    outputs: list[int] = []
    for reference in spec.outputs:
        with suppress(_Skip):
            if not scope.left_out(reference):
                outputs.append(scope.find(reference))
    if unfolder.problems:
        raise SpecError(unfolder.problems)
    return template, tuple(outputs) or (template.output,)


_Call: TypeAlias = tuple[str, str]
"""A block or a layer type, and its arguments as `repr` shows them: to Python, 1 and True are equal."""


_SCOPE_STEPS = 5  # what a new template costs beside its layers


class _Unfolder:
    """What all scopes of one spec share: the blocks, the templates made so far, and the problems."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.blocks = spec.blocks
        self.problems: list[Problem] = []
        self.told: set[tuple[str, str | None, int, int]] = set()
        self.templates: dict[_Call, Template] = {}
        self.layers: dict[_Call, tuple[Layer | None, list[Misfit]]] = {}
        self.steps = 0

    def problem(self, misfit: Misfit, span: Span) -> None:
        """Note a problem; what is wrong at one place for many calls of a block is told of the first."""
        place = (misfit.code, misfit.field, span.line, span.column)
        if place in self.told:
            return
        self.told.add(place)
        self.problems.append(Problem(misfit.code, misfit.message, span))
        if len(self.problems) >= MAX_PROBLEMS:
            raise SpecError(self.problems)

    def count(self, span: Span, steps: int = 1) -> None:
        """Count steps of unfolding, so that no spec unfolds for long."""
        self.steps += steps
        if self.steps > MAX_LAYERS:
            message = f"the network unfolds to more than {MAX_LAYERS:,} layers"
            raise SpecError([*self.problems, Problem("spec/too-large", message, span)])

    def check_definitions(self) -> None:
        """Check the types and option names of all entries, also of blocks that nobody uses."""
        for block in self.blocks.values():
            if block.name in LAYERS:
                taken = Misfit(f"'{block.name}' is a layer type and cannot name a block", code="block/name")
                self.problem(taken, block.span)
        for entries in (self.spec.layers, *(block.layers for block in self.blocks.values())):
            for entry in entries:
                if isinstance(entry.type.value, str):
                    self.check_entry(entry, entry.type.value)

    def check_entry(self, entry: Entry, kind: str) -> bool:
        """Check an entry's type and the names of its options."""
        if kind not in LAYERS and kind not in self.blocks:
            hint = suggestion(meant(kind), [*self.blocks, *LAYERS]) or "; 'cnnstat explain' lists them"
            message = f"unknown type '{kind}'{hint}"
            self.problem(Misfit(message, code="type/unknown"), entry.type.span)
            return False
        known = option_names(LAYERS[kind]) if kind in LAYERS else tuple(self.blocks[kind].params)
        unknown = [o for o in (*entry.options, *entry.first) if o.name not in known]
        for option in unknown:
            self.problem(unknown_option(option.name, known, f"'{kind}'"), option.key_span)
        return not unknown

    def layer(self, kind: str, options: dict[str, Value]) -> tuple[Layer | None, list[Misfit]]:
        """Return the layer with these options; equal ones are one layer, and its figures are told once."""
        key = (kind, repr(options))
        if key not in self.layers:
            self.layers[key] = read_layer(kind, LAYERS[kind], options)
        return self.layers[key]

    def template(self, block: Block, arguments: dict[str, Value], stack: tuple[str, ...]) -> Template:
        key = (block.name, repr(arguments))
        if key not in self.templates:
            self.count(block.span, _SCOPE_STEPS)
            params = self.spec.params | arguments
            scope = _Scope(self, block.layers, block.inputs, params, (*stack, block.name))
            self.templates[key] = scope.unfold()
        return self.templates[key]


class _Scope:
    """One list of entries under one set of parameters: the network itself, or a block."""

    def __init__(
        self,
        shared: _Unfolder,
        entries: tuple[Entry, ...],
        inputs: tuple[str, ...],
        params: dict[str, Value],
        stack: tuple[str, ...],
    ) -> None:
        self.shared = shared
        self.entries = entries
        self.params = params
        self.stack = stack
        self.nodes: list[Node] = []
        self.groups: list[Group] = []
        self.names = Names(entries, inputs)
        self.paths: dict[str, int] = {}
        self.indexed = (0, 0)  # how many nodes and groups `paths` has

    def unfold(self) -> Template:
        for position, entry in enumerate(self.entries):
            self.shared.count(entry.span)
            try:
                self.add(entry)
            except _Skip:
                assert self.shared.problems
                self.names.add(entry.name or f"({position})", self.names.above, present=True)
        return Template(tuple(self.nodes), tuple(self.groups), self.names.above)

    # -- one entry ---------------------------------------------------------------------------------

    def add(self, entry: Entry) -> None:
        kind = self.kind(entry)
        name = entry.name or self.names.numbered(kind)
        inputs = self.inputs(entry)
        if not self.condition(entry):
            self.names.add(name, inputs[0], present=False)
            return
        if self.names.present(name):
            self.fail(f"the name '{name}' is taken in this scope", "name/duplicate", entry.span)
        if entry.repeat is not None:
            output = self.repeat(entry, entry.repeat, kind, name, inputs)
        else:
            arguments = self.arguments(entry.options, self.params)
            frozen = self.frozen(entry, self.params)
            output = self.place(entry, kind, name, inputs, arguments, frozen=frozen, index=None)
        self.names.add(name, output, present=True)

    def repeat(self, entry: Entry, repeat: Option, kind: str, name: str, inputs: tuple[int, ...]) -> int:
        times = self.value(repeat, self.params)
        if not isinstance(times, int) or isinstance(times, bool) or not 1 <= times <= MAX_LAYERS:
            wanted = f"expected a whole number from 1 to {MAX_LAYERS:,}"
            self.fail(f"repeat: {wanted}, got {show_value(times)}", "option/value", repeat.span)
        start = len(self.nodes)
        for index in range(times):
            self.shared.count(repeat.span)
            params = self.params | {"index": index}
            options = merged(entry.options, entry.first) if index == 0 else entry.options
            arguments = self.arguments(options, params)
            frozen = self.frozen(entry, params)
            path = f"{name}.{index}"
            output = self.place(entry, kind, path, inputs, arguments, frozen=frozen, index=index)
            inputs = (output, *inputs[1:])
        self.groups.append(Group(name, kind, start, len(self.nodes), output, entry, None))
        return output

    def place(
        self,
        entry: Entry,
        kind: str,
        path: str,
        inputs: tuple[int, ...],
        arguments: dict[str, Value],
        *,
        frozen: bool,
        index: int | None,
    ) -> int:
        if kind in LAYERS:
            return self.place_layer(entry, kind, path, inputs, arguments, frozen=frozen, index=index)
        block = self.shared.blocks[kind]
        return self.place_block(entry, block, path, inputs, arguments, frozen=frozen, index=index)

    def place_layer(
        self,
        entry: Entry,
        kind: str,
        path: str,
        inputs: tuple[int, ...],
        arguments: dict[str, Value],
        *,
        frozen: bool,
        index: int | None,
    ) -> int:
        layer, misfits = self.shared.layer(kind, arguments)
        spans = {option.name: option.span for option in (*entry.options, *entry.first)}
        for misfit in misfits:
            self.shared.problem(misfit, spans.get(misfit.field or "", entry.span))
        least, most = LAYERS[kind].arity
        if len(inputs) < least or (most and len(inputs) > most):
            wanted = f"{least}" if least == most else f"{least} to {most}" if most else f"{least} or more"
            plural = "" if wanted == "1" else "s"
            message = f"{kind} needs {wanted} input{plural}, got {len(inputs)}; name them with 'from: [...]'"
            self.fail(message, "graph/arity", entry.span)
        if layer is None:
            raise _Skip
        self.nodes.append(Node(path, kind, layer, inputs, entry, frozen, index))
        return len(self.nodes) - 1

    def place_block(
        self,
        entry: Entry,
        block: Block,
        path: str,
        inputs: tuple[int, ...],
        given: dict[str, Value],
        *,
        frozen: bool,
        index: int | None,
    ) -> int:
        self.check_call(entry, block, inputs, given)
        arguments = {name: given.get(name, default) for name, default in block.params.items()}
        template = self.shared.template(block, arguments, self.stack)
        base = len(self.nodes)

        def outer(number: int) -> int:
            return base + number if number >= 0 else inputs[-1 - number]

        for node in template.nodes:
            self.shared.count(entry.span)
            shifted = tuple(outer(number) for number in node.inputs)
            held = frozen or node.frozen
            place = f"{path}.{node.path}"
            self.nodes.append(Node(place, node.type, node.layer, shifted, node.entry, held, node.index))
        output = outer(template.output)
        self.groups.append(Group(path, block.name, base, len(self.nodes), output, entry, index))
        for group in template.groups:
            self.shared.count(entry.span)
            self.groups.append(
                Group(
                    f"{path}.{group.path}",
                    group.type,
                    base + group.start,
                    base + group.stop,
                    outer(group.output),
                    group.entry,
                    group.index,
                )
            )
        return output

    def check_call(
        self, entry: Entry, block: Block, inputs: tuple[int, ...], given: dict[str, Value]
    ) -> None:
        if block.name in self.stack:
            chain = " -> ".join((*self.stack[self.stack.index(block.name) :], block.name))
            self.fail(f"the block '{block.name}' contains itself: {chain}", "block/recursion", entry.span)
        if len(self.stack) >= MAX_NESTING:
            self.fail(f"blocks nest more than {MAX_NESTING} deep", "block/nesting", entry.span)
        missing = [f"'{name}:'" for name in block.required if name not in given]
        if missing:
            message = f"the block '{block.name}' needs {' and '.join(missing)}"
            self.fail(message, "block/missing-parameter", entry.span)
        if len(inputs) != len(block.inputs):
            named = ", ".join(block.inputs)
            message = f"the block '{block.name}' has {len(block.inputs)} inputs ({named}), got {len(inputs)}"
            self.fail(message, "graph/arity", entry.span)

    # -- values of an entry ------------------------------------------------------------------------

    def kind(self, entry: Entry) -> str:
        kind = self.value(entry.type, self.params)
        if not isinstance(kind, str):
            self.fail(f"type: expected a word, got {show_value(kind)}", "option/value", entry.span)
        if not isinstance(entry.type.value, str) and not self.shared.check_entry(entry, kind):
            raise _Skip
        return kind

    def condition(self, entry: Entry) -> bool:
        return entry.when is None or self.truth(entry.when, self.params)

    def frozen(self, entry: Entry, params: dict[str, Value]) -> bool:
        return entry.frozen is not None and self.truth(entry.frozen, params)

    def truth(self, option: Option, params: dict[str, Value]) -> bool:
        try:
            return truth(self.value(option, params))
        except Misfit as misfit:
            self.fail(f"{option.name}: {misfit.message}", misfit.code, option.span)

    def arguments(self, options: tuple[Option, ...], params: dict[str, Value]) -> dict[str, Value]:
        scope = params | {"in": Channels()}
        return {option.name: self.value(option, scope) for option in options}

    def value(self, option: Option, params: dict[str, Value]) -> Value:
        try:
            return resolve(option.value, params)
        except Misfit as misfit:
            self.fail(misfit.message, misfit.code, option.span)

    # -- references --------------------------------------------------------------------------------

    def inputs(self, entry: Entry) -> tuple[int, ...]:
        if entry.inputs is None:
            return (self.names.above,)
        return tuple(self.find(reference, entry) for reference in entry.inputs)

    def find(self, reference: Reference, reader: Entry | None = None) -> int:
        number = self.names.get(reference.name)
        if number is None and "." in reference.name:
            number = self.within(reference.name)
        if number is None:
            misfit = self.names.unknown(reference.name, reader)
            self.fail(misfit.message, misfit.code, reference.span)
        return number

    def left_out(self, reference: Reference) -> bool:
        """Say whether a layer of this name exists and `when` leaves it out."""
        known = self.names.get(reference.name) is not None
        return known and not self.names.present(reference.name)

    def within(self, path: str) -> int | None:
        """Return the number of a layer or group inside a block: ``layer2.0.conv1``."""
        for number in range(self.indexed[0], len(self.nodes)):
            self.paths[self.nodes[number].path] = number
        for group in self.groups[self.indexed[1] :]:
            self.paths[group.path] = group.output
        self.indexed = (len(self.nodes), len(self.groups))
        return self.paths.get(path)

    def fail(self, message: str, code: str, span: Span) -> NoReturn:
        self.shared.problem(Misfit(message, code=code), span)
        raise _Skip


class _Skip(Exception):  # noqa: N818 - not an error: the problem is noted, the entry is passed over
    """The entry at hand has a problem; go on with the next."""


def merged(options: tuple[Option, ...], first: tuple[Option, ...]) -> tuple[Option, ...]:
    """Return options with those of ``first`` in their place or added."""
    overriding = {option.name: option for option in first}
    kept = tuple(option for option in options if option.name not in overriding)
    return kept + first
