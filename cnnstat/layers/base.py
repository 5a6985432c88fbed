"""What every layer says of itself, and what most layers leave as it is.

A layer is a frozen class whose fields are its YAML options. Its methods are pure functions of the shapes
of its inputs (one sample, channels first) and return `Term`s: the figure together with its arithmetic.
Nothing here is run; `cnnstat.executor` measures the same figures from arrays and shares no code with this
package, because that independence is what makes the comparison a proof.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, TypeAlias

from msgspec import Meta, Struct
from msgspec.structs import asdict, replace

from cnnstat.base.arithmetic import ZERO, Term, product, term
from cnnstat.base.axes import MOST_AXES, RANKS, rank_of
from cnnstat.base.errors import Fault, Misfit
from cnnstat.base.limits import MAX_SIZE
from cnnstat.layers.footprint import POINT, Reading
from cnnstat.spec.channels import Channels
from cnnstat.spec.expression import resolved
from cnnstat.spec.values import show_value

if TYPE_CHECKING:
    from cnnstat.layers.window import Axis

Shape: TypeAlias = tuple[int, ...]
"""One sample, channels first: (C, D, H, W), (C, H, W), (C, L) or (N,)."""

Tensors: TypeAlias = dict[str, tuple[int, ...]]
"""The shapes of stored tensors by PyTorch's names."""

Count = Annotated[int, Meta(ge=1, le=MAX_SIZE)]
Index = Annotated[int, Meta(ge=0, le=MAX_SIZE)]
Extent: TypeAlias = Count | Annotated[tuple[Count, ...], Meta(min_length=1, max_length=MOST_AXES)]
"""A size per axis: one number for all axes, or one for each."""

Width: TypeAlias = Count | Channels
"""A number of channels, or an expression with those that reach the layer (``6 * $in``)."""


EVERY_RANK = tuple(range(len(RANKS)))
WITH_PLACES = EVERY_RANK[1:]
"""The kinds of inputs whose numbers have a place: all but vectors."""


class Operations(Struct, frozen=True):
    """What one sample costs besides multiply-adds, by kind."""

    additions: Term = ZERO
    multiplications: Term = ZERO
    comparisons: Term = ZERO
    divisions: Term = ZERO
    exponentials: Term = ZERO
    roots: Term = ZERO


class Reads(Struct, frozen=True):
    """Which activations the backward pass of a layer reads, and for which gradient.

    ``inputs`` and ``output`` are read for the gradient of the inputs; ``others`` says that for that of each
    input all but itself are read, and ``for_weights`` that the inputs are read for that of the weights. Of
    w·x only the last is so: the gradient of x is made of w.
    """

    inputs: bool = False
    output: bool = False
    others: bool = False
    for_weights: bool = False


WHOLE = "whole"
UNKNOWN = "unknown"

Footprint: TypeAlias = tuple[Reading, ...] | str
"""What each output reads along each axis of the input; or `WHOLE`: all of it; or `UNKNOWN`.

A vector has one axis, its numbers.
"""


APART = "apart"
MIXED = "mixed"
GATHERED = "gathered"
STREWN = "strewn"
PICKED = "picked"


class Layer(Struct, frozen=True, kw_only=True):
    """The base of all layer types: one input, no numbers of its own, no work, each unit reads its own place.

    Class attributes: ``family`` is what a type is one of, as those are that take each other's place when a
    network is edited; ``arity`` is the number of inputs (least, most; most 0 for any number), ``ranks`` the
    numbers of axes an input may have after the channels (as in `RANKS`), ``values_from`` the number of inputs
    whose values are read, where others give their size only (None: all), ``view`` says that the output is a
    part of the first input and takes no memory of its own, ``keeps_zeros`` that a zero stays a zero, where
    it is, whatever the options; ``pointwise`` that each number is made of those in its own place alone, in
    whatever order axes stand; ``draws_mask`` that in training some numbers are dropped by chance; ``known``
    that its figures are: they are no zeros where it is not so.
    """

    family: ClassVar[str]
    arity: ClassVar[tuple[int, int]] = (1, 1)
    ranks: ClassVar[tuple[int, ...]] = EVERY_RANK
    values_from: ClassVar[int | None] = None
    view: ClassVar[bool] = False
    keeps_zeros: ClassVar[bool] = False
    pointwise: ClassVar[bool] = False
    draws_mask: ClassVar[bool] = False
    known: ClassVar[bool] = True

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return the output shape, one term per axis, channels first.

        Raises:
            Misfit: the inputs do not fit the options.
        """
        return same_sizes(inputs[0])

    def outputs(self, inputs: tuple[Shape, ...]) -> Term:
        """Return the number of outputs."""
        return values(size_of(self.sizes(inputs)))

    def window(self, inputs: tuple[Shape, ...]) -> tuple[Axis, ...]:
        """Return the window that slides over the input, per axis; empty for a layer without one.

        Raises:
            Misfit: the inputs do not fit the options.
        """
        return ()

    def leftover(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        """Return the rows or columns of the padded input behind the last window, per axis; empty for none."""
        return ()

    def leftover_input(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        """Return how many of the leftover rows and columns are input that one more window would read.

        The others are padding at the end, or no more than any two windows leave out between them.
        """
        return ()

    def params(self, inputs: tuple[Shape, ...]) -> Term:
        """Return the numbers that training could change."""
        return ZERO

    def trains(self) -> bool:
        """Say whether training changes the parameters of a layer that is not frozen."""
        return True

    def trainable(self, inputs: tuple[Shape, ...]) -> Term:
        """Return the numbers that training does change."""
        return self.params(inputs) if self.trains() else ZERO

    def buffers(self, inputs: tuple[Shape, ...]) -> Term:
        """Return the stored numbers that no gradient changes (running means and variances)."""
        return ZERO

    def tensors(self, inputs: tuple[Shape, ...]) -> Tensors:
        """Return the shapes of what `params` and `buffers` count."""
        return {}

    def macs(self, inputs: tuple[Shape, ...]) -> Term:
        """Return the multiply-adds for one sample, taps on padding included, bias excluded."""
        return ZERO

    def padding_macs(self, inputs: tuple[Shape, ...]) -> Term:
        """Return the multiply-adds whose tap falls on padding."""
        return ZERO

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return all other operations for one sample, as inference performs them."""
        return Operations()

    def connections(self, inputs: tuple[Shape, ...]) -> Term:
        """Return LeCun's count: the inputs each output unit reads, plus one for its bias."""
        return ZERO

    def period(self, inputs: tuple[Shape, ...]) -> int:
        """Return the outputs after which the footprint repeats, on the axis where it takes most of them."""
        return 1

    def arriving(self, inputs: tuple[Shape, ...]) -> int:
        """Return what ``$in`` is in an option: the channels, or the size of the axis that is read instead."""
        return inputs[0][0]

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return which inputs an output reads, per axis; as much work as its `period` is long."""
        return (POINT,) * len(places(inputs[0]))

    def footprints(self, inputs: tuple[Shape, ...]) -> tuple[Footprint, ...]:
        """Return the footprint on each of the inputs whose values are read."""
        return (self.footprint(inputs),) * len(inputs[: self.values_from])

    def channels(self, inputs: tuple[Shape, ...]) -> str:
        """Return what becomes of channels that see different parts of the network's input.

        `APART`: each goes its own way, or with some others, and all are read. `MIXED`: an output reads all
        channels of the places that it reads. `GATHERED`: channels of different places, or of none, come to
        one place. `STREWN`: channels of one place come to different ones. `PICKED`: not all are read, or
        that is not known.
        """
        return APART

    def reads(self) -> Reads:
        """Return which activations the backward pass reads."""
        return Reads()


def same_sizes(shape: Shape) -> tuple[Term, ...]:
    """Return a shape as terms."""
    return tuple(term(name, size) for name, size in zip(rank_of(shape).axes, shape, strict=True))


def values(shape: Shape) -> Term:
    """Return how many numbers a shape holds."""
    return product(same_sizes(shape))


def positions(shape: Shape) -> Term:
    """Return how many places a shape has, each with all its channels; 1 for a vector."""
    return product(same_sizes(shape)[1:])


def places(shape: Shape) -> Shape:
    """Return the sizes of the axes that have places; those of a vector are its numbers."""
    return shape[1:] or shape


def size_of(terms: tuple[Term, ...]) -> Shape:
    """Return the shape that terms give."""
    return tuple(t.value for t in terms)


def show(shape: Shape) -> str:
    """Return a shape as it is printed: ``6x28x28``."""
    return "x".join(map(str, shape))


def per_axis(extent: int | tuple[int, ...], rank: int, field: str) -> tuple[int, ...]:
    """Return one value per axis.

    Raises:
        Misfit: there are more or fewer values than axes.
    """
    if isinstance(extent, int):
        return (extent,) * rank
    if len(extent) != rank:
        raise Misfit(
            f"{field} has {len(extent)} values, but the input has {rank} {'axis' if rank == 1 else 'axes'}"
            f" after the channels",
            code="shape/rank",
            field=field,
        )
    return extent


def width_of(width: int | Channels, channels: int, field: str) -> int:
    """Return a number of channels, given those that reach the layer.

    Raises:
        Misfit: what an expression with ``$in`` comes to is no whole number of at least 1.
    """
    if isinstance(width, int):
        return width
    try:
        value = resolved(width, channels)
    except Fault as fault:
        raise Misfit(f"{field}: {fault.message}", field=field) from None
    if isinstance(value, bool) or not isinstance(value, int | Fraction) or not _is_count(value):
        shown = f"{width.text} is {show_value(value)} where $in is {channels}"
        raise Misfit(f"{field}: {shown}, which is no whole number from 1 to {MAX_SIZE:,}", field=field)
    return value.numerator


def settled(layer: Layer, inputs: tuple[Shape, ...]) -> Layer:
    """Return a layer with numbers for the options that follow from the channels that reach it.

    Raises:
        Misfit: one comes to no whole number of at least 1.
    """
    widths = {name: value for name, value in asdict(layer).items() if isinstance(value, Channels)}
    numbers = {name: width_of(width, layer.arriving(inputs), name) for name, width in widths.items()}
    return replace(layer, **numbers)


def _is_count(value: int | Fraction) -> bool:
    return value.denominator == 1 and 1 <= value <= MAX_SIZE
