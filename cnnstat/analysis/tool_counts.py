"""What a tool would print for a network: measures of each layer, weighted by the tool's convention."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.analysis.layer_kinds import TERMS, work_of
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


class _Facts(Struct, frozen=True):
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
    return tuple(
        _tool_count(convention, convention.weights, kind, facts) for kind, facts in _layers(analysis)
    )


def weight_gradients(analysis: Analysis, convention: Convention) -> tuple[ToolCount, ...]:
    """Return what a tool counts for the gradient of each layer's trained numbers, if it has any."""
    return tuple(
        _tool_count(convention, convention.weight_gradients, kind, facts) for kind, facts in _layers(analysis)
    )


def _layers(analysis: Analysis) -> Iterator[tuple[str, _Facts]]:
    for row in analysis.rows:
        read, own = analysis.shapes[row.node.inputs[0]], row.calculated
        layer, out, params = row.node.layer, row.output_shape, own.params.value
        yield row.type, _Facts(layer, read, out, params, row.counts, own.footprint)


def total(parts: Iterable[ToolCount]) -> ToolCount:
    """Return the sum of counts, its terms in the order they are shown."""
    whole = sum(parts, start=ToolCount())
    return ToolCount(
        {term: whole.terms[term] for term in sorted(whole.terms, key=TERMS.index)}, whole.left_out
    )


def _tool_count(convention: Convention, weights: Weights, kind: str, facts: _Facts) -> ToolCount:
    if kind in convention.nothing:
        return ToolCount()
    if kind not in weights:
        return ToolCount({}, (kind,))
    work = work_of(kind, facts.layer.family)
    terms: dict[str, int] = {}
    for measure, weight in weights[kind].items():
        term = work.biases if measure == "biases" else work.term
        terms[term] = terms.get(term, 0) + weight * MEASURES[measure].of(facts)
    return ToolCount({term: count for term, count in terms.items() if count})


# -- measures of a layer ----------------------------------------------------------------------------


def _spread(facts: _Facts) -> int:
    """Return weights x output positions: the multiply-adds of a convolution, not of a transposed one."""
    return facts.params * prod(facts.out[1:]) - facts.counts.additions


def _slides(facts: _Facts) -> tuple[Bounds, ...]:
    """Return the bounds of a sliding window along each axis."""
    assert not isinstance(facts.footprint, str)
    assert all(bounds.period == 1 for bounds in facts.footprint)  # as of bins it is not
    return facts.footprint


def _ungrouped(facts: _Facts) -> int:
    """Return the multiply-adds of a convolution whose filters read all maps, not those of a group."""
    assert isinstance(facts.layer, Convolution | TransposedConv)
    return facts.counts.macs * facts.layer.groups_of(facts.read[0])


def _window(facts: _Facts) -> int:
    """Return the taps of all windows, those on padding included."""
    taps = (1 + (bounds.high[0] - bounds.low[0]) // bounds.step for bounds in _slides(facts))
    return facts.counts.activations * prod(taps)


def _steps(facts: _Facts) -> int:
    """Return the inputs that the windows advance by, together."""
    return facts.counts.activations * prod(bounds.advance for bounds in _slides(facts))


def _areas(facts: _Facts) -> int:
    """Return the mean area of a bin and a division, for each output, rounded as thop rounds in float64."""
    area = prod(size / bins for size, bins in zip(facts.read[1:], facts.out[1:], strict=True))
    return int((area + 1) * facts.counts.activations)


def _summed(facts: _Facts) -> int:
    """Return the squares in all sums of a local response norm, beyond the first and last channel, too."""
    assert isinstance(facts.layer, LocalResponseNorm)
    return facts.counts.activations * facts.layer.size


def _of_rank(rank: int, count: int, shape: Shape) -> int:
    return count if len(shape) - 1 == rank else 0


def _repeated(facts: _Facts) -> int:
    """Return the outputs that are copies of an input."""
    return 0 if facts.counts.multiplications else facts.counts.activations


def _blended(facts: _Facts) -> int:
    """Return the outputs that are interpolated."""
    return facts.counts.activations if facts.counts.multiplications else 0


class Measure(Struct, frozen=True):
    """What a convention can put a weight on: how much of it a layer has, for one sample, and its words."""

    of: Callable[[_Facts], int]
    words: str


MEASURES: dict[str, Measure] = {
    "macs": Measure(lambda facts: facts.counts.macs, "MACs"),
    # The additions of a layer that multiplies with weights are those of its biases.
    "biases": Measure(lambda facts: facts.counts.additions, "additions of biases"),
    "params": Measure(lambda facts: facts.params, "parameters"),
    "connections": Measure(lambda facts: facts.counts.connections, "connections"),
    "spread": Measure(_spread, "weights x output positions"),
    "inputs": Measure(lambda facts: prod(facts.read), "inputs"),
    "inputs_2d": Measure(lambda facts: _of_rank(2, prod(facts.read), facts.read), "inputs"),
    "outputs": Measure(lambda facts: facts.counts.activations, "outputs"),
    "scaled": Measure(
        lambda facts: facts.counts.activations if facts.params else 0, "outputs that are scaled"
    ),
    "rows": Measure(lambda facts: prod(facts.out[1:]), "positions"),  # of vectors along the channels
    "dense": Measure(lambda facts: _window(facts) * facts.read[0], "MACs as if every filter read all maps"),
    "ungrouped": Measure(_ungrouped, "MACs as if without groups"),
    "window": Measure(_window, "taps of all windows"),
    "steps": Measure(_steps, "outputs x stride on each axis"),
    "areas": Measure(_areas, "area of a bin and 1 for each output"),
    "summed": Measure(_summed, "squares in all sums"),
    "repeated": Measure(_repeated, "outputs that are copies"),
    "repeated_2d": Measure(lambda facts: _of_rank(2, _repeated(facts), facts.out), "outputs that are copies"),
    "blended_1d": Measure(
        lambda facts: _of_rank(1, _blended(facts), facts.out), "outputs of a signal that are blended"
    ),
    "blended_2d": Measure(
        lambda facts: _of_rank(2, _blended(facts), facts.out), "outputs of a map that are blended"
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
