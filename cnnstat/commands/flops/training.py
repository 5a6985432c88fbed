"""Analysis -> what one step of training costs: forward, and back to the weights and the inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.analysis.backward_cost import Cost, costs
from cnnstat.analysis.tool_counts import rules, tool_counts, total, weight_gradients
from cnnstat.base.errors import plural
from cnnstat.commands.flops.report import data_of, left_out, meaning, rows_of, rules_of, tables_of
from cnnstat.report.columns import footnotes
from cnnstat.report.layers import title_of
from cnnstat.report.model import Column, Report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.analysis.conventions import Convention
    from cnnstat.analysis.tool_counts import ToolCount
    from cnnstat.commands.flops.report import Figures

_KEYS = ("forward", "weight_gradients", "input_gradients", "training")


def _columns(convention: Convention | None) -> tuple[Column, ...]:
    """Return the columns, whose figures are MACs or what a tool counts."""
    if convention is None:
        weight_gradients = to_inputs = "the forward MACs once more"
    else:
        weight_gradients = f"what {convention.name} counts for the gradient of the weights,"
        to_inputs = f"what {convention.name} counts forward, once more"
    notes = (
        "",
        f"{weight_gradients} for each layer that is trained",
        f"{to_inputs} where anything trained stands above the layer",
        f"{'MACs' if convention is None else 'all'} of one sample, forward and backward",
    )
    titles, ranks = ("forward", "to weights", "to inputs", "together"), (3, 1, 2, 0)
    parts = zip(_KEYS, titles, notes, ranks, strict=True)
    return tuple(Column(key, title, convention=note, rank=rank) for key, title, note, rank in parts)


def training(analysis: Analysis, depth: int | None = None, convention: Convention | None = None) -> Report:
    """Return the cost of one sample, forward and backward, per layer, per block and per type.

    With a ``convention``, as that tool counts.
    """
    skipped: tuple[tuple[str, str], ...] = ()
    if convention is None:
        spent = costs(analysis)
        notes: tuple[str, ...] = ("layers without MACs are not listed",)
    else:
        forward, back = tool_counts(analysis, convention), weight_gradients(analysis, convention)
        spent = costs(analysis, [tally.total for tally in forward], [tally.total for tally in back])
        skipped = left_out({convention.name: total(forward)})
        notes = _rules(analysis, convention, forward)
    whole, columns = sum(spent, start=Cost()), _columns(convention)
    figures = [_figures(cost) for cost in spent]
    return Report(
        title=title_of(analysis),
        tables=tables_of(analysis, depth, columns, figures, share=len(columns) - 1),
        facts=(*_facts(whole, convention), *_frozen(analysis), *skipped),
        data=data_of(analysis, depth)
        | {
            "training": {
                "convention": None if convention is None else convention.name,
                **_data(whole),
                "layers": [
                    {"name": name, **_data(sum((spent[i] for i in layers), start=Cost()))}
                    for name, layers in rows_of(analysis, depth)
                ],
            }
        },
        notes=(*footnotes(columns), *notes),
        source=analysis.source,
    )


def _figures(cost: Cost) -> Figures:
    return cost.forward, cost.weights, cost.inputs, cost.total


def _data(cost: Cost) -> dict[str, int]:
    return dict(zip(_KEYS, _figures(cost), strict=True))


def _facts(whole: Cost, convention: Convention | None) -> tuple[tuple[str, str], ...]:
    ratio = f", {whole.total / whole.forward:.3f} x forward" if whole.forward else ""
    backward = f"{whole.weights:,} to weights + {whole.inputs:,} to inputs"
    sums = f"{whole.total:,} = {whole.forward:,} forward + {backward}{ratio}"
    if convention is not None:
        return ((convention.name, sums),)
    return ("MACs", sums), ("FLOPs", f"{2 * whole.total:,} (2 x MACs)")


def _frozen(analysis: Analysis) -> tuple[tuple[str, str], ...]:
    """Say how many layers are held that would be trained."""
    held = [row for row in analysis.rows if row.node.frozen and row.counts.params]
    params = sum(row.counts.params for row in held)
    layers = f"{len(held):,} {plural('layer', len(held))}"
    return (("frozen", f"{layers} with {params:,} params"),) if held else ()


def _rules(analysis: Analysis, convention: Convention, forward: Sequence[ToolCount]) -> tuple[str, ...]:
    back = rules(convention.weight_gradients, [row.type for row in analysis.rows]).items()
    weight_gradients = "; ".join(f"{', '.join(kinds)}: {rule}" for rule, kinds in back)
    return (
        f"{convention.name}: {meaning(convention)}",
        f"forward: {rules_of(analysis, convention, forward)}",
        f"to weights: {weight_gradients}",
        "layers that it counts as nothing are not listed",
    )
