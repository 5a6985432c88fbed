"""A piece: a layer, or a block with all that it holds, on inputs of certain shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from cnnstat.analysis.composition.alive import Course, Schedule
    from cnnstat.analysis.composition.behaviour import Behaviour
    from cnnstat.analysis.composition.form import Form
    from cnnstat.analysis.composition.refused import Refusal
    from cnnstat.analysis.composition.structure import Structure
    from cnnstat.analysis.composition.units import Seeing
    from cnnstat.layers.base import Layer, Shape
    from cnnstat.layers.window import Frame


class State(Struct, frozen=True, eq=False, gc=False):
    """What is known of a node where it is read: its shape, and the frame of zeros around it.

    Equal ones are one, so that a key that has them is as fast as their names.
    """

    shape: Shape
    frame: Frame | None


class PieceCache(Struct, gc=False):
    """What is found out of a piece later: its courses, by `alive`, and its behaviour towards fields.

    `units` finds out what its nodes see, ``seeing``, and whether all that it puts out is ``alike``, by the
    axes of the network's input.
    """

    courses: dict[Schedule, Course] = field(default_factory=dict)
    behaviour: Behaviour | None = None
    alike: dict[int, bool] = field(default_factory=dict)
    seeing: dict[tuple[int, Seeing], Seeing] = field(default_factory=dict)
    signature: object = None


class Piece(Struct, frozen=True, eq=False, gc=False):
    """What a piece comes to.

    ``inputs`` are the states that it reads, ``outputs`` those of what it puts out, ``sizes`` how many numbers
    its exported memories take. ``counts`` are the sums of the figures that were asked for; where layers are
    ``refused``, sums and memory are without these and what stands behind them, so that nobody may use them.

    A layer stands alone; a block has ``children``, and for each how many ``more`` repetitions stand behind it
    that are as it is and as the one before it, each reading what the one before puts out.
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
    cache: PieceCache

    @property
    def form(self) -> Form:
        """Return how it is wired."""
        return self.structure.form

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """Return the shapes of its inputs."""
        return tuple([state.shape for state in self.inputs])
