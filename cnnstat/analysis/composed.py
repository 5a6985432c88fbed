"""The totals of a network, for many sets of parameters: what a sweep asks for.

Layer-wise reports ask `cnnstat.analysis.analyze`, which looks at every layer in its place. Here nothing but
the sums, the last output and the memory are wanted, so each distinct block is worked out once, for the shapes
that it reads, and the network is put together from these pieces (`cnnstat.analysis.composition`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, TypeVar

from msgspec import Struct

from cnnstat.analysis import memory
from cnnstat.analysis.analyze import analyze_graph
from cnnstat.analysis.composition.alive import peak_of
from cnnstat.analysis.composition.beyond import Beyond
from cnnstat.analysis.composition.compose import Composer
from cnnstat.analysis.composition.network_fields import NetworkFields
from cnnstat.analysis.model import KINDS, Counts
from cnnstat.analysis.settings import Settings
from cnnstat.base.arguments import named_inputs
from cnnstat.base.errors import Fault, SpecError
from cnnstat.base.figures import FIGURES, OF_NETWORK
from cnnstat.graph.model import build
from cnnstat.spec.expect import WHOLE

if TYPE_CHECKING:
    from collections.abc import Collection
    from fractions import Fraction

    from cnnstat.analysis.model import Analysis
    from cnnstat.analysis.receptive_field import Field
    from cnnstat.base.arguments import Inputs
    from cnnstat.layers.base import Shape
    from cnnstat.spec.choice import Spec
    from cnnstat.spec.model import Family


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

    ``field`` is that of the last output; whether it ``field_is_bound``, an upper bound of which units may see
    less, is worked out only where it is asked for by name, as the walk alone knows it of some networks. What
    is not among the ``known`` figures was not asked for.
    """

    output_shape: Shape
    counts: Counts
    field: Field | None
    inference_memory_bytes: int | None
    training_memory_bytes: int | None
    without: dict[str, int]
    known: frozenset[str]
    field_is_bound: bool = False

    def figure(self, key: str) -> FigureValue:
        """Return a figure by its key in `cnnstat.base.figures`, or of an operation by its kind.

        Raises:
            KeyError: a network has none of this key, or it was not asked for.
        """
        if key not in self.known:
            raise KeyError(key)
        if key == "shape":
            return self.output_shape
        if key == "operations":
            return self.counts.operations
        if key in OF_NETWORK:
            value: int | None = getattr(self, key)
            return _asked(key, value)
        if key in _OF_FIELD:
            return self._of_field(key)
        if key == "unknown_nodes":
            return sum(self.without.values())
        if (key in FIGURES and FIGURES[key].adds_up) or key in KINDS:
            count: int = getattr(self.counts, key)
            return count
        raise KeyError(key)

    def _of_field(self, key: str) -> FigureValue:
        field = _asked(key, self.field)
        if field.because is not None:
            return Unknown(field.because)
        if key == "field_is_bound":
            return int(self.field_is_bound)
        if field.whole:
            return WHOLE
        if key == "receptive_field":
            return field.sizes(self.output_shape)
        return field.strides if key == "field_stride" else field.paddings


_OF_FIELD = ("receptive_field", "field_stride", "field_padding", "field_is_bound")


class Pieces:
    """What has been worked out of the parts of specs, to be used again for other sets of parameters.

    One is made by whoever goes through many networks, and handed in to `totals`. A long sweep may clear it.
    """

    def __init__(self) -> None:
        self._composers: dict[object, Composer | None] = {}
        self._families: list[Family] = []
        self._settled: dict[tuple[Settings, str], Settings] = {}
        self.fields = NetworkFields()
        self.composed = self.walked = 0

    def settled(self, settings: Settings, spec: Spec) -> Settings:
        """Return the settings as a spec has them."""
        key = settings, spec.family.dtype
        if key not in self._settled:
            self._settled[key] = settings.on(spec)
        return self._settled[key]

    def composer(self, spec: Spec, wanted: frozenset[str], *, strict: bool) -> Composer | None:
        """Return what makes the pieces of a family; None where they cannot be followed."""
        training = "training_memory_bytes" in wanted or "trainable" in wanted
        columns = tuple([key for key in Counts.__struct_fields__ if key in wanted])
        key = id(spec.family), columns, training, strict
        if key not in self._composers:
            self._families.append(spec.family)  # what is kept keeps its id
            try:
                self._composers[key] = Composer(spec, columns, strict=strict, training=training)
            except (Beyond, SpecError):
                self._composers[key] = None
        return self._composers[key]


def totals(
    spec: Spec,
    settings: Settings | None = None,
    pieces: Pieces | None = None,
    *,
    inputs: Inputs | None = None,
    figures: Collection[str] | None = None,
) -> NetworkTotals:
    """Return the totals of one network of a family: those of `analyze_graph`, number for number.

    ``inputs`` are other shapes than the spec's. ``figures`` are the keys of those that are wanted, all of
    them if none are given. What composition does not follow, the walk goes through as a whole.

    Raises:
        SpecError: the spec is wrong, or a layer does not fit its input, in the words of `analyze_graph`.
    """
    pieces = Pieces() if pieces is None else pieces
    settings = pieces.settled(settings or _USUAL, spec)
    wanted = _EVERYTHING if figures is None else _needed(figures)
    shapes = spec.inputs if inputs is None else spec.inputs | named_inputs(inputs, spec.inputs)
    try:
        found = _composed(spec, settings, pieces, wanted, shapes)
    except SpecError:
        pieces.composed += 1
        raise
    except (Beyond, Fault):
        found = None  # the walk says what is wrong, and where
    if found is None:
        pieces.walked += 1
        return _walked(spec, settings, inputs, wanted)
    pieces.composed += 1
    return found


def _composed(
    spec: Spec, settings: Settings, pieces: Pieces, wanted: frozenset[str], inputs: dict[str, Shape]
) -> NetworkTotals | None:
    """Return the totals put together from pieces; None where they cannot be.

    Raises:
        Beyond, Fault: likewise.
        SpecError: it is refused.
    """
    composer = pieces.composer(spec, wanted, strict=settings.strict)
    if composer is None or settings.fields_of not in (None, *inputs):
        return None
    shapes = tuple(inputs.values())
    piece = composer.network(spec, shapes)
    counts = Counts(**dict(zip(composer.columns, piece.counts, strict=True)))
    of = 0 if settings.fields_of is None else [*inputs].index(settings.fields_of)
    field = None if wanted.isdisjoint(_OF_FIELD) else pieces.fields.field(piece, shapes, of)
    bound = False
    if "field_is_bound" in wanted and field is not None and field.because is None:
        others = None if inputs == spec.inputs else inputs
        bound = pieces.fields.is_bound(
            piece, shapes, of, lambda: _is_bound(_analyzed(spec, settings, others))
        )
    inference = training = None
    if not wanted.isdisjoint(OF_NETWORK):
        inference = memory.inference_memory(counts.params, peak_of(piece, trained=False), settings).value
    if "training_memory_bytes" in wanted:
        training = memory.trained_memory(counts, peak_of(piece, trained=True), settings).value
    return NetworkTotals(piece.outputs[-1].shape, counts, field, inference, training, {}, wanted, bound)


def _walked(spec: Spec, settings: Settings, inputs: Inputs | None, wanted: frozenset[str]) -> NetworkTotals:
    """Return the totals that the walk finds."""
    analysis = _analyzed(spec, settings, inputs)
    found = analysis.totals
    bound = "field_is_bound" in wanted and found.field.because is None and _is_bound(analysis)
    return NetworkTotals(
        found.output_shape,
        found.counts,
        found.field,
        found.inference_memory_bytes,
        found.training_memory_bytes,
        analysis.without,
        _EVERYTHING | wanted,
        bound,
    )


def _analyzed(spec: Spec, settings: Settings, inputs: Inputs | None) -> Analysis:
    graph = build(spec)
    return analyze_graph(graph if inputs is None else graph.on(inputs), settings)


def _is_bound(analysis: Analysis) -> bool:
    """Say whether the field of the last output is an upper bound, by what units really see."""
    return bool(analysis.exact_upper_bounds[analysis.graph.outputs[-1]])


def _needed(figures: Collection[str]) -> frozenset[str]:
    """Return the figures that are asked for and those that these follow from."""
    wanted = {*figures}
    for key in figures:
        wanted.update(_FOLLOWS.get(key, ()))
    return frozenset(wanted)


_FOLLOWS = {
    "flops": ("macs",),
    "operations": ("macs", *KINDS),
    "inference_memory_bytes": ("params",),
    "training_memory_bytes": ("params", "trainable", "inference_memory_bytes"),
}
_EVERYTHING = frozenset(
    (*Counts.__struct_fields__, *OF_NETWORK, *_OF_FIELD, "shape", "flops", "operations", "unknown_nodes")
) - {"field_is_bound"}
_USUAL = Settings()


def _asked(key: str, value: T | None) -> T:
    if value is None:
        raise KeyError(key)
    return value
