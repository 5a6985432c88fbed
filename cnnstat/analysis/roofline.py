"""The roofline: the least time that each layer takes on a machine, and what bounds it.

A layer takes at least as long as its arithmetic at the machine's peak, and at least as long as its bytes at
the memory's bandwidth (Williams, Waterman, Patterson, Roofline: an insightful visual performance model for
multicore architectures, CACM 52(4), 2009). Layers run one after the other, and none finds in a cache what the
one before left there: each reads what it needs of its inputs and all that it stores once, and writes its
output once. Of a map that windows pass over, places between and behind them are not read.
"""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

from cnnstat.analysis.model import flops_of
from cnnstat.analysis.walk import Walk
from cnnstat.base.dtypes import BYTES
from cnnstat.base.errors import Misfit
from cnnstat.layers.base import size_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnstat.analysis.machines import Machine
    from cnnstat.analysis.model import Analysis, LayerRow
    from cnnstat.analysis.settings import Settings
    from cnnstat.graph.model import Graph
    from cnnstat.graph.nodes import LayerNode
    from cnnstat.layers.base import Footprint, Layer, Shape

FREE = (
    *("flatten", "reshape", "permute", "identity", "dropout", "drop_path"),
    *("slice", "split", "crop"),
)
"""Types whose output is their input, or a part of it, under another shape: at inference nothing moves."""

Bound: TypeAlias = Literal["arithmetic", "memory", ""]
"""What takes longer; nothing where a layer does neither."""


class Traffic(Struct, frozen=True):
    """Bytes that pass between a layer and memory: of its inputs, of its stored numbers, of its output."""

    inputs: int = 0
    stored: int = 0
    output: int = 0

    @property
    def total(self) -> int:
        """Return all of them."""
        return self.inputs + self.stored + self.output

    def __add__(self, other: Traffic) -> Traffic:
        return Traffic(self.inputs + other.inputs, self.stored + other.stored, self.output + other.output)


class Roof(Struct, frozen=True):
    """A layer, or several, under a roofline: FLOPs of the batch, bytes, and the least seconds of each.

    ``seconds`` of a layer are the longer of the two, of several layers the sum of theirs.
    """

    flops: int = 0
    traffic: Traffic = Traffic()
    arithmetic_seconds: Fraction = Fraction(0)
    memory_seconds: Fraction = Fraction(0)
    seconds: Fraction = Fraction(0)

    @property
    def intensity(self) -> Fraction | None:
        """Return the FLOPs for each byte; None where no byte moves."""
        return Fraction(self.flops, self.traffic.total) if self.traffic.total else None

    @property
    def bound(self) -> Bound:
        """Return what takes longer; of several layers, what takes longer in sum."""
        if not self.seconds:
            return ""
        return "arithmetic" if self.arithmetic_seconds >= self.memory_seconds else "memory"

    def __add__(self, other: Roof) -> Roof:
        return Roof(
            self.flops + other.flops,
            self.traffic + other.traffic,
            self.arithmetic_seconds + other.arithmetic_seconds,
            self.memory_seconds + other.memory_seconds,
            self.seconds + other.seconds,
        )


def roofs(analysis: Analysis, machine: Machine) -> tuple[Roof, ...]:
    """Return each layer of a network under a machine's roofline, a whole batch at a time.

    A layer whose figures are unknown counts nothing; the analysis says which (``without``).

    Raises:
        ArgumentError: the machine's peak is for numbers of another type.
    """
    machine.check(analysis.settings.dtype)
    return tuple(_roof(analysis, row, machine) for row in analysis.rows)


def together(roofs: Iterable[Roof]) -> Roof:
    """Return several layers, one after the other."""
    return sum(roofs, start=Roof())


def _roof(analysis: Analysis, row: LayerRow, machine: Machine) -> Roof:
    if not row.known:
        return Roof()
    flops = analysis.settings.batch * row.counts.flops
    moved = traffic(analysis, row)
    arithmetic, memory = flops / machine.peak, moved.total / machine.bandwidth
    return Roof(flops, moved, arithmetic, memory, max(arithmetic, memory))


def traffic(analysis: Analysis, row: LayerRow) -> Traffic:
    """Return the bytes that a layer reads and writes for a batch; none of the `FREE` types.

    Parameters that another layer owns are read here all the same; what stands twice among the inputs is read
    once, and what a layer asks only the size of is not read.
    """
    calculated, shapes = row.calculated, [analysis.shapes[source] for source in row.node.inputs]
    stored = calculated.params.value + calculated.buffers.value
    moved = _Moved(row.output_shape, row.counts.flops, stored, calculated.footprints)
    return _traffic(row.node, shapes, moved, analysis.settings)


def _traffic(node: LayerNode, shapes: Sequence[Shape], moved: _Moved, settings: Settings) -> Traffic:
    if node.type in FREE:
        return Traffic()
    width = BYTES[settings.dtype]
    sources: dict[int, int] = {}
    for source, shape, footprint in zip(node.values, shapes, moved.footprints, strict=False):
        sources[source] = max(sources.get(source, 0), _numbers_read(shape, footprint, moved.shape))
    return Traffic(
        inputs=width * settings.batch * sum(sources.values()),
        stored=width * moved.stored,
        output=width * settings.batch * prod(moved.shape),
    )


def _numbers_read(shape: Shape, footprint: Footprint, output: Shape) -> int:
    """Return how many numbers of an input a layer reads: all where its places are not those of the output."""
    sizes, units = shape[1:], output[1:]
    if isinstance(footprint, str) or not len(footprint) == len(sizes) == len(units):
        return prod(shape)
    axes = zip(footprint, units, sizes, strict=True)
    return shape[0] * prod(len(reading.together(range(count), size)) for reading, count, size in axes)


class NetworkRoof(Struct, frozen=True):
    """A network under a roofline: what `together` says of its layers, and how many memory bounds."""

    flops: int
    traffic_bytes: int
    seconds: Fraction
    memory_bound_layers: int

    @property
    def intensity(self) -> Fraction | None:
        """Return the FLOPs for each byte; None where no byte moves."""
        return Fraction(self.flops, self.traffic_bytes) if self.traffic_bytes else None


class _Moved(Struct, frozen=True):
    """What a layer does for one sample, how many numbers it stores, and what it reads of its inputs."""

    shape: Shape
    flops: int
    stored: int
    footprints: tuple[Footprint, ...]


def roof_of_network(graph: Graph, settings: Settings, machine: Machine) -> NetworkRoof | None:
    """Return a network that fits its inputs under a machine's roofline; None where a layer is unknown.

    It is what `roofs` comes to, without fields and all else that an analysis has.

    Raises:
        ArgumentError: the machine's peak is for numbers of another type.
    """
    settings = settings.on(graph.spec)
    machine.check(settings.dtype)
    flops = moved = bounded = time = 0
    # Times are whole numbers of the part of a second in which both rates do a whole number of things.
    unit = machine.peak * machine.bandwidth
    scale = machine.peak.denominator * machine.bandwidth.denominator
    of_flop, of_byte = int(machine.bandwidth * scale), int(machine.peak * scale)
    for node, read, found in Walk(graph, _moved, strict=settings.strict).steps(graph.input_shapes):
        if not node.layer.known:
            return None
        assert not isinstance(found, Misfit)  # the network's totals are known
        each = settings.batch * found.flops
        traffic = _traffic(node, read, found, settings).total
        arithmetic, memory = each * of_flop, traffic * of_byte
        flops, moved, time = flops + each, moved + traffic, time + max(arithmetic, memory)
        bounded += memory > arithmetic
    return NetworkRoof(flops, moved, Fraction(time, scale) / unit, bounded)


def _moved(layer: Layer, shapes: tuple[Shape, ...], frozen: bool) -> _Moved:
    stored = layer.params(shapes).value + layer.buffers(shapes).value
    flops = flops_of(layer.macs(shapes).value).value
    return _Moved(size_of(layer.sizes(shapes)), flops, stored, layer.footprints(shapes))
