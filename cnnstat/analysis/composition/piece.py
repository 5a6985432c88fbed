"""A piece: a layer, or a block with all that it holds, on inputs of certain shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from cnnstat.analysis.composition.form import Form
    from cnnstat.layers.base import Layer, Shape
    from cnnstat.layers.window import Frame

State: TypeAlias = "tuple[Shape, Frame | None]"
"""What is known of a node where it is read: its shape, and the frame of zeros around it."""


class Piece(Struct, frozen=True, eq=False, gc=False):
    """What a piece comes to.

    ``form`` is how it is wired. ``shapes`` are those of its inputs, ``outputs`` the states of what it puts
    out, ``sizes`` how many numbers its exported memories take. ``counts`` are the sums of the figures that
    were asked for, ``layers`` how many there are. ``placed`` and ``made`` are the steps of unfolding that a
    further call and the first one take at most, ``height`` is how deep blocks nest in it.

    A layer stands alone; a block has ``children``, and for each how many ``more`` repetitions stand behind it
    that are as it is and as the one before it, each reading what the one before puts out. What is found out
    later is ``known``.
    """

    form: Form
    shapes: tuple[Shape, ...]
    outputs: tuple[State, ...]
    sizes: tuple[int, ...]
    counts: tuple[int, ...]
    layers: int
    placed: int
    made: int
    height: int
    layer: Layer | None
    children: tuple[Piece, ...]
    more: tuple[int, ...]
    known: dict[Any, Any]
