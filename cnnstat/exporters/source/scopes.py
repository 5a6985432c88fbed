"""The scopes of a network: which entry of which list became what, with all values that it was given.

A graph is flat. A class is made of a block as it is written, so each call of a block is walked again beside
the layers that it became: its parameters, its inputs, and its entries with what they stand for.
"""

from __future__ import annotations

from collections import ChainMap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from cnnstat.graph.names import Names
from cnnstat.graph.nodes import LayerNode
from cnnstat.graph.scope import merge
from cnnstat.spec.channels import Channels
from cnnstat.spec.model import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnnstat.graph.model import Graph
    from cnnstat.spec.model import Entry, Option, Reference
    from cnnstat.spec.values import Value


@dataclass(eq=False)
class Item:
    """What an entry became, in one of its repetitions or as it is: a layer, or a call of a block.

    ``inputs`` are numbers of nodes, ``options`` what is written for it, ``params`` those in scope where it
    is written.
    """

    inputs: tuple[int, ...]
    options: tuple[Option, ...]
    params: Mapping[str, Value]
    index: int | None
    made: LayerNode | Scope
    output: int
    outputs: dict[str, int]
    start: int
    stop: int


@dataclass(eq=False)
class Member:
    """An entry that is present, by its place among the entries, with its items."""

    position: int
    entry: Entry
    name: str
    kind: str
    items: list[Item]
    references: tuple[Reference, ...] | None

    @property
    def output(self) -> int:
        """Return the node that it stands for."""
        return self.items[-1].output


@dataclass(eq=False)
class Scope:
    """A list of entries under one set of parameters: the network itself, or a call of a block."""

    block: str | None
    path: str
    entries: tuple[Entry, ...]
    input_names: tuple[str, ...]
    inputs: tuple[int, ...]
    params: Mapping[str, Value]
    members: list[Member] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    output: int = 0
    outputs: dict[str, int] = field(default_factory=dict)
    """``names``: of each entry by its place, also of those that are left out."""


Made: TypeAlias = LayerNode | Scope


class _Walk:
    """The entries of a network, gone through as they were unfolded."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.blocks = graph.spec.family.blocks
        self.nodes = {node.path: node for node in graph.layers}
        self.groups = {group.path: group for group in graph.groups}
        self.known = {path: node.number for path, node in self.nodes.items()}
        for group in graph.groups:
            self.known[group.path] = group.output
            self.known.update((f"{group.path}.{name}", number) for name, number in group.outputs)

    def scope(self, scope: Scope) -> Scope:
        prefix = f"{scope.path}." if scope.path else ""
        names = Names(scope.entries, scope.input_names)
        for number, name in zip(scope.inputs, scope.input_names, strict=True):
            names.add(name, number, None, present=True)
        names.above = scope.inputs[0]
        for position, entry in enumerate(scope.entries):
            kind = str(resolve(entry.type.value, scope.params))
            name = entry.name or names.numbered(kind)
            scope.names[position] = name
            inputs = tuple(self.inputs(entry, names, prefix))
            if entry.when is not None and not resolve(entry.when.value, scope.params):
                names.add(name, inputs[0], entry, present=False)
                continue
            items: list[Item] = []
            times = None if entry.repeat is None else resolve(entry.repeat.value, scope.params)
            for index in (None,) if times is None else range(int(str(times))):
                path = prefix + (name if index is None else f"{name}.{index}")
                item = self.item(entry, kind, path, inputs, index, scope.params)
                items.append(item)
                inputs = self.carried(kind, inputs, item)
            scope.members.append(Member(position, entry, name, kind, items, entry.inputs))
            names.add(name, items[-1].output, entry, present=True)
        group = self.groups.get(scope.path)
        scope.output = group.output if group else names.above
        scope.outputs = dict(group.outputs) if group else {}
        return scope

    def carried(self, kind: str, inputs: tuple[int, ...], item: Item) -> tuple[int, ...]:
        inputs = (item.output, *inputs[1:])
        if kind not in self.blocks:
            return inputs
        return tuple(
            item.outputs.get(n, number) for n, number in zip(self.blocks[kind].inputs, inputs, strict=True)
        )

    def inputs(self, entry: Entry, names: Names, prefix: str) -> Iterator[int]:
        if entry.inputs is None:
            yield names.above
            return
        for reference in entry.inputs:
            for name in self.expanded(reference.name, prefix):
                number = names.get(name)
                yield self.known[prefix + name] if number is None else number

    def expanded(self, name: str, prefix: str) -> Iterator[str]:
        """Yield the names that one with ``*`` stands for."""
        head, star, tail = name.partition("*")
        if not star:
            yield name
            return
        index = 0
        while (one := f"{prefix}{head}{index}") in self.groups or one in self.nodes:
            yield from self.expanded(f"{head}{index}{tail}", prefix)
            index += 1

    def item(
        self,
        entry: Entry,
        kind: str,
        path: str,
        inputs: tuple[int, ...],
        index: int | None,
        params: Mapping[str, Value],
    ) -> Item:
        options = entry.options
        if index is not None:
            params = ChainMap({"index": index}, params)  # type: ignore[arg-type]
            options = merge(options, entry.first) if index == 0 else options
        if kind not in self.blocks:
            node = self.nodes[path]
            return Item(inputs, options, params, index, node, node.number, {}, node.number, node.number + 1)
        group, block = self.groups[path], self.blocks[kind]
        within = ChainMap({"in": Channels()}, params)  # type: ignore[arg-type]
        given = {option.name: resolve(option.value, within) for option in options}
        scoped = ChainMap(given, block.params, self.graph.spec.params)
        scope = self.scope(Scope(kind, path, block.layers, block.inputs, inputs, scoped))
        outputs = dict(group.outputs)
        return Item(inputs, options, params, index, scope, group.output, outputs, group.start, group.stop)


def scopes_of(graph: Graph) -> Scope:
    """Return a network as its scopes."""
    walk, spec = _Walk(graph), graph.spec
    numbers = tuple(node.number for node in graph.inputs)
    names = tuple(node.path for node in graph.inputs)
    return walk.scope(Scope(None, "", spec.family.layers, names, numbers, ChainMap(spec.params)))


def scopes_within(scope: Scope) -> Iterator[Scope]:
    """Yield a scope and all those within it."""
    yield scope
    for member in scope.members:
        for item in member.items:
            if isinstance(item.made, Scope):
                yield from scopes_within(item.made)
