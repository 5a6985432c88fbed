"""How a target says one layer: a class with its arguments, or an expression of its inputs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnnstat.layers.base import Layer, Shape

NO_DEFAULT = object()


class UnsaidError(Exception):
    """PyTorch has no such layer."""


@dataclass(frozen=True)
class Arg:
    """An argument: its keyword, None for one by its place, its value, and where the value comes from.

    ``hint``: ``in`` is the channels that reach the layer, any other the name of an option, of which the value
    may be an ``item``; ``times_in``: these channels times the option. An argument that has its default is
    left out. ``least``: how strongly, as `text_of` has it, an argument of an expression holds together that
    stands there without parentheses.
    """

    key: str | None
    value: Any
    hint: str = ""
    default: Any = NO_DEFAULT
    least: int = 0
    item: int | None = None
    times_in: bool = False


@dataclass(frozen=True)
class Together:
    """All inputs as one, however many they are; ``axis`` of a batch is that along which they are joined."""

    how: Literal["sum", "product", "largest", "joined"]
    axis: int = 0


@dataclass(frozen=True)
class Passed:
    """What is read, as it is."""


@dataclass(frozen=True)
class Formula:
    """An expression of the inputs and of the arguments.

    In the text ``{0}`` stands for the first input, and ``{size}`` for the argument of that key.
    """

    text: str

    def filled(self, inputs: Sequence[str], arguments: Mapping[str, str]) -> str:
        """Return the expression of inputs with these names, and of arguments that are written so."""
        return self.text.format(*inputs, **arguments)


@dataclass(frozen=True)
class Made:
    """What a class of this name makes of the arguments, called with the inputs."""

    name: str


Word: TypeAlias = Made | Formula | Together | Passed


@dataclass(frozen=True)
class Said:
    """A layer in the words of a target.

    ``width`` says what becomes of the channels: ``in``, ``sum``, or the place of the argument that gives
    them, None where they are not known.
    """

    word: Word
    args: tuple[Arg, ...] = ()
    width: str | int | None = "in"
    helpers: tuple[str, ...] = ()
    stores: bool = False

    @property
    def made(self) -> str | None:
        """Return the class that makes it, None of an expression."""
        return self.word.name if isinstance(self.word, Made) else None


@dataclass(frozen=True)
class Read:
    """A layer in its place: its options, and the shapes of what it reads and puts out."""

    kind: str
    layer: Layer
    options: dict[str, Any]
    inputs: tuple[Shape, ...]
    output: Shape
    frozen: bool = False
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def rank(self) -> int:
        """Return the number of axes behind the channels."""
        return len(self.inputs[0]) - 1

    @property
    def channels(self) -> int:
        """Return the channels that reach the layer."""
        return self.inputs[0][0]

    def named(self, axis: str) -> int:
        """Return the number of a named axis in a batch."""
        places = {0: (), 1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
        return 1 + ("channels", *places[self.rank]).index(axis)

    def each(self, name: str) -> tuple[int, ...]:
        """Return an option with one value per axis."""
        value = self.options[name]
        if value is None:
            value = self.options["kernel"]
        return (value,) * self.rank if isinstance(value, int) else tuple(value)


def short(values: Any) -> Any:
    """Return one number for equal ones."""
    if isinstance(values, tuple) and values and len(set(values)) == 1:
        return values[0]
    return values
