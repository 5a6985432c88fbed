"""One layer of a run, as a trace finds it: what it read, stored and put out, and what came back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.executor.kernel import Array
    from cnnstat.layers import Layer
    from cnnstat.layers.base import Shape

Index = tuple[int, ...]
"""Where a number stands in an array: of activations the sample first, then the channel."""


@dataclass(frozen=True)
class LayerRun:
    """Arrays of one layer, batch first, and the options that its author wrote.

    `deltas` are dL/dy, one for each number of `output`; `mask` is what dropout drew, None where that is
    nothing.
    """

    type: str
    layer: Layer
    inputs: tuple[Array, ...]
    stored: Mapping[str, Array]
    output: Array
    training: bool = False
    mask: Array | None = None
    deltas: Array | None = None

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """One sample of each input, channels first."""
        return tuple(each.shape[1:] for each in self.inputs)

    @cached_property
    def shape(self) -> Shape:
        """One sample of the output, channels first."""
        return self.output.shape[1:]

    @property
    def arrays(self) -> tuple[Array, ...]:
        """All that went through: inputs, output, and deltas where there are any."""
        return (*self.inputs, self.output, *(() if self.deltas is None else (self.deltas,)))

    @property
    def samples(self) -> int:
        """How many there are."""
        return len(self.output)

    @property
    def options(self) -> Any:
        """The layer, whose fields are the options; which it has only its family knows."""
        return self.layer

    def read(self, index: Index, number: int = 0) -> float:
        """Return one number of an input."""
        return float(self.inputs[number][index])

    def put_out(self, index: Index) -> float:
        """Return one number of the output."""
        return float(self.output[index])

    def delta(self, index: Index) -> float:
        """Return dL/dy of one unit."""
        assert self.deltas is not None, "no way back was asked for"
        return float(self.deltas[index])

    def param(self, name: str, index: Index) -> float:
        """Return one number that the layer stores."""
        return float(self.stored[name][index])
