"""A piece: a layer, or a block with all that it holds, on inputs of certain shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from cnnstat.analysis.composition.form import Form
    from cnnstat.analysis.composition.refused import Refusal
    from cnnstat.layers.base import Layer, Shape
    from cnnstat.layers.window import Frame


class State(Struct, frozen=True, eq=False, gc=False):
    """What is known of a node where it is read: its shape, and the frame of zeros around it.

    Equal ones are one, so that a key that has them is as fast as their names.
    """

    shape: Shape
    frame: Frame | None


class Structure(Struct, frozen=True, eq=False, gc=False):
    """What of a piece follows from how it is wired and from how often children repeat; many pieces have one.

    ``layers`` says how many there are. ``placed`` and ``made`` are the steps of unfolding that a further call
    and the first one take at most, ``height`` is how deep blocks nest in it.
    """

    form: Form
    layers: int
    placed: int
    made: int
    height: int


class Piece(Struct, frozen=True, eq=False, gc=False):
    """What a piece comes to.

    ``inputs`` are the states that it reads, ``outputs`` those of what it puts out, ``sizes`` how many numbers
    its exported memories take. ``counts`` are the sums of the figures that were asked for; where layers are
    ``refused``, sums and memory are without these and what stands behind them, so that nobody may use them.

    A layer stands alone; a block has ``children``, and for each how many ``more`` repetitions stand behind it
    that are as it is and as the one before it, each reading what the one before puts out. What is found out
    later is ``known``.
    """

    structure: Structure
    inputs: tuple[State, ...]
    outputs: tuple[State, ...]
    sizes: tuple[int, ...]
    counts: tuple[int, ...]
    refused: tuple[Refusal, ...]
    layer: Layer | None
    children: tuple[Piece, ...]
    more: tuple[int, ...]
    known: dict[Any, Any]

    @property
    def form(self) -> Form:
        """Return how it is wired."""
        return self.structure.form

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """Return the shapes of its inputs."""
        return tuple([state.shape for state in self.inputs])
