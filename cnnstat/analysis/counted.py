"""What a tool would print for a network: measures of each layer, weighted by the tool's convention."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cnnstat.layers.base import Layer, Shape, per_axis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cnnstat.analysis.conventions import Convention
    from cnnstat.analysis.model import Analysis, Counts

_ALIKE = {
    "depthwise_conv": "conv",
    "global_avg_pool": "adaptive_avg_pool",
    "global_max_pool": "adaptive_max_pool",
}
"""Types that other tools have under one name."""

MACS = "multiply-adds"
"""The term of what is multiplied with weights; every tool has it."""

_TERMS = {
    **dict.fromkeys(("batch_norm", "layer_norm", "group_norm", "instance_norm"), "norms"),
    **dict.fromkeys(("local_response_norm", "scale"), "norms"),
    **dict.fromkeys(("max_pool", "avg_pool", "adaptive_max_pool", "adaptive_avg_pool"), "pooling"),
    **dict.fromkeys(("relu", "leaky_relu", "prelu", "elu", "gelu", "silu"), "activations"),
    **dict.fromkeys(("upsample_nearest", "upsample_linear", "upsample_bilinear"), "upsampling"),
    **dict.fromkeys(("add", "multiply"), "joins"),
    "softmax": "softmax",
    "dropout": "dropout",
}

BIASES = ("conv bias", "linear bias")

TERMS = (MACS, *BIASES, *dict.fromkeys(_TERMS.values()))
"""What a figure is the sum of, in the order it is shown."""


class Tally(Struct, frozen=True):
    """What a tool counts for a layer, a group or a network, by term.

    ``left_out`` are the types of layers of which nobody can say how the tool counts them.
    """

    terms: dict[str, int] = {}
    left_out: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Return the sum of all terms."""
        return sum(self.terms.values())

    def __add__(self, other: Tally) -> Tally:
        terms = {t: self.terms.get(t, 0) + other.terms.get(t, 0) for t in TERMS}
        left_out = tuple(dict.fromkeys((*self.left_out, *other.left_out)))
        return Tally({term: count for term, count in terms.items() if count}, left_out)


class _Seen(Struct, frozen=True):
    """A layer as a tool sees it: its options, the shape it reads first, the shape it puts out, its counts."""

    layer: Layer
    read: Shape
    out: Shape
    counts: Counts


def tallies(analysis: Analysis, convention: Convention) -> tuple[Tally, ...]:
    """Return what a tool counts for each layer, in order."""
    counted = []
    for node, row in zip(analysis.graph.nodes, analysis.rows, strict=True):
        seen = _Seen(node.layer, analysis.shape(node.inputs[0]), row.output_shape, row.counts)
        counted.append(_tally(convention, kind_of(node.type, node.layer, row.output_shape), seen))
    return tuple(counted)


def total(parts: Iterable[Tally]) -> Tally:
    """Return the sum of tallies."""
    return sum(parts, start=Tally())


def kind_of(kind: str, layer: Layer, shape: Shape) -> str:
    """Return the name under which a convention has a layer: its type, or that of its likes."""
    if kind != "upsample":
        return _ALIKE.get(kind, kind)
    mode: str = getattr(layer, "mode", "")
    return "upsample_linear" if (mode, len(shape)) == ("bilinear", 2) else f"upsample_{mode}"


def _tally(convention: Convention, kind: str, seen: _Seen) -> Tally:
    if kind in convention.unknown:
        return Tally({}, (kind,))
    terms: dict[str, int] = {}
    for measure, weight in convention.weights.get(kind, {}).items():
        term = _term(kind, measure)
        terms[term] = terms.get(term, 0) + weight * _MEASURES[measure](seen)
    return Tally({term: count for term, count in terms.items() if count})


def _term(kind: str, measure: str) -> str:
    if measure == "biases":
        return BIASES[kind == "linear"]
    return _TERMS.get(kind, MACS)


# -- measures of a layer ----------------------------------------------------------------------------


def _biases(seen: _Seen) -> int:
    return seen.counts.activations if getattr(seen.layer, "bias", False) else 0


def _spread(seen: _Seen) -> int:
    """Return weights x output positions: the multiply-adds of a convolution, not of a transposed one."""
    weights = seen.counts.params - (seen.out[0] if getattr(seen.layer, "bias", False) else 0)
    return weights * prod(seen.out[1:])


def _dense(seen: _Seen) -> int:
    """Return the multiply-adds of a convolution whose every filter reads all maps."""
    return _window(seen) * seen.read[0]


def _window(seen: _Seen) -> int:
    """Return the taps of all windows, those on padding included."""
    kernel: Any = getattr(seen.layer, "kernel", None)
    if kernel is None:  # an adaptive pool has bins
        return seen.counts.connections
    return seen.counts.activations * prod(per_axis(kernel, len(seen.out) - 1, "kernel"))


def _steps(seen: _Seen) -> int:
    """Return the inputs that the windows advance by, together; a global pool advances by one."""
    stride: Any = getattr(seen.layer, "stride", None) or getattr(seen.layer, "kernel", 1)
    return seen.counts.activations * prod(per_axis(stride, len(seen.out) - 1, "stride"))


def _areas(seen: _Seen) -> int:
    """Return the mean area of a bin and a division, for each output, rounded as thop rounds in float64."""
    area = prod(size / bins for size, bins in zip(seen.read[1:], seen.out[1:], strict=True))
    return int((area + 1) * seen.counts.activations)


def _of_maps(count: int, shape: Shape) -> int:
    return count if len(shape) == 3 else 0


_MEASURES: dict[str, Callable[[_Seen], int]] = {
    "macs": lambda seen: seen.counts.macs,
    "biases": _biases,
    "params": lambda seen: seen.counts.params,
    "spread": _spread,
    "inputs": lambda seen: prod(seen.read),
    "inputs_2d": lambda seen: _of_maps(prod(seen.read), seen.read),
    "outputs": lambda seen: seen.counts.activations,
    "outputs_2d": lambda seen: _of_maps(seen.counts.activations, seen.out),
    "scaled": lambda seen: seen.counts.activations if getattr(seen.layer, "affine", False) else 0,
    "rows": lambda seen: prod(seen.out[1:]),  # vectors along the channels, one for each position
    "dense": _dense,
    "window": _window,
    "steps": _steps,
    "areas": _areas,
    "summed": lambda seen: seen.counts.activations * int(getattr(seen.layer, "size", 1)),
}
"""What a convention can put a weight on; each in numbers of one sample."""
