"""Convolutions: a kernel slides over the map and each filter gives one output map."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, ClassVar

from msgspec import Meta, structs

from cnnstat.base.arithmetic import ZERO, Term, product, term, total
from cnnstat.base.errors import Misfit
from cnnstat.layers.base import (
    APART,
    MIXED,
    PICKED,
    WITH_PLACES,
    Count,
    Footprint,
    Index,
    Layer,
    Operations,
    Reads,
    Shape,
    Tensors,
    Width,
    per_axis,
    width_of,
)
from cnnstat.layers.window import (
    Axis,
    Dilation,
    Frame,
    Geometry,
    KernelSize,
    PaddingOption,
    RoundingOption,
    Stride,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

Bias = Annotated[bool, Meta(description="whether each filter adds a trained constant")]
Table = Annotated[
    tuple[Annotated[tuple[Index, ...], Meta(min_length=1)], ...] | None,
    Meta(description="for each filter, the input maps it reads, counted from 0 (LeNet-5's Table I)"),
]


class Convolution(Layer, frozen=True, kw_only=True):
    """What all convolutions share: the window, the bias, and counts that follow from the fan-in."""

    family: ClassVar[str] = "conv"
    ranks: ClassVar[tuple[int, ...]] = WITH_PLACES

    kernel: KernelSize
    stride: Stride = 1
    padding: PaddingOption = 0
    dilation: Dilation = 1
    bias: Bias = True
    rounding: RoundingOption = "floor"

    def fans(self, maps: int) -> tuple[tuple[Term, Term], ...]:
        """Return groups of filters over so many input maps: how many, and how many maps each of them reads.

        Raises:
            Misfit: filters, groups or the table do not fit the maps.
        """
        raise NotImplementedError

    def groups_of(self, maps: int) -> int:
        """Return into how many groups so many input maps are split, each read by filters of its own."""
        raise NotImplementedError

    def window(self, inputs: tuple[Shape, ...]) -> tuple[Axis, ...]:
        """Return the sliding window along each axis."""
        geometry = Geometry(self.kernel, self.stride, self.padding, self.dilation, self.rounding)
        return geometry.axes(inputs[0])

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return (filters, one size per axis)."""
        filters = sum([count.value for count, _ in self.fans(inputs[0][0])])
        return term("filters", filters), *[axis.outputs for axis in self.window(inputs)]

    def leftover(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        """Return the rows and columns no window covers."""
        return tuple(axis.leftover for axis in self.window(inputs))

    def leftover_input(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        """Return how many of these are input that one more window would read."""
        return tuple(axis.leftover_input for axis in self.window(inputs))

    def params(self, inputs: tuple[Shape, ...]) -> Term:
        """Return filters·(maps·kernel + bias)."""
        return self._per_position(inputs, bias=self.bias)

    def tensors(self, inputs: tuple[Shape, ...]) -> Tensors:
        """Return a kernel for each filter and map, and a bias for each filter."""
        ((filters, maps),) = self.fans(inputs[0][0])
        return self._with_bias(inputs, filters.value, (filters.value, maps.value))

    def macs(self, inputs: tuple[Shape, ...]) -> Term:
        """Return positions·filters·maps·kernel."""
        return self._positions(inputs) * self._per_position(inputs, bias=False)

    def padding_macs(self, inputs: tuple[Shape, ...]) -> Term:
        """Return the multiply-adds less those whose tap falls on the input."""
        return self._padding_macs(inputs, self.window(inputs))

    def connections(self, inputs: tuple[Shape, ...]) -> Term:
        """Return the sum over units of the inputs a unit reads, and its bias."""
        return self._connections(inputs, self.window(inputs))

    def in_frame(self, inputs: tuple[Shape, ...], frame: Frame) -> tuple[Term, Term, tuple[int, ...]]:
        """Return what is another figure where a frame of zeros in the input counts as padding.

        These are `padding_macs`, `connections` and `leftover_input`.
        """
        framed = zip(self.window(inputs), frame, strict=True)
        axes = tuple(structs.replace(axis, zeros=zeros) for axis, zeros in framed)
        leftover = tuple(axis.leftover_input for axis in axes)
        return self._padding_macs(inputs, axes), self._connections(inputs, axes), leftover

    def operations(self, inputs: tuple[Shape, ...]) -> Operations:
        """Return one addition per unit for the bias."""
        return Operations(additions=self._biases(inputs)) if self.bias else Operations()

    def footprint(self, inputs: tuple[Shape, ...]) -> Footprint:
        """Return the window along each axis."""
        return tuple(axis.bounds() for axis in self.window(inputs))

    def channels(self, inputs: tuple[Shape, ...]) -> str:
        """Say that each group of filters mixes its own maps."""
        return MIXED if self.groups_of(inputs[0][0]) == 1 else APART

    def reads(self) -> Reads:
        """Return the input, for the weights."""
        return Reads(for_weights=True)

    def _with_bias(self, inputs: tuple[Shape, ...], filters: int, kernels: tuple[int, ...]) -> Tensors:
        weight: Tensors = {"weight": (*kernels, *(axis.kernel for axis in self.window(inputs)))}
        return weight | ({"bias": (filters,)} if self.bias else {})

    def _per_position(self, inputs: tuple[Shape, ...], *, bias: bool) -> Term:
        return _at_a_position(self, inputs[0][0], len(inputs[0]) - 1, bias)

    def _positions(self, inputs: tuple[Shape, ...]) -> Term:
        return product([term(f"output {a.name}", a.outputs.value) for a in self.window(inputs)])

    def _biases(self, inputs: tuple[Shape, ...]) -> Term:
        return self.outputs(inputs) * term("bias", 1)

    def _pairs(self, inputs: tuple[Shape, ...]) -> Term:
        return total(count * maps for count, maps in self.fans(inputs[0][0]))

    def _padding_macs(self, inputs: tuple[Shape, ...], axes: tuple[Axis, ...]) -> Term:
        return self.macs(inputs) - self._pairs(inputs) * _taps(axes) if _pads(axes) else ZERO

    def _connections(self, inputs: tuple[Shape, ...], axes: tuple[Axis, ...]) -> Term:
        if not _pads(axes):
            return self._positions(inputs) * self.params(inputs)
        read = self._pairs(inputs) * _taps(axes)
        return read + self._biases(inputs) if self.bias else read


@lru_cache(maxsize=4096)  # maps of any size have the same
def _at_a_position(layer: Convolution, maps: int, rank: int, bias: bool) -> Term:
    """Return the weights that make the outputs of one position, with or without their biases."""
    taps = product([term("kernel", size) for size in per_axis(layer.kernel, rank, "kernel")])
    fans = [(count, reads * taps) for count, reads in layer.fans(maps)]
    return total([count * (fan + term("bias", 1) if bias else fan) for count, fan in fans])


def _taps(axes: tuple[Axis, ...]) -> Term:
    return product(axis.inside() for axis in axes)


def _pads(axes: tuple[Axis, ...]) -> bool:
    return any(axis.taps != axis.outputs.value * axis.kernel for axis in axes)


class Conv(Convolution, frozen=True, kw_only=True):
    """A convolution: each filter reads all input maps through one kernel and gives one output map.

    What is computed is cross-correlation, as in every framework: the kernel is not rotated.

    With `groups: g` the filters are split into g groups and each reads its own 1/g of the input maps
    (AlexNet's two GPUs). With `table:` each filter reads the maps listed for it (LeNet-5's C3).

    Rule:
        output  = (N - F + 2P)/S + 1 per axis, with F = dilation·(kernel - 1) + 1
        params  = filters·(maps/groups·kernel·kernel + 1)
        MACs    = output height·output width·filters·maps/groups·kernel·kernel

    Example:
        {type: conv, name: C1, filters: 6, kernel: 5}

    Reference:
        LeCun, Bottou, Bengio, Haffner, Proc. IEEE 86(11), 1998, section II; Dumoulin and Visin,
        arXiv:1603.07285, for the arithmetic of padding, stride and dilation.
    """

    filters: Annotated[Width, Meta(description="number of filters, which is the number of output maps")]
    groups: Annotated[Width, Meta(description="independent groups of maps")] = 1
    table: Table = None

    def fans(self, maps: int) -> tuple[tuple[Term, Term], ...]:
        """Return the filters by fan-in: one group, or the runs of the connection table."""
        filters = width_of(self.filters, maps, "filters")
        groups = self.groups_of(maps)
        if self.table is not None:
            self._check_table(self.table, maps, filters, groups)
            return tuple((term("filters", n), term("maps", fan)) for n, fan in runs(self.table, maps))
        return (fan_of(filters, maps, groups),)

    def channels(self, inputs: tuple[Shape, ...]) -> str:
        """Say that a table may leave maps out; without one each group of filters mixes its own."""
        return super().channels(inputs) if self.table is None else PICKED

    def tensors(self, inputs: tuple[Shape, ...]) -> Tensors:
        """Return the kernels by filter and map; of a table one behind the other."""
        if self.table is None:
            return super().tensors(inputs)
        return self._with_bias(inputs, len(self.table), (sum(map(len, self.table)),))

    def groups_of(self, maps: int) -> int:
        """Return the groups; a table has none."""
        return width_of(self.groups, maps, "groups")

    def _check_table(self, table: tuple[tuple[int, ...], ...], maps: int, filters: int, groups: int) -> None:
        if len(table) != filters:
            raise Misfit(f"the table has {len(table)} rows for {filters} filters", field="table")
        if groups != 1:
            raise Misfit("a table and groups exclude each other", field="groups")
        for row, reads in enumerate(table):
            if len(set(reads)) != len(reads):
                raise Misfit(f"row {row} of the table names a map twice", field="table")
            if max(reads) >= maps:
                message = (
                    f"row {row} of the table names map {max(reads)}, but the input has maps 0 to {maps - 1}"
                )
                raise Misfit(message, field="table")


class DepthwiseConv(Convolution, frozen=True, kw_only=True):
    """A depthwise convolution: each input map has its own kernel; maps are not mixed.

    It is `conv` with `groups: $in` and `filters: multiplier * $in`.

    Rule:
        output  = (N - F + 2P)/S + 1 per axis; maps·multiplier output maps
        params  = maps·multiplier·(kernel·kernel + 1)
        MACs    = output height·output width·maps·multiplier·kernel·kernel

    Example:
        {type: depthwise_conv, kernel: 3, padding: 1, bias: false}

    Reference:
        Howard et al., MobileNets, arXiv:1704.04861, section 3.1.
    """

    multiplier: Annotated[Count, Meta(description="output maps per input map")] = 1

    def fans(self, maps: int) -> tuple[tuple[Term, Term], ...]:
        """Return maps·multiplier filters that read one map each."""
        return ((term("filters", maps * self.multiplier), term("maps per filter", 1)),)

    def groups_of(self, maps: int) -> int:
        """Return a group for each map."""
        return maps


def fan_of(filters: int, maps: int, groups: int) -> tuple[Term, Term]:
    """Return the filters, and how many input maps each of them reads.

    Raises:
        Misfit: filters or maps cannot be split into equal groups.
    """
    for name, number in (("input channels", maps), ("filters", filters)):
        if number % groups:
            message = f"{number} {name} cannot be split into {groups} equal groups"
            raise Misfit(message, code="shape/groups", field="groups")
    return term("filters", filters), term("maps" if groups == 1 else "maps per group", maps // groups)


def runs(table: tuple[tuple[int, ...], ...], maps: int) -> Iterator[tuple[int, int]]:
    """Yield (filters, maps each reads) for runs of rows that are rotations of one pattern.

    LeNet-5's Table I falls into the paper's own four groups: contiguous triples, contiguous quadruples,
    quadruples with a gap, and all six maps.
    """
    for pattern, rows in groupby(table, key=lambda row: _pattern(row, maps)):
        yield sum(1 for _ in rows), len(pattern)


def _pattern(row: tuple[int, ...], maps: int) -> tuple[int, ...]:
    ordered = sorted(row)
    gaps = [(b - a) % maps or maps for a, b in zip(ordered, ordered[1:] + ordered[:1], strict=True)]
    first = _largest_rotation(gaps)
    return (*gaps[first:], *gaps[:first])


def _largest_rotation(numbers: list[int]) -> int:
    """Return where the rotation that is the largest of all starts, in one pass over a row of any length.

    Two candidates are compared; where they differ after ``same`` numbers, none of the starts up to there
    beats the better one (after Booth, "Lexicographically least circular substrings", 1980).
    """
    count, first, other, same = len(numbers), 0, 1, 0
    while max(first, other, same) < count:
        a, b = numbers[(first + same) % count], numbers[(other + same) % count]
        if a == b:
            same += 1
            continue
        if a < b:
            first += same + 1
        else:
            other += same + 1
        other += first == other
        same = 0
    return min(first, other)
