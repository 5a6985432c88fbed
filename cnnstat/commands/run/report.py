"""Document of `run` -> Report: each calculated figure above the measured one, gradients, and one verdict."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from cnnstat.base.figures import ADDED
from cnnstat.base.text import plain
from cnnstat.bridge.weights import SPECS_OWN
from cnnstat.commands.run.gradients import gradient_fact, gradient_table
from cnnstat.commands.run.outputs import output_fact, output_table
from cnnstat.commands.run.times import time_fact, time_table
from cnnstat.commands.run.verdict import TITLES
from cnnstat.report.columns import COLUMNS, MEASURABLE, footnotes, size_text
from cnnstat.report.document import figures
from cnnstat.report.layers import title_of
from cnnstat.report.model import Column, Fact, Line, Quantity, Report, Table
from cnnstat.report.outline import branches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis import Analysis, Row
    from cnnstat.analysis.settings import Settings
    from cnnstat.commands.run.document import ComparedLayer, RunDocument
    from cnnstat.commands.run.proof import Proof
    from cnnstat.report.columns import Measurable

_KEYS = ("output_shape", "params", "macs", "padding_macs", "connections")
_FIELD = COLUMNS["receptive_field"]
_SIDE = Column("side", "", "text")
_DIFFERS = Column("differs", "differs", "text")


def report(document: RunDocument, proof: Proof, depth: int | None) -> Report:
    """Return calculated and measured figures, layer by layer; gradients if they were checked; the verdict."""
    analysis, check = proof.verification.analysis, document.gradients
    tables = [_figures(document, analysis, depth)]
    if check:
        tables.append(gradient_table(check, analysis, depth))
    if document.against:
        tables.append(output_table(document.against, analysis, depth))
    if document.times:
        tables.append(time_table(document.times, analysis, depth))
    return Report(
        title=(*title_of(document), ", run"),
        tables=tuple(tables),
        facts=(
            _memory(document),
            *_weights(document),
            *_limits(document),
            *_loss(document, proof),
            *_broken(proof),
            *_numbers(document),
            *_likeliest(document),
            *((gradient_fact(check),) if check else ()),
            *((output_fact(document.against),) if document.against else ()),
            *((time_fact(document.times),) if document.times else ()),
        ),
        notes=footnotes(tables[0].columns),
        source=document.source,
        verdict=document.verdict,
    )


# -- the table of figures ---------------------------------------------------------------------------


def _figures(document: RunDocument, analysis: Analysis, depth: int | None) -> Table:
    """Return two lines for each layer; where any figures differ, a last column says which."""
    differ: dict[str | None, list[str]] = {}
    for difference in document.differences:
        differ.setdefault(difference.layer, []).append(TITLES[difference.figure])
    columns = (
        COLUMNS["name"],
        _SIDE,
        *(MEASURABLE[key] for key in _KEYS),
        _FIELD,
        *([_DIFFERS] if differ else ()),
    )
    named, on_input = {layer.name: layer for layer in document.layers}, set(_on_input(document))
    lines: list[Line] = []
    for branch in branches(analysis, depth):
        name = branch.row.name
        if branch.heading:
            blank = ("",) * (len(columns) - 1)
            lines.append(Line((name, *blank), branch.label, branch.level, heading=True))
            continue
        layers = document.layers[branch.row.layers.start : branch.row.layers.stop]
        output = named.get(analysis.graph.name(branch.row.number))  # none for the network's input
        titles = dict.fromkeys(title for layer in layers for title in differ.get(layer.name, ()))
        # The last cell has no column where nothing differs.
        calculated = (name, "calculated", *_calculated(branch.row, analysis), "")
        measured = (name, "measured", *_measured(layers, output, on_input, analysis), ", ".join(titles))
        lines.append(Line(calculated[: len(columns)], branch.label, branch.level))
        lines.append(Line(measured[: len(columns)], " ", branch.level))
    return Table("", columns, tuple(lines))


def _calculated(row: Row, analysis: Analysis) -> Iterator[Any]:
    """Yield what is calculated of a layer or a block; of its field the size alone, as that is measured."""
    layer = figures(row, analysis)
    yield from _cells((layer,), layer, analysis.settings)
    yield size_text(layer.receptive_field.size, whole=layer.receptive_field.whole)


def _measured(
    layers: Sequence[ComparedLayer], output: ComparedLayer | None, on_input: set[str], analysis: Analysis
) -> Iterator[Any]:
    """Yield what is measured of a layer or a block; nothing of an output that is the network's input."""
    last = None if output is None else output.measured
    yield from _cells([layer.measured for layer in layers], last, analysis.settings)
    if output is None or last is None:
        yield None
    elif output.name in on_input:
        yield "on input"
    else:
        yield size_text(last.receptive_field.size, whole=last.receptive_field.whole)


def _cells(layers: Sequence[Measurable], output: Measurable | None, settings: Settings) -> Iterator[Any]:
    """Yield counts, which add up over layers, and the shape of what these put out."""
    for key in _KEYS:
        value = MEASURABLE[key].value
        if key in ADDED:
            yield sum(value(layer, settings) for layer in layers)
        else:
            yield None if output is None else value(output, settings)


def _on_input(document: RunDocument) -> Iterator[str]:
    """Yield the layers whose field was compared although no pattern repeats in it that had a size."""
    unmeasured = {each.layer for each in document.unmeasured}
    for layer in document.layers:
        field = layer.measured.receptive_field
        if not field.whole and field.size is None and layer.name not in unmeasured:
            yield layer.name


# -- facts ------------------------------------------------------------------------------------------


def _memory(document: RunDocument) -> Fact:
    memory = document.inference_memory_bytes
    calculated = "calculated ", Quantity(memory.calculated), " bytes, "
    measured = "measured ", Quantity(memory.measured), " bytes (", Quantity(memory.measured, "bytes"), ")"
    return Fact("inference memory", (*calculated, *measured, f"; {document.dtype}, batch {document.batch}"))


def _weights(document: RunDocument) -> Iterator[Fact]:
    """Say what was read, and what no file of weights can say."""
    read = document.weights
    if read is None:
        return
    tensors = Quantity(read.tensors), f" tensors of {plain(read.file)}"
    if read.own:
        yield Fact("weights", ("the model's own, ", *tensors))
        return
    yield Fact("weights", (*tensors, f"; {SPECS_OWN}"))
    if read.fits_too:
        yield Fact("", f"these tensors fit {_few(read.fits_too)}, too: be sure which of them was trained")


def _limits(document: RunDocument) -> Iterator[Fact]:
    """Say which fields could not be shown as a pattern, or not at all."""
    on_input = list(_on_input(document))
    if on_input:
        yield Fact("field on input", f"{_few(on_input)}: what each unit sees was compared on this input only")
    reasons: dict[str, list[str]] = {}
    for each in document.unmeasured:
        reasons.setdefault(each.why, []).append(each.layer)
    for why, names in reasons.items():
        yield Fact("field not measured", f"{_few(names)}: {why}")


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _loss(document: RunDocument, proof: Proof) -> Iterator[Fact]:
    name, value, norm = document.loss.name, document.loss.value, document.loss.input_gradient_norm
    mode = ", training" if document.training else ""
    drawn = f" (seed {document.seed}{mode})"
    said = f"{name.replace('_', ' ')} ", Quantity(value, "real"), ", its gradient of the input has norm "
    yield Fact("loss", (*said, Quantity(norm, "real"), drawn))
    if proof.loss.fault:
        return
    if not (isfinite(value) and isfinite(norm)):
        yield Fact("", "not finite: numbers ran out of range, so scale the input or the weights")
    if document.gradients and document.gradients.loss not in (None, name):
        instead = document.gradients.loss
        yield Fact("", f"so the gradients end to end are those of a {instead} instead")


def _broken(proof: Proof) -> Iterator[Fact]:
    broken = proof.verification.measurements.broken
    if broken:
        yield Fact("output", (Quantity(broken), " of its numbers are NaN or infinite"))


def _numbers(document: RunDocument) -> Iterator[Fact]:
    if document.puts_out is None:
        return
    phrase: list[str | Quantity] = []
    for name, numbers in document.puts_out.items():
        phrase.append("; " if phrase else "")
        for place, number in enumerate(numbers):
            phrase += [", " if place else "", Quantity(number, "real")]
        phrase.append(f" ({plain(name)})")
    yield Fact("puts out", (*phrase, *([", of sample 0"] if document.batch > 1 else [])))


def _likeliest(document: RunDocument) -> Iterator[Fact]:
    samples = document.top or ()
    for i, sample in enumerate(samples):
        parts: list[str | Quantity] = []
        for likely in sample:
            start = ", " if parts else ""
            parts += [f"{start}{likely.number} (", Quantity(likely.score, "score"), ")"]
        title = "likeliest classes" if len(samples) == 1 else f"likeliest of sample {i}"
        yield Fact(title, (*parts, f"; in brackets the {sample[0].scored}"))
