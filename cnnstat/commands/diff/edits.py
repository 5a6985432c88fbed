"""What a spec says otherwise of a layer than another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct
from msgspec.structs import asdict

from cnnstat.analysis.model import BlockRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.commands.diff.items import Item
    from cnnstat.layers.base import Layer


Partners: TypeAlias = "dict[int, int | None]"
"""The numbers of inputs and items of one network, and of what answers to them in the other."""


class Edit(Struct, frozen=True):
    """What a spec says otherwise."""

    what: str
    """`name`, `type`, `inputs`, `frozen` (true or false, of a folded block the names of its frozen layers),
    `weights` (whose parameters are used, of a folded block all such names), an option, or `layers` for those
    in a folded block.
    """
    before: Any
    after: Any


def edits_of(a: Item, b: Item, wires: Wires) -> Iterator[Edit]:
    """Yield what was edited between a layer, or a folded block, and its partner."""
    if not a.called_as(b):
        yield Edit("name", a.row.name, b.row.name)
    # What a block is called is no part of it: its layers are, and stand for themselves where it is unfolded.
    blocks = isinstance(a.row, BlockRow) and isinstance(b.row, BlockRow)
    if a.type != b.type and not (blocks and a.layers == b.layers and a.inside == b.inside):
        yield Edit("type", a.type, b.type)
    yield from _options(a, b)
    yield from _frozen(a, b)
    yield from _weights(a, b)
    if wires.moved(a, b) or a.within != b.within:
        yield Edit("inputs", a.row.inputs, b.row.inputs)


def _options(a: Item, b: Item) -> Iterator[Edit]:
    if a.layers == b.layers and a.inside == b.inside:
        return
    alike = a.inside == b.inside and tuple(map(type, a.layers)) == tuple(map(type, b.layers))
    if alike:
        yield from _values(a.layers, b.layers)
    elif isinstance(a.row, BlockRow) or isinstance(b.row, BlockRow):
        yield Edit("layers", len(a.layers), len(b.layers))


def _values(a: Sequence[Layer], b: Sequence[Layer]) -> Iterator[Edit]:
    """Yield the options that differ between layers of the same types, of a block each once.

    Where several values changed, they stand as tuples.
    """
    found: dict[str, dict[tuple[Any, Any], None]] = {}
    for before, after in zip(map(asdict, a), map(asdict, b), strict=True):
        for name, value in before.items():
            if value != after[name]:
                found.setdefault(name, {})[value, after[name]] = None
    for name, changes in found.items():
        befores, afters = zip(*changes, strict=True)
        yield Edit(name, befores[0], afters[0]) if len(changes) == 1 else Edit(name, befores, afters)


def _frozen(a: Item, b: Item) -> Iterator[Edit]:
    """Say what `frozen:` holds of its parameters: the layer, or which layers of a block."""
    if a.type != b.type or a.held == b.held:
        return
    if isinstance(a.row, BlockRow) or isinstance(b.row, BlockRow):
        yield Edit("frozen", a.held, b.held)
    else:
        yield Edit("frozen", bool(a.held), bool(b.held))


def _weights(a: Item, b: Item) -> Iterator[Edit]:
    """Say whose parameters are used: by a layer, or by layers of a block."""
    if a.type != b.type or a.lenders == b.lenders or a.lent_by == b.lent_by:
        return
    if isinstance(a.row, BlockRow) or isinstance(b.row, BlockRow):
        yield Edit("weights", a.lenders, b.lenders)
    else:
        yield Edit("weights", a.row.weights_of or None, b.row.weights_of or None)


class Wires:
    """What layers read, in items of A. One without a partner stands for its own first input, as a
    layer that is left out does: so a layer put between two others is one change, and not two.
    """

    def __init__(self, a: Sequence[Item], b: Sequence[Item], partners: Partners) -> None:
        self.a, self.b = ({item.number: item for item in items} for items in (a, b))
        self.of_a: Partners = {number: number for number in partners}
        self.of_b: Partners = {after: before for before, after in partners.items() if after is not None}

    def moved(self, a: Item, b: Item) -> bool:
        """Say whether a pair reads other layers."""
        return self._read(a, self.a, self.of_a) != self._read(b, self.b, self.of_b)

    def _read(self, item: Item, known: dict[int, Item], partners: Partners) -> tuple[int | None, ...]:
        return tuple(self._source(number, known, partners) for number in item.inputs)

    def _source(self, number: int, known: dict[int, Item], partners: Partners) -> int | None:
        """Return what a number stands for; None for an input that the other network has not."""
        passed = []
        while number not in partners and number in known and known[number].inputs:
            passed.append(number)
            number = known[number].inputs[0]
        partners.update(dict.fromkeys(passed, partners.get(number)))
        return partners.get(number)
