"""The roofline: the least time that each layer takes on a machine, and what bounds it.

A layer takes at least as long as its arithmetic at the machine's peak, and at least as long as its bytes at
the memory's bandwidth (Williams, Waterman, Patterson, Roofline: an insightful visual performance model for
multicore architectures, CACM 52(4), 2009). Layers run one after the other, and none finds in a cache what the
one before left there: each reads its inputs and what it stores once, and writes its output once.
"""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

from cnnstat.base.dtypes import BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnstat.analysis.machines import Machine
    from cnnstat.analysis.model import Analysis, LayerRow

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
    """
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
    layer = row.node.layer
    if row.type in FREE:
        return Traffic()
    settings, calculated = analysis.settings, row.calculated
    width = BYTES[settings.dtype]
    sources = dict.fromkeys(row.node.inputs[: layer.values_from])
    return Traffic(
        inputs=width * settings.batch * sum(prod(analysis.shapes[source]) for source in sources),
        stored=width * (calculated.params.value + calculated.buffers.value),
        output=width * settings.batch * prod(row.output_shape),
    )
