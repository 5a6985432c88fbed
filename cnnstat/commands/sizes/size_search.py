"""Which input sizes a network accepts, and what each costs.

Every size is tried: whether one fits says nothing about the next, where sizes have to be whole, branches
have to meet or a pyramid has to find its bins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.analysis.analyze import analyze_graph
from cnnstat.analysis.settings import Options, Settings, settled
from cnnstat.base.arguments import check_count, shown
from cnnstat.base.errors import ArgumentError
from cnnstat.base.limits import MAX_SIZE, is_size
from cnnstat.commands.sizes.held import held
from cnnstat.commands.sizes.size_range import between, grown
from cnnstat.commands.sizes.trial import Outcome, Refusal, Tries, Walked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from cnnstat.analysis.model import Row
    from cnnstat.commands.sizes.held import Held
    from cnnstat.commands.sizes.size_range import Size, Steps
    from cnnstat.graph.model import Graph
    from cnnstat.layers.base import Shape


_RESIDUES = 64


class SizeSearch(Struct, frozen=True):
    """A network at every one of some sizes, and at its own.

    ``fixing`` are the layers that are the first to store other numbers at some size: these tie trained
    weights to the network's own. Where there is none, ``levelled`` is the layer behind which no shape depends
    on the input's size, if there is such a layer. Both are looked for at every size tried and at a much
    larger one; ``far`` says that one was accepted. Where none was, ``held`` is what holds the network at its
    size without weights. ``beyond`` are the layers whose receptive field is larger than the network's own
    input.
    """

    graph: Graph
    settings: Settings
    steps: Steps
    own: Outcome
    outcomes: tuple[Outcome, ...]
    fixing: tuple[int, ...] = ()
    levelled: int | None = None
    far: bool = False
    held: Held | None = None
    beyond: tuple[Row, ...] = ()

    @property
    def input_shape(self) -> Shape:
        """Return what counts as the network's own input."""
        return self.graph.input_shape

    @property
    def accepted(self) -> tuple[Outcome, ...]:
        """Return the outcomes of the sizes that fit."""
        return tuple(outcome for outcome in self.outcomes if outcome.accepted)

    def fits(self, outcome: Outcome) -> bool | None:
        """Say whether every layer stores as many numbers as at the network's own size, as its weights need.

        It is unknown where one of both sizes is refused.
        """
        known = self.own.accepted and outcome.accepted
        return outcome.changed is None if known else None


def sizes(
    spec: Graph | str | Path,
    *,
    first: int | tuple[int, ...] | None = None,
    last: int | tuple[int, ...] | None = None,
    step: int | None = None,
    **options: Unpack[Options],
) -> SizeSearch:
    """Try a network at other input sizes: which it accepts, what each costs, and who refuses the others.

    ``first`` and ``last`` are height and width, a length, or one number for every axis; without them, each
    size up to twice the network's own is tried. The other keywords are those of `analyze`; ``input_shape``
    is what counts as the network's own input.

    Raises:
        SpecError: the spec is wrong, or neither its own size nor any other is accepted.
        ValueError: an argument is out of range, or there are no such sizes or too many.
    """
    graph, settings = settled(spec, options)
    if step is not None:
        step = check_count("step", step)
    steps = between(graph, _size("first", first), _size("last", last), step)
    return sweep(graph, steps, settings)


def sweep(
    graph: Graph,
    steps: Steps,
    settings: Settings | None = None,
    advance: Callable[[float], None] = lambda step: None,
) -> SizeSearch:
    """Try every size of ``steps``; the graph's input is what counts as the network's own.

    ``advance`` is called with 1 after each size.

    Raises:
        SpecError: neither the network's own size nor any other is accepted.
    """
    settings = (settings or Settings()).on(graph.spec)
    shape = graph.input_shape
    tries = Tries(graph, settings)
    own = tries.own
    found: list[Outcome] = []
    for size in steps.sizes:
        found.append(tries.outcome(size))
        advance(1)
    outcomes = tuple(found)
    if own is None and not any(outcome.accepted for outcome in outcomes):
        analyze_graph(graph, settings)  # which says what is wrong, and where
    search = SizeSearch(graph, settings, steps, tries.outcome(shape[1:]), outcomes)
    if own is None:
        return search
    far = _far(tries, shape)
    changed = {outcome.changed for outcome in outcomes} | {far.changed(own) if far else None}
    fixing = tuple(sorted(number for number in changed if number is not None))
    return replace(
        search,
        fixing=fixing,
        levelled=_levelled(graph, own, far) if far and not fixing else None,
        far=far is not None,
        held=None if far or fixing else held(tries, own, tries.shapes(_larger(shape))),
        beyond=_beyond(graph, settings),
    )


def _size(name: str, size: int | tuple[int, ...] | None) -> tuple[int, ...] | None:
    """Return a size as a tuple.

    Raises:
        ArgumentError: it has no axis, or one is out of range.
    """
    axes = tuple(size) if isinstance(size, list) else (size,) if isinstance(size, int) else size
    good = isinstance(axes, tuple) and axes and all(map(is_size, axes))
    if axes is not None and not good:
        raise ArgumentError(
            f"{name}: expected one size or a tuple, from 1 to {MAX_SIZE:,}, got {shown(size)}"
        )
    return axes


def _accepted(walked: Walked | Refusal) -> Walked | None:
    return None if isinstance(walked, Refusal) else walked


def _far(tries: Tries, shape: Shape) -> Walked | None:
    """Return the walk of a much larger input: the first that is accepted of some.

    Near its own size, and even at twice that, a network may round to the same shapes; not so at the largest
    sizes there are. Of a network that is particular about sizes, one of `_RESIDUES` that follow each other
    fits. Doubling the own size keeps whole what is whole.
    """
    size = shape[1:]
    largest = MAX_SIZE - max(size)
    doublings = range((MAX_SIZE // max(size)).bit_length() - 1, 0, -1)
    sizes = (
        *(grown(size, largest - less) for less in range(min(_RESIDUES, largest))),
        *(tuple(axis << times for axis in size) for times in doublings),
        *(grown(size, min(size) + more) for more in range(min(_RESIDUES, largest - min(size)))),
    )
    walks = (_accepted(tries.walked(tries.shapes(far))) for far in sizes)
    return next((walked for walked in walks if walked is not None), None)


def _larger(shape: Shape) -> Size:
    """Return the size doubled, which keeps whole what is whole, or one larger where that is too large."""
    size = shape[1:]
    return tuple(2 * axis for axis in size) if 2 * max(size) <= MAX_SIZE else grown(size, 1)


def _levelled(graph: Graph, own: Walked, far: Walked) -> int | None:
    """Return the last layer that reads other shapes at a far larger input, where all outputs are the same."""
    differ = [now != then for now, then in zip(far.shapes, own.shapes, strict=True)]
    if any(differ[number] for number in graph.outputs):
        return None
    reading = (node.number for node in graph.layers if any(differ[i] for i in node.inputs))
    return max(reading, default=None)


def _beyond(graph: Graph, settings: Settings) -> tuple[Row, ...]:
    """Return the layers with units whose field, padding included, is larger than the input on some axis."""
    rows, shape = analyze_graph(graph, settings).rows, graph.input_shape
    return tuple(
        row
        for row in rows
        if row.field.known
        and any(one > size for one, size in zip(row.field.sizes(row.output_shape), shape[1:], strict=True))
    )


def refusals(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """Return the refused sizes by the layer that refuses, in the order of its first refusals."""
    found: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.refusal:
            found.setdefault(outcome.refusal.layer, []).append(outcome)
    return found
