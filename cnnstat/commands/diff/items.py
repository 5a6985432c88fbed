"""The layers and folded blocks of a network as an alignment sees them: names as written, options, wiring."""

from __future__ import annotations

from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, Union, get_args, get_origin

from msgspec import Struct
from msgspec.structs import astuple, fields, replace

from cnnstat.analysis.model import LayerRow
from cnnstat.layers.base import settled
from cnnstat.spec.channels import Channels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnnstat.analysis.model import Analysis, Row
    from cnnstat.graph.model import Graph
    from cnnstat.graph.nodes import Group, LayerNode
    from cnnstat.layers.base import Layer, Shape

Kind: TypeAlias = "tuple[str, tuple[Layer, ...], Shape]"

_BLOCK = "block"


class Item(Struct, frozen=True):
    """A layer or folded block. ``own`` and ``scope`` are its name and its block's, as far as written.

    Items are numbered as nodes are, the network's inputs first. ``layers`` are the layers it stands for with
    their options, ``inputs`` the numbers of what it reads, ``within`` which layers of folded blocks these
    are, ``inside`` the names and the wiring in a block, ``held`` the names of layers whose parameters are
    frozen (of a layer: its own, empty name), ``lenders`` those of other layers whose parameters are used (as
    far as written) and ``lent_by`` the same in full, and ``head`` says that this is the last with parameters.
    """

    number: int
    row: Row
    own: str
    scope: str
    kind: Kind
    inputs: tuple[int, ...]
    within: tuple[str, ...]
    inside: tuple[tuple[str, tuple[int, ...]], ...]
    held: tuple[str, ...]
    lenders: tuple[str, ...]
    lent_by: tuple[str, ...]
    head: bool

    @property
    def type(self) -> str:
        """Return the type of the layer, or the block's name."""
        return self.kind[0]

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Return the layers with their options."""
        return self.kind[1]

    @property
    def shape(self) -> Shape:
        """Return the output shape."""
        return self.kind[2]

    @property
    def family(self) -> str:
        """Return what the type is one of."""
        return self.layers[0].family if isinstance(self.row, LayerRow) else _BLOCK

    @property
    def path(self) -> str:
        """Return scope and name as written; a name that is not written is empty."""
        return f"{self.scope}.{self.own}"

    def equals(self, other: Item) -> bool:
        """Say whether both are the same layer in the same place, as far as names, options and shape say."""
        return self.kind == other.kind and self.called_as(other)

    def called_as(self, other: Item) -> bool:
        """Say whether both have the same name: as far as written, or one has by count what the other says."""
        return self.path == other.path or self.row.name == other.row.name


def says_widths(analysis: Analysis) -> bool:
    """Say whether some option is written as what follows from the channels that reach its layer."""
    return any(isinstance(value, Channels) for node in analysis.graph.layers for value in astuple(node.layer))


def items(analysis: Analysis, rows: Iterable[Row], *, numbers: bool = False) -> tuple[Item, ...]:
    """Return rows of an analysis (its layers, or these folded at a depth) as items.

    ``numbers``: options that follow from channels are compared as the numbers they come to, as with a
    network that has nothing else.
    """
    graph = analysis.graph
    names = _Written(graph)
    numbered = dict(enumerate(rows, start=len(graph.inputs)))
    holders = {node.number: node.number for node in graph.inputs}
    outputs = {*holders, *(row.number for row in numbered.values())}
    found: list[Item] = []
    head = max((number for number, row in numbered.items() if row.counts.params), default=None)
    for number, row in numbered.items():
        layers = analysis.rows[row.layers.start : row.layers.stop]
        nodes = tuple(layer.node for layer in layers)
        holders.update((node.number, number) for node in nodes)
        scope, own = names.parts(row.name)
        kinds = (_settled(node, analysis) if numbers else node.layer for node in nodes)
        kind = (row.type, tuple(map(_with_one_number, kinds)), row.output_shape)
        outside = _outside(nodes)
        read = [holders[n] for n in outside]
        inputs = tuple(read if len(nodes) == 1 else dict.fromkeys(read))
        within = tuple("" if n in outputs else _below(graph.name(n), numbered[holders[n]]) for n in outside)
        held = tuple(_below(each.name, row) for each in layers if each.node.frozen and each.counts.params)
        lent_by = tuple(each.weights_of for each in layers if each.weights_of)
        lenders = tuple(map(names.whole, lent_by))
        written = [names.below(node.path, row.name) for node in nodes]
        inside = () if isinstance(row, LayerRow) else _inside(nodes, outside, written)
        last = number == head
        lent = lenders, lent_by
        found.append(Item(number, row, own, scope, kind, inputs, within, inside, held, *lent, last))
    return tuple(found)


def outputs(analysis: Analysis, found: Sequence[Item]) -> list[tuple[int, tuple[int, ...]]]:
    """Return for each output of the network its item; and, of an output inside a block, how far inside."""
    holders = {analysis.rows[position].number: item for item in found for position in item.row.layers}
    found_outputs: list[tuple[int, tuple[int, ...]]] = []
    for number in analysis.graph.outputs:
        holder = holders.get(number)
        if holder is None:  # an input of the network
            found_outputs.append((number, ()))
            continue
        inside = number - analysis.rows[holder.row.layers.start].number
        found_outputs.append((holder.number, () if number == holder.row.number else (inside,)))
    return found_outputs


def _settled(node: LayerNode, analysis: Analysis) -> Layer:
    shapes = tuple(analysis.shapes[number] for number in node.inputs)
    return settled(node.layer, shapes) if shapes else node.layer


def _with_one_number(layer: Layer) -> Layer:
    """Return a layer with `kernel: 3` for `kernel: [3, 3]`, which is the same where both fit."""
    several = {name: getattr(layer, name) for name in _per_axis(type(layer))}
    alike = {
        name: each[0]
        for name, each in several.items()
        if isinstance(each, tuple) and len({*each}) == 1 and isinstance(each[0], int)
    }
    return replace(layer, **alike) if alike else layer


@cache
def _per_axis(kind: type[Layer]) -> tuple[str, ...]:
    """Return the options of a type that are a number, or as many as there are axes or sides."""
    names = []
    for field in fields(kind):
        taken = {*_alternatives(field.type)}
        if int in taken and any(get_origin(each) is tuple for each in taken):
            names.append(field.name)
    return tuple(names)


def _alternatives(kind: Any) -> Iterator[Any]:
    """Yield what a type may be, without its bounds."""
    if get_origin(kind) is Annotated:
        yield from _alternatives(get_args(kind)[0])
    elif get_origin(kind) in (Union, UnionType):
        for each in get_args(kind):
            yield from _alternatives(each)
    else:
        yield kind


def _below(path: str, row: Row) -> str:
    return path.removeprefix(row.name).removeprefix(".")


def _outside(nodes: tuple[LayerNode, ...]) -> tuple[int, ...]:
    """Return the nodes that some read outside of themselves, for a block each once."""
    read = (number for node in nodes for number in node.inputs if number < nodes[0].number)
    return tuple(read) if len(nodes) == 1 else tuple(dict.fromkeys(read))


def _inside(
    nodes: tuple[LayerNode, ...], outside: tuple[int, ...], names: list[str]
) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return the name of each node in a block, and what it reads.

    Nodes are counted from the first of the block, what is ``outside`` back from -1.
    """
    places = {number: -1 - place for place, number in enumerate(outside)}
    return tuple(
        (name, tuple(places.get(number, number - nodes[0].number) for number in node.inputs))
        for name, node in zip(names, nodes, strict=True)
    )


class _Written:
    """The names of a network, without those that only count: ``relu7``, or the block ``basic2``."""

    def __init__(self, graph: Graph) -> None:
        places: tuple[LayerNode | Group, ...] = (*graph.groups, *graph.layers)
        self.places = {place.path: place for place in places}
        self.known: dict[str, str] = {"": ""}

    def parts(self, path: str) -> tuple[str, str]:
        """Return the scope and the name of a path."""
        scope, _, own = path.rpartition(".")
        return self.whole(scope), own if self.says(path) else ""

    def below(self, path: str, block: str) -> str:
        """Return a path inside a block, as far as written."""
        return self.whole(path)[len(self.whole(block)) :]

    def whole(self, path: str) -> str:
        if path not in self.known:
            scope, own = self.parts(path)
            self.known[path] = f"{scope}.{own}" if scope else own
        return self.known[path]

    def says(self, path: str) -> bool:
        place = self.places[path]
        return place.entry.name is not None or place.index is not None
