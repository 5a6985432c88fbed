"""What is written in a spec: its entries, the parameters that they read, and where a value comes from."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cnnstat.spec.expression import Expression
from cnnstat.spec.model import Expressions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnstat.base.errors import Span
    from cnnstat.graph.model import Graph
    from cnnstat.graph.nodes import Group, LayerNode
    from cnnstat.spec.model import Entry, Family, Operand, Option


def entries(spec: Family) -> Iterator[Entry]:
    """Yield every entry of a spec, those of blocks that nobody uses, too."""
    yield from spec.layers
    for block in spec.blocks.values():
        yield from block.layers


def options(entry: Entry) -> Iterator[Option]:
    """Yield all of an entry that may have an expression in it."""
    yield entry.type
    yield from (each for each in (entry.when, entry.repeat, entry.frozen) if each is not None)
    yield from entry.first
    yield from entry.options


def names(operand: Operand) -> Iterator[str]:
    """Yield the parameters that an operand reads."""
    if isinstance(operand, Expression):
        yield from operand.names
    elif isinstance(operand, Expressions):
        for item in operand.items:
            yield from names(item)


def read_by(listed: Iterable[Entry]) -> set[str]:
    """Return the parameters that entries read."""
    return {name for entry in listed for option in options(entry) for name in names(option.value)}


def words(operand: Operand) -> Iterator[str]:
    """Yield the words that an operand is, or has in it."""
    if isinstance(operand, str):
        yield operand
    elif isinstance(operand, Expression):
        constants = (node.value for node in ast.walk(operand.tree) if isinstance(node, ast.Constant))
        yield from (value for value in constants if isinstance(value, str))


class Calls:
    """Which blocks entries call; where a type is an expression, all that it may come to."""

    def __init__(self, spec: Family) -> None:
        self._blocks = spec.blocks
        self._values: dict[str, set[str]] = {}
        self._known: dict[frozenset[str], set[str]] = {}
        params = [spec.params, *(variant.params for variant in spec.variants.values())]
        params += [block.params for block in spec.blocks.values()]
        for name, value in ((name, value) for each in params for name, value in each.items()):
            self._values.setdefault(name, set()).update(words(value))
        for option in (option for entry in entries(spec) for option in (*entry.options, *entry.first)):
            self._values.setdefault(option.name, set()).update(words(option.value), _read(option.value))

    def blocks(self, entry: Entry) -> set[str]:
        """Return the names of the blocks that an entry may call."""
        kind = entry.type.value
        if isinstance(kind, str):
            return {kind} & self._blocks.keys()
        written = frozenset((*words(kind), *_read(kind)))
        if written not in self._known:
            self._known[written] = self._reached(written)
        return self._known[written]

    def _reached(self, written: frozenset[str]) -> set[str]:
        waiting, found = {*written}, set[str]()
        while waiting:
            word = waiting.pop()
            found.add(word)
            if word.startswith("$"):
                waiting |= self._values.get(word[1:], set()) - found
        return found & self._blocks.keys()


def _read(operand: Operand) -> Iterator[str]:
    """Yield the parameters that an operand reads, with the sign that no word begins with."""
    yield from (f"${name}" for name in names(operand))


class Origins:
    """Where the values of a network's layers are written, which may be at the call of a block around them."""

    def __init__(self, graph: Graph) -> None:
        self._spec = graph.spec
        self._blocks = graph.spec.family.blocks
        self._calls = {group.path: group for group in graph.groups if group.type in self._blocks}
        self._options: dict[tuple[int, bool], dict[str, Option]] = {}

    def of(self, node: LayerNode, name: str) -> Span:
        """Return where the value of a layer's option is written; where the layer is, if that is nowhere.

        An option that is nothing but a parameter (``filters: $filters``) leads to the call that gives it, or
        to the default of the block or of the network; any other one is written where it stands.
        """
        entry, index, path = node.entry, node.index, node.path
        while option := self._given(entry, index).get(name):
            if not isinstance(option.value, Expression) or not _is_name(option.value):
                return option.span
            (name,) = option.value.names
            call = self._around(path, entry)
            if call is None or name not in self._blocks[call.type].params:
                return self._of_network(name) or option.span
            entry, index, path = call.entry, call.index, call.path
            if name not in self._given(entry, index):
                return self._blocks[call.type].param_spans[name]
        return entry.span

    def _given(self, entry: Entry, index: int | None) -> dict[str, Option]:
        """Return the options of an entry by name, as one repetition has them."""
        key = id(entry), index == 0
        if key not in self._options:
            given = (*entry.options, *entry.first) if index == 0 else entry.options
            self._options[key] = {option.name: option for option in given}
        return self._options[key]

    def _of_network(self, name: str) -> Span | None:
        """Return where a parameter of the network is written; None for one of no spec, as ``$index``."""
        of_variant = self._spec.variant.param_spans if self._spec.variant else {}
        return of_variant.get(name) or self._spec.family.param_spans.get(name)

    def _around(self, path: str, entry: Entry) -> Group | None:
        """Return the call of a block that an entry stands in."""
        while path := path.rpartition(".")[0]:
            if path in self._calls and self._calls[path].entry is not entry:
                return self._calls[path]
        return None


def _is_name(expression: Expression) -> bool:
    """Say whether an expression is one parameter and nothing else."""
    return expression.text.strip() in {f"${name}" for name in expression.names}
