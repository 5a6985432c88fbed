"""Blocks that may be called, and the parameters in scope where they are."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from cnnstat.analysis.composition.operands import keys_of, picked
from cnnstat.analysis.composition.steps import Text

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from cnnstat.analysis.composition.known import Generations, Known
    from cnnstat.analysis.composition.operands import Picked
    from cnnstat.analysis.composition.piece import Piece
    from cnnstat.analysis.composition.steps import Params
    from cnnstat.spec.model import Block
    from cnnstat.spec.values import Value


class Network:
    """The parameters of a network, as keys, too; ``outside`` are those that each block reads of them."""

    __slots__ = ("keyed", "outside", "params")

    def __init__(self, params: Params, callees: Mapping[str, Callee]) -> None:
        self.params, self.keyed = params, keys_of(params)
        self.outside = _Outside(self.keyed, callees)


class _Outside(dict[str, "Hashable"]):
    """The parameters of the network that a block of a name reads, as one key; of a layer there are none."""

    def __init__(self, keyed: Mapping[str, Hashable], callees: Mapping[str, Callee]) -> None:
        super().__init__()
        self._keyed, self._callees = keyed, callees

    def __missing__(self, kind: str) -> Hashable:
        callee = self._callees.get(kind)
        self[kind] = key = None if callee is None else callee.outside(self._keyed)
        return key


class Scope:
    """What the calls of one list of entries have in common: the parameters that they see, as keys, too."""

    __slots__ = ("depth", "frozen", "keyed", "network", "params")

    def __init__(self, params: Params, network: Network, *, frozen: bool, depth: int) -> None:
        self.params, self.network, self.frozen, self.depth = params, network, frozen, depth
        self.keyed = network.keyed if params is network.params else keys_of(params)


class Callee:
    """A block that may be called; its text is made ready when it is first called.

    ``params`` are the names of the network's parameters, ``pieces`` are what its calls have come to.
    """

    def __init__(
        self,
        block: Block,
        blocks: Mapping[str, Block],
        callees: Mapping[str, Callee],
        params: Iterable[str],
        generations: Generations,
    ) -> None:
        self.block = block
        self.pieces: Known[Piece] = generations.known()
        self._blocks, self._callees, self._generations = blocks, callees, generations
        self._params = frozenset(params)

    @cached_property
    def text(self) -> Text:
        """Return the text of the block."""
        block, scope = self.block, self._params | self.block.params.keys()
        return Text(block.layers, block.inputs, block.outputs, self._blocks, scope, self._generations)

    @cached_property
    def outside(self) -> Picked:
        """Return what takes the parameters of the network that the block reads, or one that it may call."""
        found: set[str] = set()
        waiting, seen = [self.block.name], {self.block.name}
        while waiting:
            callee = self._callees[waiting.pop()]
            found |= callee.text.reads - callee.block.params.keys()
            calls = callee.text.calls()
            for each in self._callees if calls is None else calls:
                if each in self._callees and each not in seen:
                    seen.add(each)
                    waiting.append(each)
        return picked(found & self._params)

    @cached_property
    def _own(self) -> dict[str, Value]:
        return {name: value for name, value in self.block.params.items() if name in self.text.reads}

    @cached_property
    def _network_s(self) -> tuple[str, ...]:
        return tuple((self.text.reads - self.block.params.keys()) & self._params)

    def scope(self, given: dict[str, Value], network: Network, *, frozen: bool, depth: int) -> Scope:
        """Return the parameters that its lines see in a call."""
        params = self._own | given
        for name in self._network_s:
            params[name] = network.params[name]
        return Scope(params, network, frozen=frozen, depth=depth)
