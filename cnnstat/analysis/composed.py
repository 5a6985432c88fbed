"""The totals of a network, for many sets of parameters: what a sweep asks for.

Layer-wise reports ask `cnnstat.analysis.analyze`, which looks at every layer in its place. Here nothing but
the sums, the last output and the memory are wanted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, TypeVar

from msgspec import Struct

from cnnstat.analysis.analyze import analyze_graph
from cnnstat.analysis.model import KINDS, Counts
from cnnstat.analysis.settings import Settings
from cnnstat.base.figures import FIGURES, OF_NETWORK
from cnnstat.graph.model import build
from cnnstat.spec.expect import WHOLE

if TYPE_CHECKING:
    from collections.abc import Collection
    from fractions import Fraction

    from cnnstat.analysis.receptive_field import Field
    from cnnstat.base.arguments import Inputs
    from cnnstat.layers.base import Shape
    from cnnstat.spec.choice import Spec


T = TypeVar("T")


class Unknown(Struct, frozen=True):
    """A figure that is not known, and the layer that makes it so."""

    because: str


FigureValue: TypeAlias = (
    "int | str | tuple[int, ...] | tuple[Fraction | None, ...] | dict[str, int] | Unknown"
)
"""Of fields and shapes one number per axis; a field that is the whole input is the word ``all``."""


class NetworkTotals(Struct, frozen=True):
    """The figures of a network as a whole; sums are without the layers in ``without``, whose are unknown.

    ``field`` is that of the last output. What was not asked for is None.
    """

    output_shape: Shape
    counts: Counts
    field: Field | None
    inference_memory_bytes: int | None
    training_memory_bytes: int | None
    without: dict[str, int]

    def figure(self, key: str) -> FigureValue:
        """Return a figure by its key in `cnnstat.base.figures`, or of an operation by its kind.

        Raises:
            KeyError: a network has none of this key, or it was not asked for.
        """
        if key == "shape":
            return self.output_shape
        if key == "operations":
            return self.counts.operations
        if key in OF_NETWORK:
            value: int | None = getattr(self, key)
            return _asked(key, value)
        if key in _OF_FIELD:
            return self._of_field(key)
        if (key in FIGURES and FIGURES[key].adds_up) or key in KINDS:
            count: int = getattr(self.counts, key)
            return count
        raise KeyError(key)

    def _of_field(self, key: str) -> FigureValue:
        field = _asked(key, self.field)
        if field.whole:
            return WHOLE
        if field.because is not None:
            return Unknown(field.because)
        if key == "receptive_field":
            return field.sizes(self.output_shape)
        return field.strides if key == "field_stride" else field.paddings


_OF_FIELD = ("receptive_field", "field_stride", "field_padding")


class Pieces:
    """What has been worked out of the parts of a spec, to be used again for its next set of parameters.

    One is made for each family, by whoever goes through many of its networks, and handed in to `totals`.
    """


def totals(
    spec: Spec,
    settings: Settings | None = None,
    pieces: Pieces | None = None,
    *,
    inputs: Inputs | None = None,
    figures: Collection[str] | None = None,
) -> NetworkTotals:
    """Return the totals of one network of a family, as `analyze_graph` does.

    ``inputs`` are other shapes than the spec's. ``figures`` are the keys of those that are wanted, all of
    them if none are given.

    Raises:
        SpecError: the spec is wrong, or a layer does not fit its input.
    """
    graph = build(spec)
    analysis = analyze_graph(graph if inputs is None else graph.on(inputs), settings or Settings())
    found = analysis.totals
    return NetworkTotals(
        found.output_shape,
        found.counts,
        found.field,
        found.inference_memory_bytes,
        found.training_memory_bytes,
        analysis.without,
    )


def _asked(key: str, value: T | None) -> T:
    if value is None:
        raise KeyError(key)
    return value
