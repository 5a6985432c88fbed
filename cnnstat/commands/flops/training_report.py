"""Document of `flops --training` -> Report: what one step costs forward, and back to weights and inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET
from msgspec.structs import astuple

from cnnstat.analysis.tool_counts import rules, total
from cnnstat.base.text import plural
from cnnstat.commands.flops.report import left_out, meaning, rules_of
from cnnstat.commands.flops.shares import share_tables
from cnnstat.report.columns import footnotes
from cnnstat.report.layers import title_of
from cnnstat.report.model import Column, Fact, Quantity, Report

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.analysis.backward_cost import Cost
    from cnnstat.analysis.convention import Convention
    from cnnstat.analysis.tool_counts import ToolCount
    from cnnstat.commands.flops.document import FlopsDocument, Training
    from cnnstat.report.model import Phrase

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
        f"{to_inputs} for each input that anything trained stands above",
        f"{'MACs' if convention is None else 'all'} of one sample, forward and backward",
    )
    titles, ranks = ("forward", "to weights", "to inputs", "together"), (3, 1, 2, 0)
    parts = zip(_KEYS, titles, notes, ranks, strict=True)
    return tuple(Column(key, title, convention=note, rank=rank) for key, title, note, rank in parts)


def training_report(
    document: FlopsDocument,
    analysis: Analysis,
    depth: int | None,
    costs: Sequence[Cost],
    convention: Convention | None,
    forward: Sequence[ToolCount],
) -> Report:
    """Return the cost of one sample, forward and backward, per layer, per block and per type.

    ``costs`` are those of each layer; with a ``convention`` as that tool counts, ``forward`` being what it
    counts for each layer going forward.
    """
    assert document.training is not UNSET
    columns = _columns(convention)
    figures = [(*astuple(cost), cost.total) for cost in costs]
    skipped: tuple[Fact, ...] = ()
    notes: tuple[Phrase, ...] = ("layers without MACs are not listed",)
    if convention is not None:
        skipped = left_out({convention.name: total(forward).left_out})
        notes = _rules(analysis, convention, forward)
    return Report(
        title=title_of(document),
        tables=share_tables(analysis, depth, columns, figures, share=len(columns) - 1),
        facts=(*_facts(document.training), *_frozen(analysis), *skipped),
        notes=(*footnotes(columns), *notes),
        source=document.source,
    )


def _facts(training: Training) -> Iterator[Fact]:
    forward, whole = training.forward, training.training
    phrase = (
        *(Quantity(whole), " = ", Quantity(forward), " forward + "),
        *(Quantity(training.weight_gradients), " to weights + "),
        *(Quantity(training.input_gradients), " to inputs"),
        f", {whole / forward:.3f} x forward" if forward else "",
    )
    if training.convention is not None:
        yield Fact(training.convention, phrase)
        return
    yield Fact("MACs", phrase)
    yield Fact("FLOPs", (Quantity(2 * whole), " (2 x MACs)"))


def _frozen(analysis: Analysis) -> Iterator[Fact]:
    """Say how many layers are held that would be trained."""
    held = [row for row in analysis.rows if row.node.frozen and row.counts.params]
    if held:
        params, layers = sum(row.counts.params for row in held), plural("layer", len(held))
        yield Fact("frozen", (Quantity(len(held)), f" {layers} with ", Quantity(params), " params"))


def _rules(analysis: Analysis, convention: Convention, forward: Sequence[ToolCount]) -> tuple[Phrase, ...]:
    found = rules_of(analysis, convention, forward)
    back = rules(convention.weight_gradients, [row.type for row in analysis.rows]).items()
    weight_gradients = "; ".join(f"{', '.join(kinds)}: {rule}" for rule, kinds in back)
    return (
        f"{convention.name}: {meaning(convention)}",
        ("forward: ", *([found] if isinstance(found, str) else found)),
        f"to weights: {weight_gradients}",
        "layers that it counts as nothing are not listed",
    )
