"""Analysis -> what one step of training costs: forward, and back to the weights and the inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.analysis.counted import tallies, total
from cnnstat.analysis.training import Cost, costs
from cnnstat.report.build import title_of
from cnnstat.report.columns import conventions
from cnnstat.report.flops import added, data_of, left_out, meaning, rows_of, tables_of
from cnnstat.report.model import Column, Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.analysis.conventions import Convention
    from cnnstat.report.flops import Figures

_COLUMNS = (
    Column("forward", "forward", rank=3),
    Column(
        "weight_gradients",
        "to weights",
        convention="the forward MACs once more for each layer that is trained",
        rank=1,
    ),
    Column(
        "input_gradients",
        "to inputs",
        convention="the forward MACs once more where anything trained stands above the layer",
        rank=2,
    ),
    Column("training", "together", convention="MACs of one sample, forward and backward"),
)
_KEYS = tuple(column.key for column in _COLUMNS)


def training(analysis: Analysis, depth: int | None = None, convention: Convention | None = None) -> Report:
    """Return the cost of one sample, forward and backward, per layer, per block and per type.

    With a ``convention``, as that tool counts.
    """
    figures = [_figures(cost) for cost in costs(analysis)]
    if convention is not None:
        figures = [
            (tally.total, *(tally.total if part else 0 for part in values[1:-1]))
            for tally, values in zip(tallies(analysis, convention), figures, strict=True)
        ]
        figures = [(*values, sum(values)) for values in figures]
    whole = added(figures)
    return Report(
        title=title_of(analysis),
        tables=tables_of(analysis, depth, _COLUMNS, figures, share=len(_COLUMNS) - 1),
        facts=(*_facts(whole, convention), *_frozen(analysis), *_skipped(analysis, convention)),
        data=data_of(analysis, depth)
        | {
            "training": {
                "convention": None if convention is None else convention.name,
                **dict(zip(_KEYS, whole, strict=True)),
                "layers": [
                    {"name": name, **_sums(figures[i] for i in layers)}
                    for name, layers in rows_of(analysis, depth)
                ],
            }
        },
        notes=_notes(convention),
        source=analysis.source,
    )


def _figures(cost: Cost) -> Figures:
    return cost.forward, cost.weights, cost.inputs, cost.total


def _sums(figures: Iterable[Figures]) -> dict[str, int]:
    return dict(zip(_KEYS, added(figures) or (0,) * len(_KEYS), strict=True))


def _facts(whole: Sequence[int], convention: Convention | None) -> tuple[tuple[str, str], ...]:
    forward, weights, inputs, both = whole
    ratio = f", {both / forward:.3f} x forward" if forward else ""
    sums = f"{both:,} = {forward:,} forward + {weights:,} to weights + {inputs:,} to inputs{ratio}"
    if convention is not None:
        return ((convention.name, sums),)
    return ("MACs", sums), ("FLOPs", f"{2 * both:,} (2 x MACs)")


def _frozen(analysis: Analysis) -> tuple[tuple[str, str], ...]:
    """Say how many layers are held that would be trained."""
    held = [
        row
        for node, row in zip(analysis.graph.nodes, analysis.rows, strict=True)
        if node.frozen and row.counts.params
    ]
    params = sum(row.counts.params for row in held)
    return (("frozen", f"{len(held):,} layer{'s' * (len(held) > 1)} with {params:,} params"),) if held else ()


def _skipped(analysis: Analysis, convention: Convention | None) -> tuple[tuple[str, str], ...]:
    if convention is None:
        return ()
    return left_out({convention.name: total(tallies(analysis, convention))})


def _notes(convention: Convention | None) -> tuple[str, ...]:
    counted = () if convention is None else (f"{convention.name}: {meaning(convention)}",)
    return (*conventions(_COLUMNS), *counted, "layers without MACs are not listed")
