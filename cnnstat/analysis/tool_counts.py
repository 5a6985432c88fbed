"""What a tool would print for a network: measures of each layer, weighted by the tool's convention."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.analysis.layer_kinds import TERMS, WORKS
from cnnstat.layers.conv import Convolution
from cnnstat.layers.norm import LocalResponseNorm
from cnnstat.layers.transposed import TransposedConv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cnnstat.analysis.conventions import Convention, Weights
    from cnnstat.analysis.model import Analysis, Counts
    from cnnstat.layers.base import Footprint, Layer, Shape
    from cnnstat.layers.footprint import Bounds


class ToolCount(Struct, frozen=True):
    """What a tool counts for a layer, a group or a network, by term.

    ``left_out`` are the types of layers of which nobody can say how the tool counts them.
    """

    terms: dict[str, int] = {}
    left_out: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Return the sum of all terms."""
        return sum(self.terms.values())

    def __add__(self, other: ToolCount) -> ToolCount:
        terms = dict(self.terms)
        for term, count in other.terms.items():
            terms[term] = terms.get(term, 0) + count
        return ToolCount(terms, tuple(dict.fromkeys((*self.left_out, *other.left_out))))


class _Seen(Struct, frozen=True):
    """A layer as a tool sees it: the shape it reads first, the shape it puts out, and its figures.

    ``params`` are those it works with, whoever owns them.
    """

    layer: Layer
    read: Shape
    out: Shape
    params: int
    counts: Counts
    footprint: Footprint


def tool_counts(analysis: Analysis, convention: Convention) -> tuple[ToolCount, ...]:
    """Return what a tool counts for each layer, in order."""
    return tuple(_tool_count(convention, convention.weights, kind, seen) for kind, seen in _layers(analysis))


def weight_gradients(analysis: Analysis, convention: Convention) -> tuple[ToolCount, ...]:
    """Return what a tool counts for the gradient of each layer's trained numbers, if it has any."""
    return tuple(
        _tool_count(convention, convention.weight_gradients, kind, seen) for kind, seen in _layers(analysis)
    )


def _layers(analysis: Analysis) -> Iterator[tuple[str, _Seen]]:
    for row in analysis.rows:
        read, own = analysis.shapes[row.node.inputs[0]], row.calculated
        layer, out, params = row.node.layer, row.output_shape, own.params.value
        yield row.type, _Seen(layer, read, out, params, row.counts, own.footprint)


def total(parts: Iterable[ToolCount]) -> ToolCount:
    """Return the sum of tool_counts, its terms in the order they are shown."""
    whole = sum(parts, start=ToolCount())
    return ToolCount(
        {term: whole.terms[term] for term in sorted(whole.terms, key=TERMS.index)}, whole.left_out
    )


def _tool_count(convention: Convention, weights: Weights, kind: str, seen: _Seen) -> ToolCount:
    if kind in convention.nothing:
        return ToolCount()
    if kind not in weights:
        return ToolCount({}, (kind,))
    terms: dict[str, int] = {}
    for measure, weight in weights[kind].items():
        term = WORKS[kind].biases if measure == "biases" else WORKS[kind].term
        terms[term] = terms.get(term, 0) + weight * MEASURES[measure].of(seen)
    return ToolCount({term: count for term, count in terms.items() if count})


# -- measures of a layer ----------------------------------------------------------------------------


def _spread(seen: _Seen) -> int:
    """Return weights x output positions: the multiply-adds of a convolution, not of a transposed one."""
    return seen.params * prod(seen.out[1:]) - seen.counts.additions


def _slides(seen: _Seen) -> tuple[Bounds, ...]:
    """Return the bounds of a sliding window along each axis."""
    assert not isinstance(seen.footprint, str)
    assert all(bounds.period == 1 for bounds in seen.footprint)  # as of bins it is not
    return seen.footprint


def _ungrouped(seen: _Seen) -> int:
    """Return the multiply-adds of a convolution whose filters read all maps, not those of a group."""
    assert isinstance(seen.layer, Convolution | TransposedConv)
    return seen.counts.macs * seen.layer.groups_of(seen.read[0])


def _window(seen: _Seen) -> int:
    """Return the taps of all windows, those on padding included."""
    taps = (1 + (bounds.high[0] - bounds.low[0]) // bounds.step for bounds in _slides(seen))
    return seen.counts.activations * prod(taps)


def _steps(seen: _Seen) -> int:
    """Return the inputs that the windows advance by, together."""
    return seen.counts.activations * prod(bounds.advance for bounds in _slides(seen))


def _areas(seen: _Seen) -> int:
    """Return the mean area of a bin and a division, for each output, rounded as thop rounds in float64."""
    area = prod(size / bins for size, bins in zip(seen.read[1:], seen.out[1:], strict=True))
    return int((area + 1) * seen.counts.activations)


def _summed(seen: _Seen) -> int:
    """Return the squares in all sums of a local response norm, beyond the first and last channel, too."""
    assert isinstance(seen.layer, LocalResponseNorm)
    return seen.counts.activations * seen.layer.size


def _of_rank(rank: int, count: int, shape: Shape) -> int:
    return count if len(shape) - 1 == rank else 0


def _repeated(seen: _Seen) -> int:
    """Return the outputs that are copies of an input."""
    return 0 if seen.counts.multiplications else seen.counts.activations


def _blended(seen: _Seen) -> int:
    """Return the outputs that are interpolated."""
    return seen.counts.activations if seen.counts.multiplications else 0


class Measure(Struct, frozen=True):
    """What a convention can put a weight on: how much of it a layer has, for one sample, and its words."""

    of: Callable[[_Seen], int]
    words: str


MEASURES: dict[str, Measure] = {
    "macs": Measure(lambda seen: seen.counts.macs, "MACs"),
    # The additions of a layer that multiplies with weights are those of its biases.
    "biases": Measure(lambda seen: seen.counts.additions, "additions of biases"),
    "params": Measure(lambda seen: seen.params, "parameters"),
    "connections": Measure(lambda seen: seen.counts.connections, "connections"),
    "spread": Measure(_spread, "weights x output positions"),
    "inputs": Measure(lambda seen: prod(seen.read), "inputs"),
    "inputs_2d": Measure(lambda seen: _of_rank(2, prod(seen.read), seen.read), "inputs"),
    "outputs": Measure(lambda seen: seen.counts.activations, "outputs"),
    "scaled": Measure(lambda seen: seen.counts.activations if seen.params else 0, "outputs that are scaled"),
    "rows": Measure(lambda seen: prod(seen.out[1:]), "positions"),  # of vectors along the channels
    "dense": Measure(lambda seen: _window(seen) * seen.read[0], "MACs as if every filter read all maps"),
    "ungrouped": Measure(_ungrouped, "MACs as if without groups"),
    "window": Measure(_window, "taps of all windows"),
    "steps": Measure(_steps, "outputs x stride on each axis"),
    "areas": Measure(_areas, "area of a bin and 1 for each output"),
    "summed": Measure(_summed, "squares in all sums"),
    "repeated": Measure(_repeated, "outputs that are copies"),
    "repeated_2d": Measure(lambda seen: _of_rank(2, _repeated(seen), seen.out), "outputs that are copies"),
    "blended_1d": Measure(
        lambda seen: _of_rank(1, _blended(seen), seen.out), "outputs of a signal that are blended"
    ),
    "blended_2d": Measure(
        lambda seen: _of_rank(2, _blended(seen), seen.out), "outputs of a map that are blended"
    ),
}


def rules(weights: Weights, kinds: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the rules in words, such as ``2 x MACs``, with the types among ``kinds`` that each is for."""
    found: dict[str, tuple[str, ...]] = {}
    for kind in dict.fromkeys(kinds):
        if kind in weights:
            parts = (_times(weight, MEASURES[name].words) for name, weight in weights[kind].items())
            rule = " + ".join(parts).replace("+ -", "- ")
            found[rule] = (*found.get(rule, ()), kind)
    return found


def _times(weight: int, words: str) -> str:
    return f"-{words}" if weight == -1 else words if weight == 1 else f"{weight} x {words}"
