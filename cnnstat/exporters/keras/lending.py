"""Weights that several places share: which layers and blocks lend theirs, and how they are found again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnnstat.exporters.source.said import UnsaidError
from cnnstat.exporters.source.scopes import Scope

if TYPE_CHECKING:
    from cnnstat.exporters.source.network import Network
    from cnnstat.exporters.source.scopes import Item, Member

    Shapes = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Hop:
    """An entry on the way to the weights of another: where it stands, and which repetition is meant."""

    scope: Scope
    member: Member
    index: int | None = None

    @property
    def key(self) -> tuple[str | None, str]:
        """Return the block it stands in, and its name there."""
        return self.scope.block, self.member.name

    @property
    def item(self) -> Item:
        """Return what it became, the first of repetitions where none is meant."""
        return self.member.items[self.index or 0]

    @property
    def name(self) -> str:
        """Return the name that a layer of Keras has for it."""
        parts = (self.scope.path, self.member.name, *(() if self.index is None else (str(self.index),)))
        return "_".join(part.replace(".", "_") for part in parts if part)


def way(scope: Scope, path: str) -> list[Hop]:
    """Return the entries that a path leads through, each the owner of its weights.

    Raises:
        UnsaidError: an entry of it is left out.
    """
    first, *rest = path.split(".")
    member = next((each for each in scope.members if each.name == first), None)
    if member is None:
        raise UnsaidError(f"weights of '{path}'")
    single = member.entry.repeat is None
    index = None if single or not rest or not rest[0].isdigit() else int(rest.pop(0))
    weights = member.entry.weights
    if weights is not None and weights.name != first:
        there = way(scope, weights.name)[-1]
        kept = index is not None and there.member.entry.repeat is not None and there.index is None
        return way(scope, ".".join((weights.name, *([str(index)] if kept else []), *rest)))
    if weights is not None:
        index = 0 if rest else None  # all its repetitions are the first
    hop = Hop(scope, member, index)
    if not rest:
        return [hop]
    made = hop.item.made
    if not isinstance(made, Scope):
        raise UnsaidError(f"weights of '{path}'")
    return [hop, *way(made, ".".join(rest))]


class Lenders:
    """The entries that lend weights, by their block and name, with the shapes of all that each is given."""

    def __init__(self, network: Network) -> None:
        self.shapes: dict[tuple[str | None, str], set[Shapes]] = {}
        for scope in network.all:
            for member in scope.members:
                if member.entry.weights is None or not network.stores(member.items[0].made):
                    continue
                first, *_ = hops = way(scope, member.entry.weights.name)
                self.shapes.setdefault(first.key, set())
                last = hops[-1]
                if isinstance(last.item.made, Scope):
                    self.shapes.setdefault(last.key, set())
                self._add(network, last, member)
        for scope in network.all:
            for member in scope.members:
                self._add(network, Hop(scope, member), member)

    def _add(self, network: Network, hop: Hop, reader: Member) -> None:
        if hop.key in self.shapes:
            self.shapes[hop.key] |= {
                tuple(network.shapes[number] for number in item.inputs) for item in reader.items
            }

    def __contains__(self, key: tuple[str | None, str]) -> bool:
        return key in self.shapes

    def sizes(self, key: tuple[str | None, str]) -> list[tuple[int | None, ...]]:
        """Return the sizes of each input without its channels, None for those that differ."""
        each = [tuple(shape[1:] for shape in shapes) for shapes in self.shapes[key]]
        return [
            tuple(sizes[0] if len(set(sizes)) == 1 else None for sizes in zip(*found, strict=True))
            for found in zip(*each, strict=True)
        ]
