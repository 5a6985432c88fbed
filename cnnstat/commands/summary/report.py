"""Document of `summary` -> Report: every layer's figures, the totals, and what was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.text import plural
from cnnstat.report.columns import SUMMARY, chosen_columns, footnotes
from cnnstat.report.layers import first_of, layer_table, title_of, upper_bounds
from cnnstat.report.model import Fact, Quantity, Report

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.report.document import AnalysisDocument

_OPTIMIZERS = {"sgd": "plain SGD", "momentum": "SGD with momentum", "adam": "Adam"}


def report(
    document: AnalysisDocument, analysis: Analysis, columns: Sequence[str], depth: int | None
) -> Report:
    """Return the document for readers, under the columns of these keys."""
    chosen = chosen_columns(columns, SUMMARY)
    return Report(
        title=title_of(document),
        tables=(layer_table(document, analysis, chosen, depth),),
        facts=(
            *_outputs(analysis),
            *_totals(document),
            *_shared(analysis),
            *_leftovers(analysis),
            *upper_bounds(analysis),
            *_expectations(document, analysis),
        ),
        notes=footnotes(chosen),
        source=document.source,
    )


def _totals(document: AnalysisDocument) -> Iterator[Fact]:
    totals, count = document.totals, Quantity
    fixed = totals.params - totals.trainable
    held = (" and ", count(totals.buffers), " buffers") if totals.buffers else ()
    setting = f"{document.dtype}, batch {document.batch}"
    trainable = (count(totals.trainable), " of ", count(totals.params), " params (", count(fixed), " fixed)")
    yield Fact("trainable", (*trainable, *held))
    yield Fact("MACs", (count(totals.macs), ", of which ", count(totals.padding_macs), " on padding"))
    yield Fact("FLOPs", (count(totals.flops), " (2 x MACs)"))
    yield Fact("connections", (count(totals.connections),))
    yield Fact("activations", (count(totals.activations),))
    yield Fact("inference memory", (Quantity(totals.inference_memory_bytes, "bytes"), f" ({setting})"))
    optimizer = _OPTIMIZERS[document.optimizer]
    memory = Quantity(totals.training_memory_bytes, "bytes")
    yield Fact("training memory", (memory, f" ({setting}, {optimizer})"))


def _outputs(analysis: Analysis) -> Iterator[Fact]:
    """Say which layers the network puts out, where they are several."""
    shapes = analysis.output_shapes
    if len(shapes) > 1:
        first, *others = [(f"{name} ", Quantity(shape, "shape")) for name, shape in shapes.items()]
        yield Fact("outputs", (*first, *(part for other in others for part in (", ", *other))))


def _shared(analysis: Analysis) -> Iterator[Fact]:
    """Say which layers use the parameters of others: they are counted there, and in these as 0."""
    rows = [row for row in analysis.rows if row.weights_of]
    if rows:
        named = first_of([f"{row.name} of {row.weights_of}" for row in rows])
        yield Fact("shared weights", f"{named}: counted once, with their owner")


def _leftovers(analysis: Analysis) -> Iterator[Fact]:
    """Say which layers read less than their input, and how many leave out padding alone."""
    rows = [row for row in analysis.rows if any(row.leftover)]
    lost = [f"{row.name} {'x'.join(map(str, row.leftover_input))}" for row in rows if any(row.leftover_input)]
    said = [f"{first_of(lost)}: input that no window reads"] if lost else []
    if others := len(rows) - len(lost):
        noun = plural("other layer" if lost else "layer", others)
        said.append(f"only padding or gaps in {others} {noun}")
    if said:
        yield Fact("leftover", f"{'; '.join(said)} (--strict refuses sizes that are rounded down)")


def _expectations(document: AnalysisDocument, analysis: Analysis) -> Iterator[Fact]:
    checked, missed = document.expectations.checked, len(document.expectations.missed)
    if not analysis.graph.as_published:
        yield Fact("expected figures", "not compared: they are those of the spec's own input")
    elif analysis.graph.spec.changed and not checked:
        yield Fact("expected figures", "not compared: they are those of the spec's own parameters")
    elif checked:
        yield Fact("expected figures", (f"{checked - missed} of {checked} met"))
