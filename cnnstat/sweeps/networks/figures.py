"""The figures that a sweep can ask for: those of a network, what other tools count, and its budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.analysis.analyze import analyze_graph
from cnnstat.analysis.backward_cost import costs
from cnnstat.analysis.budgets import asked_inputs, on_inputs, standings
from cnnstat.analysis.conventions import CONVENTIONS
from cnnstat.analysis.model import KINDS
from cnnstat.analysis.tool_counts import tool_counts, total
from cnnstat.base.errors import ArgumentError
from cnnstat.base.figures import BUDGETED, COUNTS, FIGURES, OF_NETWORK
from cnnstat.base.text import suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.analysis.machines import Machine
    from cnnstat.analysis.roofline import NetworkRoof

Cell: TypeAlias = "int | float | tuple[int, ...] | str | None"
"""A figure of a point: a number, one for each axis, a text; None where it is unknown."""

REAL = ("ratio", "seconds")
"""The kinds of figures that are no whole numbers: a cell has the nearest decimal."""


Side: TypeAlias = Literal["", "at most", "at least"]
"""What a number says of a figure: what it is, or no more than on which side of the number it is."""


class SweepFigure(Struct, frozen=True):
    """A figure by its key.

    ``walked`` works it out where totals do not have it, ``under`` from the roofline of a machine. Where the
    figure that it is ``bounded_by`` is not 0, it is only known on which ``side`` of the number this one is.
    """

    key: str
    title: str
    kind: Literal["count", "bytes", "sizes", "text", "ratio", "seconds"]
    convention: str = ""
    walked: Callable[[Analysis], int | None] | None = None
    under: Callable[[NetworkRoof], float | None] | None = None
    bounded_by: str = ""
    side: Side = ""

    @property
    def ordered(self) -> bool:
        """Say whether one of two is more: of texts and shapes none is."""
        return self.kind != "text" and self.key != "output_shape"


def _declared(key: str, kind: Literal["count", "bytes", "sizes", "text"]) -> SweepFigure:
    return SweepFigure(FIGURES[key].layer_key or key, FIGURES[key].label, kind, FIGURES[key].brief)


def _sum(figure: SweepFigure) -> SweepFigure:
    """Return a figure that is the sum over the layers whose own are known."""
    return replace(figure, bounded_by=_UNKNOWN_NODES, side="at least")


_UNKNOWN_NODES = "unknown_nodes"


def _counted_by(name: str) -> Callable[[Analysis], int | None]:
    def counted(analysis: Analysis) -> int | None:
        whole = total(tool_counts(analysis, CONVENTIONS[name]))
        return None if whole.left_out else whole.total

    return counted


def _over_budget(analysis: Analysis) -> int:
    """Return how many budgets of the spec are not kept, on the inputs that each of them is for."""
    found = 0
    for inputs in asked_inputs(analysis.graph):
        graph = on_inputs(analysis.graph, inputs)
        on = analyze_graph(graph, analysis.settings) if inputs else analysis
        found += sum(not standing.kept for standing in standings(on, inputs))
    return found


def _intensity(roof: NetworkRoof) -> float | None:
    return None if roof.intensity is None else float(roof.intensity)


SWEPT: dict[str, SweepFigure] = {
    figure.key: figure
    for figure in (
        _declared("shape", "sizes"),
        *(_sum(_declared(key, "count")) for key in COUNTS),
        *(_sum(SweepFigure(kind, kind, "count")) for kind in KINDS),
        SweepFigure(
            "receptive_field",
            FIGURES["receptive_field"].label,
            "sizes",
            "receptive field of one unit in input pixels (Araujo, Norris, Sim, Distill 2019)",
            bounded_by="field_is_bound",
            side="at most",
        ),
        SweepFigure(
            "field_is_bound",
            "upper bound",
            "count",
            "1 where the field is an upper bound, of which units may see less",
        ),
        _declared("field_stride", "text"),
        *(_sum(_declared(key, "bytes")) for key in OF_NETWORK),
        SweepFigure(
            _UNKNOWN_NODES,
            "unknown nodes",
            "count",
            "nodes of a model that no layer type stands for; sums are without them",
        ),
        SweepFigure("layers", "layers", "count", walked=lambda analysis: len(analysis.rows)),
        SweepFigure(
            "leftover_layers",
            "layers with leftover",
            "count",
            "layers that drop rows or columns",
            walked=lambda analysis: sum(any(row.leftover) for row in analysis.rows),
        ),
        _sum(
            SweepFigure(
                "training_macs",
                "training MACs",
                "count",
                "MACs of a training step on one sample, forward and backward",
                walked=lambda analysis: sum(cost.total for cost in costs(analysis)),
            )
        ),
        SweepFigure(
            "over_budget", "over budget", "count", "budgets of the spec not kept", walked=_over_budget
        ),
        SweepFigure(
            "traffic_bytes",
            "bytes moved",
            "bytes",
            "inputs, parameters and buffers of each layer read once, its output written once, for a batch",
            under=lambda roof: roof.traffic_bytes,
        ),
        SweepFigure(
            "flops_per_byte", "FLOP/B", "ratio", "2 x MACs for each of the bytes moved", under=_intensity
        ),
        SweepFigure(
            "least_seconds",
            "least time",
            "seconds",
            "time of a batch: of each layer the longer of FLOPs at the peak and bytes at the bandwidth",
            under=lambda roof: float(roof.seconds),
        ),
        SweepFigure(
            "memory_bound_layers",
            "memory-bound",
            "count",
            "layers whose bytes take longer than their FLOPs",
            under=lambda roof: roof.memory_bound_layers,
        ),
        *(
            SweepFigure(name, name, "count", f"{tool.prints} of {tool.tool}", walked=_counted_by(name))
            for name, tool in CONVENTIONS.items()
        ),
    )
}
"""Every figure by its key."""

USUAL = ("params", "macs", "activations", "receptive_field", "inference_memory_bytes")
"""What is shown where nothing else is asked for."""

ON_MACHINES = tuple(key for key, figure in SWEPT.items() if figure.under)
"""The figures of a machine."""

USUAL_ON_MACHINES = (*USUAL, "flops_per_byte", "least_seconds")
"""What is shown where a machine is named, and nothing else is asked for."""

THROUGH_LAYERS = tuple(key for key, figure in SWEPT.items() if figure.walked and key not in CONVENTIONS)
"""The figures beside those of other tools and of a machine that no composition knows."""

_BUDGET_NAMES = {name: key for name, key in BUDGETED.items() if name != key}


def with_bounds(keys: Iterable[str], networks: Iterable[str]) -> tuple[str, ...]:
    """Return figures, each followed by the one that says where it is only a bound.

    Nodes can be unknown only where the text of a network has a layer for them.
    """
    opaque = any("opaque" in text for text in networks)
    found: dict[str, None] = {}
    for key in keys:
        bounded_by = SWEPT[key].bounded_by
        more = (bounded_by,) if bounded_by and (opaque or bounded_by != _UNKNOWN_NODES) else ()
        found.update(dict.fromkeys((key, *more)))
    return tuple(found)


def without_bounds(keys: Iterable[str]) -> tuple[str, ...]:
    """Return figures without those that only say of another one where it is a bound."""
    keys = tuple(keys)
    bounding = {SWEPT[key].bounded_by for key in keys}
    return tuple(key for key in keys if key not in bounding)


def swept(name: str, others: Sequence[str] = ()) -> SweepFigure:
    """Return a figure by its key, or by the name that it has in a budget; ``others`` may be meant, too.

    Raises:
        ArgumentError: there is none.
    """
    key = _BUDGET_NAMES.get(name, name)
    if key not in SWEPT:
        from cnnstat.base.pages import meant  # noqa: PLC0415 - only an unknown word waits for the pages

        known = (*others, *SWEPT, *_BUDGET_NAMES)
        hint = meant(name, SWEPT) or suggestion(name, known) or f"; known: {', '.join(known)}"
        raise ArgumentError(f"unknown figure '{name}'{hint}")
    return SWEPT[key]


def check_machine(keys: Sequence[str], machine: Machine | None, dtypes: Iterable[str]) -> None:
    """Refuse figures of a machine where there is none, or one for other types of numbers.

    Raises:
        ArgumentError: there are some.
    """
    for key in keys:
        if SWEPT[key].under and machine is None:
            raise ArgumentError(f"{key} is that of a machine: --machine v100, or --peak and --bandwidth")
        if SWEPT[key].under and machine is not None:
            for dtype in dtypes:
                machine.check(dtype)
