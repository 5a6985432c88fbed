"""What a tool would print for a network: measures of each layer, weighted by the tool's convention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.analysis.facts import Facts
from cnnstat.analysis.layer_kinds import TERMS, USUAL_AXES, work_of
from cnnstat.analysis.measures import MEASURES
from cnnstat.layers.base import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnstat.analysis.convention import Convention, Weights
    from cnnstat.analysis.model import Analysis, LayerRow
    from cnnstat.layers.base import Layer


class ToolCount(Struct, frozen=True):
    """What a tool counts for a layer, a group or a network, by term.

    ``left_out`` are the types of layers of which nobody can say how the tool counts them; where that is for
    weights of another layer alone, it says so behind the type.
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


def tool_counts(analysis: Analysis, convention: Convention) -> tuple[ToolCount, ...]:
    """Return what a tool counts for each layer, in order."""
    return _counts(analysis, convention, convention.weights)


def weight_gradients(analysis: Analysis, convention: Convention) -> tuple[ToolCount, ...]:
    """Return what a tool counts for the gradient of each layer's trained numbers, if it has any."""
    return _counts(analysis, convention, convention.weight_gradients)


def _counts(analysis: Analysis, convention: Convention, weights: Weights) -> tuple[ToolCount, ...]:
    return tuple(
        ToolCount({}, (f"{row.type} with shared weights",))
        if _unknown_for_sharing(convention, row)
        else _tool_count(convention, weights, row.type, facts)
        for row, facts in _layers(analysis)
    )


def _unknown_for_sharing(convention: Convention, row: LayerRow) -> bool:
    """Say whether a tool that has weights for a type was never run on one that uses another's parameters."""
    return bool(row.weights_of) and not convention.shared_weights and row.type in convention.weights


def _layers(analysis: Analysis) -> Iterator[tuple[LayerRow, Facts]]:
    for row in analysis.rows:
        read, own = analysis.shapes[row.node.inputs[0]], row.calculated
        layer, out, params = row.node.layer, row.output_shape, own.params.value
        footprint = own.footprints[0] if own.footprints else UNKNOWN
        yield row, Facts(layer, read, out, params, row.counts, footprint)


def total(parts: Iterable[ToolCount]) -> ToolCount:
    """Return the sum of counts, its terms in the order they are shown."""
    whole = sum(parts, start=ToolCount())
    return ToolCount(
        {term: whole.terms[term] for term in sorted(whole.terms, key=TERMS.index)}, whole.left_out
    )


def _tool_count(convention: Convention, weights: Weights, kind: str, facts: Facts) -> ToolCount:
    if facts.rank > convention.rank:
        return ToolCount({}, (kind,))
    if kind in convention.nothing:
        return ToolCount()
    if kind not in weights or not (kind in convention.any_axis or _along_usual_axis(kind, facts.layer)):
        return ToolCount({}, (kind,))
    work = work_of(kind, facts.layer.family)
    terms: dict[str, int] = {}
    for name, weight in weights[kind].items():
        measure = MEASURES[name]
        count = measure.of(facts)
        if count is None:
            return ToolCount({}, (kind,))
        term = work.biases if measure.biases else work.term
        terms[term] = terms.get(term, 0) + weight * count
    return ToolCount({term: count for term, count in terms.items() if count})


def _along_usual_axis(kind: str, layer: Layer) -> bool:
    axis = getattr(layer, "axis", getattr(layer, "axes", None))
    return kind not in USUAL_AXES or axis in USUAL_AXES[kind]


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
