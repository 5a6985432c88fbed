"""The report of a run: each figure told above the figure measured, the gradients, and one verdict."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from cnnstat.analysis.model import STORED
from cnnstat.base.figures import FIGURES
from cnnstat.base.text import plural
from cnnstat.bridge.verify import MEMORY
from cnnstat.commands.run import gradients
from cnnstat.commands.run.document import Top, data
from cnnstat.executor.classes import ranked
from cnnstat.report.columns import COLUMNS, footnotes
from cnnstat.report.layers import title_of
from cnnstat.report.model import Column, Line, Report, Table
from cnnstat.report.outline import branches
from cnnstat.report.text import bytes_text, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Row
    from cnnstat.bridge.verify import Disagreement, Proof, Verification
    from cnnstat.executor.measure.gradients import Checked
    from cnnstat.executor.measure.measurements import Measurements
    from cnnstat.executor.measure.receptive_field import MeasuredField
    from cnnstat.report.outline import Branch

_KEYS = ("output_shape", "params", "macs", "padding_macs", "connections", "receptive_field")
_SIDE = Column("side", "", "text")
_DIFFERS = Column("differs", "differs", "text")
_ON_INPUT = "on input"
_TITLES = {key: column.title for key, column in COLUMNS.items()} | {
    "field_stride": "stride of the field",
    "field_padding": "padding of the field",
    MEMORY: FIGURES[MEMORY].label,
}


def build(proof: Proof, depth: int | None = None, top: int | None = None) -> Report:
    """Return told and measured figures, layer by layer; gradients if they were checked; the verdict.

    Raises:
        ValueError: `top` classes are asked of a network that does not classify.
    """
    verification = proof.verification
    analysis = verification.analysis
    tables = [_figures(verification, depth)]
    if proof.to_check:
        tables.append(gradients.table(proof, depth))
    best = None if top is None else _best(verification, top)
    facts = (
        *_memory(verification),
        *_limits(verification),
        *_outputs(proof),
        *(_top(*best) if best else ()),
        *gradients.facts(proof),
    )
    return Report(
        title=f"{title_of(analysis)}, run",
        tables=tuple(tables),
        facts=facts,
        data=data(proof, verdict(proof), best),
        notes=footnotes(tables[0].columns),
        source=analysis.source,
        verdict=verdict(proof),
    )


def verdict(proof: Proof) -> str:
    """Return the one sentence a run ends in."""
    differences, wrong = proof.verification.differences, proof.wrong
    if differences:
        first, more = differences[0], len(differences) - 1
        return f"NOT TRUE: {_difference(first)}{_more(more, 'figure')}"
    if wrong:
        return f"WRONG GRADIENT: {_gradient(wrong[0])}{_more(len(wrong) - 1, 'gradient')}"
    proved = f"proved: {_compared(proof.verification):,} figures told are the figures measured"
    if not proof.finished:
        return f"interrupted: {len(proof.checked):,} of {proof.to_check:,} gradients checked, all right"
    return f"{proved}, {len(proof.checked):,} gradients are right" if proof.checked else proved


def _compared(verification: Verification) -> int:
    """Count figures: shape, counts and field of each layer, and the memory of the network."""
    return len(verification.analysis.rows) * (len(STORED) + 2) - len(verification.unmeasured) + 1


def _difference(difference: Disagreement) -> str:
    told, done = (_value(value) for value in (difference.calculated, difference.measured))
    layer = difference.layer or "the network"
    return f"{layer}: {_TITLES[difference.figure]} told {told}, measured {done}"


def _value(value: Any) -> str:
    kind = "sizes" if isinstance(value, tuple) else "count"
    return shown(value, kind)  # type: ignore[arg-type]


def _gradient(checked: Checked) -> str:
    layer = f"{checked.layer} ({checked.type})" if checked.layer else "end to end"
    worst = max(checked.error, checked.elements or 0)
    return f"{layer}, {checked.tensor}: off by {worst:.1e}"


def _more(count: int, noun: str) -> str:
    return f"; and {count:,} more {plural(noun, count)}" if count else ""


# -- the table of figures ---------------------------------------------------------------------------


def _figures(verification: Verification, depth: int | None) -> Table:
    apart: dict[str, list[str]] = {}
    for difference in verification.differences:
        apart.setdefault(difference.layer, []).append(_TITLES[difference.figure])
    columns = [COLUMNS["name"], _SIDE, *(COLUMNS[key] for key in _KEYS)]
    if apart:
        columns.append(_DIFFERS)
    lines: list[Line] = []
    for branch in branches(verification.analysis, depth):
        if branch.heading:
            blank = ("",) * (len(columns) - 1)
            lines.append(Line((branch.row.name, *blank), branch.label, branch.level, heading=True))
        else:
            lines += _pair(verification, branch, apart)
    return Table("", tuple(columns), tuple(lines))


def _pair(verification: Verification, branch: Branch, apart: dict[str, list[str]]) -> Iterator[Line]:
    """Yield the line told and the line measured; the latter names what differs, if anything does anywhere."""
    name = branch.row.name
    told = (*(COLUMNS[key].value(branch.row) for key in _KEYS[:-1]), _told_field(branch.row))
    names = (verification.analysis.rows[position].name for position in branch.row.layers)
    titles = dict.fromkeys(title for layer in names for title in apart.get(layer, ()))
    nothing, differs = (("",), (", ".join(titles),)) if apart else ((), ())
    yield Line((name, "told", *told, *nothing), branch.label, branch.level)
    done = _measured(verification.measurements, place)
    yield Line((name, "measured", *done, *differs), " ", branch.level)


def _measured(findings: Measurements, place: Place) -> tuple[Any, ...]:
    """Return the cells of a row as measured: sums over its layers, shape and field of what it puts out."""
    findings = verification.findings
    layers = findings.layers[row.layers.start : row.layers.stop]
    sums = (sum(getattr(layer, key) for layer in layers) for key in _KEYS[1:-1])
    output = row.number - len(verification.analysis.graph.inputs)
    if output < 0:  # a block that hands on the network's input
        return (None, *sums, None)
    return findings.layers[place.output].output_shape, *sums, _field(findings.fields[place.output])


def _told_field(row: Row) -> str | None:
    """Return the size alone: whether branches are aligned is told only."""
    if row.field.whole:
        return "all"
    return "×".join(map(str, row.field.sizes(row.output_shape))) if row.field.known else None


def _field(sight: MeasuredField) -> str | None:
    if sight.whole:
        return "all"
    if not sight.axes:
        return None
    sizes = [axis.pattern.size for axis in sight.axes if axis.pattern]
    return "×".join(map(str, sizes)) if len(sizes) == len(sight.axes) else _ON_INPUT


# -- facts ------------------------------------------------------------------------------------------


def _memory(verification: Verification) -> Iterator[tuple[str, str]]:
    settings = verification.analysis.settings
    told = verification.analysis.totals.inference_memory_bytes
    done = verification.measurements.peak_bytes
    text = f"told {told:,} bytes, measured {done:,} bytes ({bytes_text(done)})"
    yield "inference memory", f"{text}; {settings.dtype}, batch {settings.batch}"


def _limits(verification: Verification) -> Iterator[tuple[str, str]]:
    """Say which fields could not be shown as a pattern, or not at all."""
    findings, rows = verification.measurements, verification.analysis.rows
    bound = [
        row.name
        for row, sight in zip(rows, findings.fields, strict=True)
        if not sight.whole and any(axis.pattern is None for axis in sight.axes)
    ]
    if bound:
        yield "field on input", f"{_few(bound)}: what each unit sees was compared on this input only"
    if verification.unmeasured:
        why = "places are folded anew there, so no field was compared"
        yield "field unknown", f"{_few(list(verification.unmeasured))}: {why}"


def _few(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _outputs(proof: Proof) -> Iterator[tuple[str, str]]:
    mode = ", training" if proof.training else ""
    loss = proof.loss
    text = f"{loss.name.replace('_', ' ')} {loss.value:.6g}, its gradient of the input has norm"
    yield "loss", f"{text} {loss.gradient_norm:.6g} (seed {proof.seed}{mode})"
    if not (isfinite(loss.value) and isfinite(loss.gradient_norm)):
        yield "", "not finite: numbers ran out of range, so scale the input or the weights"
    broken = proof.verification.measurements.broken
    if broken:
        yield "output", f"{broken:,} of its numbers are NaN or infinite"


def _best(verification: Verification, count: int) -> Top:
    graph = verification.analysis.graph
    return ranked(graph.nodes[graph.outputs[-1]].type, verification.measurements.outputs[-1], count)


def _top(what: str, samples: list[list[tuple[int, float]]]) -> Iterator[tuple[str, str]]:
    for i, sample in enumerate(samples):
        best = ", ".join(f"{number} ({score:.4g})" for number, score in sample)
        title = "likeliest classes" if len(samples) == 1 else f"likeliest of sample {i}"
        yield title, f"{best}; in brackets the {what}"
