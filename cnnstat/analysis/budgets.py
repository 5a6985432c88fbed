"""Calculated figures against the budgets that a spec or a project sets: what is kept, and the room left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.analysis.expectations import figure
from cnnstat.analysis.model import LayerRow
from cnnstat.analysis.outline import TOTAL
from cnnstat.base.axes import rank_of
from cnnstat.base.figures import COUNTS, FIGURES, OF_NETWORK
from cnnstat.layers.base import places
from cnnstat.spec.budget import Bound, Budget, Inputs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis.model import Analysis, Row, Totals
    from cnnstat.graph.model import Graph
    from cnnstat.graph.nodes import Group, LayerNode


_NOUNS = {"padding_macs": "MACs on padding", "receptive_field": "receptive field"}


class Standing(Struct, frozen=True):
    """How a budget stands: the name of what it is for (``total``: the network), and the figure there.

    What stands in a block is for each call of it: of these ``places``, the one with the least room. ``value``
    is the figure that is held against the limit, of a receptive field that of one axis, which ``axis`` names
    where there are several; None where it is ``unknown``, which says why.
    """

    name: str
    budget: Budget
    value: int | None = None
    axis: str = ""
    unknown: str = ""
    places: int = 1

    @property
    def bound(self) -> Bound:
        """Return the bound."""
        return self.budget.bound

    @property
    def room(self) -> int | None:
        """Return what is left up to the limit."""
        return None if self.value is None else self.bound.room(self.value)

    @property
    def kept(self) -> bool:
        """Say whether the budget is kept; what is not known is not."""
        return self.room is not None and self.room >= 0

    @property
    def share(self) -> float | None:
        """Return the room as a part of the limit; None of no room and of a limit of 0."""
        return None if self.room is None or not self.bound.limit else self.room / self.bound.limit

    @property
    def message(self) -> str:
        """Return what is to be said of a budget that is not kept, or how much room one that is kept has."""
        of = f", the tightest of {self.places:,}" if self.places > 1 else ""
        where = "" if self.name == TOTAL else f"'{self.name}'{of}: "
        at = f" at {shown_inputs(self.budget.inputs)}" if self.budget.inputs else ""
        label = _NOUNS.get(self.bound.key) or FIGURES[self.bound.key].label
        budget = f"budget {'' if self.bound.most else 'at least '}{self.bound.text}"
        if self.value is None or self.room is None:
            return f"{where}{label}{at} {self.unknown}; {budget}"
        beyond = "left" if self.kept else "over" if self.bound.most else "short"
        along = f" along the {self.axis}" if self.axis else ""
        counted = self.bound.key in COUNTS
        value = f"{self.value:,} {label}" if counted else f"{label} of {self.value:,}{self._unit}{along}"
        return f"{where}{value}{at}, {budget}: {abs(self.room):,} {beyond}{self._percent()}"

    @property
    def _unit(self) -> str:
        return " bytes" if self.bound.key in OF_NETWORK else ""

    def _percent(self) -> str:
        assert self.room is not None
        if not self.bound.limit:
            return ""
        percent = abs(self.room) * 100 / self.bound.limit
        if 0 < percent < 0.01:
            return " (less than 0.01 %)"
        if 99.95 <= percent < 100:
            return " (more than 99.9 %)"
        return f" ({percent:.3g} %)" if percent < 1000 else f" ({percent:,.0f} %)"


def shown_inputs(inputs: Inputs) -> str:
    """Return inputs as a command line has them: ``3x320x320``, ``left=3x64x64``; nothing for a spec's own."""
    shapes = ((name, "x".join(map(str, shape))) for name, shape in inputs)
    return ", ".join(f"{name}={shape}" if name else shape for name, shape in shapes)


def asked_inputs(graph: Graph) -> dict[Inputs, tuple[Budget, ...]]:
    """Return all inputs that budgets of a network and its parts are for, with these; () are its own."""
    nodes: tuple[LayerNode | Group, ...] = (*graph.layers, *graph.groups)
    entries = {id(node.entry): node.entry for node in nodes if node.entry.budget}
    found: dict[Inputs, list[Budget]] = {}
    for budget in (*_of_network(graph, ()), *(each for entry in entries.values() for each in entry.budget)):
        found.setdefault(budget.inputs, []).append(budget)
    return {inputs: tuple(budgets) for inputs, budgets in found.items()}


def on_inputs(graph: Graph, inputs: Inputs) -> Graph:
    """Return the network on the inputs that a budget is for.

    Raises:
        ArgumentError: it has no such inputs.
    """
    if not inputs:
        return graph
    only, shape = inputs[0]
    return graph.on(dict(inputs) if only else shape)


def standings(analysis: Analysis, inputs: Inputs = (), more: Sequence[Bound] = ()) -> Iterator[Standing]:
    """Yield how the budgets of a network and of its parts stand that are for the inputs it is analyzed on.

    ``more`` are bounds on the network that others than its spec set.
    """
    for budget in _of_network(analysis.graph, more):
        if budget.inputs == inputs:
            yield _standing(analysis, TOTAL, analysis.totals, analysis.graph.outputs[-1], budget)
    yield from _of_parts(analysis, inputs)


def _of_parts(analysis: Analysis, inputs: Inputs) -> Iterator[Standing]:
    """Yield the budgets beside layers and calls, each once."""
    rows: tuple[Row, ...] = (*analysis.rows, *analysis.groups)
    found: dict[int, list[Standing]] = {}
    for row in rows:
        place = row.node if isinstance(row, LayerRow) else row.group
        if place.index is not None:
            continue  # of a repeat, the sum over all repetitions is what its line demands, not each of them
        for budget in place.entry.budget:
            if budget.inputs == inputs:
                standing = _standing(analysis, row.name, row, row.number, budget)
                found.setdefault(id(budget), []).append(standing)
    for standings in found.values():
        yield replace(min(standings, key=_room), places=len(standings))


def _room(standing: Standing) -> tuple[bool, int]:
    return standing.room is not None, standing.room or 0


def _of_network(graph: Graph, more: Sequence[Bound]) -> tuple[Budget, ...]:
    """Return the budgets of a network as a whole: a variant's own in place of the family's for the same.

    Unlike what is published, they hold whatever the parameters: they say what is demanded.
    """
    variant, family = graph.spec.variant, graph.spec.family
    own = variant.budget if variant else ()
    taken = {budget.what for budget in own}
    place = variant.span if variant else family.span
    inherited = (budget for budget in family.budget if budget.what not in taken)
    return (*inherited, *own, *(Budget(bound, place) for bound in more))


def _standing(analysis: Analysis, name: str, row: Row | Totals, number: int, budget: Budget) -> Standing:
    bound = budget.bound
    if bound.key != "receptive_field":
        value = figure(row, bound.key)
        assert isinstance(value, int)
        opaque = _opaque(analysis, name)
        if opaque and (bound.room(value) >= 0) is bound.most:
            unknown = f"of at least {value:,} is without '{opaque}', which leaves open how much there is"
            return Standing(name, budget, unknown=unknown)
        return Standing(name, budget, value)
    if unknown := _unknown(analysis, row, number, bound):
        return Standing(name, budget, unknown=unknown)
    extent = places(analysis.input_shape)
    sizes = extent if row.field.whole else row.field.sizes(row.output_shape)
    size = max(sizes) if bound.most else min(sizes)
    axes = rank_of(analysis.input_shape).axes[-len(sizes) :]
    axis = axes[sizes.index(size)] if len(set(sizes)) > 1 else ""
    return Standing(name, budget, size, axis)


def _opaque(analysis: Analysis, name: str) -> str:
    """Return a layer of the network, or of a part of it, that sums are without; empty where there is none."""
    within = (each for each in analysis.without if name in (TOTAL, each) or each.startswith(f"{name}."))
    return next(within, "")


def _unknown(analysis: Analysis, row: Row | Totals, number: int, bound: Bound) -> str:
    """Return why a field cannot be held against a bound; empty where it can."""
    if row.field.because is not None:
        return f"is unknown because of '{row.field.because}'"
    if row.field.unseen:
        return "is none: nothing of the input is read"
    if not bound.most and (because := analysis.exact_upper_bounds[number]):
        return f"is an upper bound because of '{because}', which proves no least size"
    return ""
