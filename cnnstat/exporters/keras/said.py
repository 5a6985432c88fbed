"""How Keras says one layer: steps that are applied one after the other, one of which is the layer itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cnnstat.exporters.source.layout import Call
from cnnstat.exporters.source.said import Arg, Formula, Made, Passed, Read, Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.exporters.source.layout import Doc

    Step = Callable[[list[str]], Doc]


@dataclass(frozen=True)
class KerasSaid(Said):
    """A layer in Keras's words, and what has to be done before it and after it.

    ``listed`` says that it takes its inputs as a list. ``forms`` are several ways to say the same, by name:
    all calls of a block take one that all of them have.
    """

    listed: bool = False
    before: tuple[Said, ...] = ()
    after: tuple[Said, ...] = ()
    forms: tuple[tuple[str, KerasSaid], ...] = ()


@dataclass
class Chain(Call):
    """The steps of a layer or of a block's call: each from the names of its inputs to a text.

    ``main`` is the place of the layer itself; what it is made by is the call that this is.
    """

    steps: list[Step] = field(default_factory=list)
    main: int = 0


RESCALED = "layers.Rescaling({1})({0})"
"""A tensor times a number. As a product Keras (3.15) calls it sparse, which fails with TensorFlow."""


def layer(head: str, *args: Arg, **more: Any) -> KerasSaid:
    """Return a layer of `keras.layers`, or a class of ours without a dot."""
    helpers = () if head.startswith("layers.") else (head,)
    return KerasSaid(Made(head), args, helpers=helpers, **more)


def expression(text: str, *args: Arg, width: str | int | None = "in", helper: str = "") -> KerasSaid:
    """Return an expression of the inputs."""
    return KerasSaid(Formula(text), args, width=width, helpers=(helper,) if helper else ())


def passed() -> KerasSaid:
    """Return a layer that puts out what it reads."""
    return KerasSaid(Passed())


def trained(read: Read) -> tuple[Arg, ...]:
    """Return the argument of a layer with weights that says whether they are trained."""
    return (Arg("trainable", not read.frozen, "", True),)


def axis_of(read: Read, axis: str) -> int:
    """Return the number of a named axis in a batch whose channels are last."""
    place = read.named(axis)
    return place - 1 if place > 1 else -1


def both_sides(padding: Any, rank: int) -> tuple[tuple[int, int], ...]:
    """Return what stands before and behind each axis."""
    if isinstance(padding, int):
        return ((padding, padding),) * rank
    if len(padding) == 2 * rank:
        return tuple((padding[2 * i], padding[2 * i + 1]) for i in range(rank))
    return tuple((each, each) for each in padding)


def brief(sides: tuple[tuple[int, int], ...]) -> Any:
    """Return sides as layers of Keras take them: a number, one for each axis, or pairs."""
    if any(a != b for a, b in sides):
        return sides if len(sides) > 1 else sides[0]
    firsts = tuple(a for a, _ in sides)
    return firsts[0] if len(set(firsts)) == 1 else firsts
