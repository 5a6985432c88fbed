"""Document of `explain SPEC` -> Report: each figure as a formula, in numbers, and the result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.analysis.model import BlockRow, LayerRow, Totals
from cnnstat.analysis.outline import TOTAL
from cnnstat.base.pages import DEFINITIONS
from cnnstat.base.text import plural
from cnnstat.commands.explain.derivations import passes_on
from cnnstat.commands.explain.errata import forgotten
from cnnstat.report.layers import title_of
from cnnstat.report.model import Derivation, Fact, Quantity, Report, Section
from cnnstat.spec.expect import Printed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.commands.explain.document import ExplainDocument, ExplainedEntry, StepEntry
    from cnnstat.commands.explain.errata import Erratum
    from cnnstat.commands.explain.explanations import Explanation
    from cnnstat.report.model import Phrase
    from cnnstat.spec.expect import Figure

_LEGEND = (
    "r, S and P: size, effective stride and effective padding of the receptive field of the layer above;"
    " F: extent of the window, dilation·(kernel - 1) + 1"
)


def report(
    document: ExplainDocument, analysis: Analysis, explanations: Sequence[Explanation], *, brief: bool
) -> Report:
    """Return what is explained; with ``brief``, in one line where that says it all."""
    sections = tuple(
        _line(analysis, each) if brief and in_a_line(analysis, each) else section(analysis, each, entry)
        for each, entry in zip(explanations, document.explained, strict=True)
    )
    return Report(title=title_of(document), notes=legend(sections), source=document.source, sections=sections)


def in_a_line(analysis: Analysis, explanation: Explanation) -> bool:
    """Say whether one line says all of a layer."""
    row = explanation.row
    return isinstance(row, LayerRow) and not explanation.errata and passes_on(analysis, row)


def section(analysis: Analysis, explanation: Explanation, entry: ExplainedEntry) -> Section:
    """Return a layer, a block or the whole network at length."""
    errata = (Fact("erratum", line) for each in explanation.errata for line in _erratum(each))
    return Section(_title(analysis, explanation), (*map(_step, entry.steps), *errata))


def legend(sections: Iterable[Section]) -> tuple[str, ...]:
    """Return what the letters mean, where a field grew by the formula."""
    names = (step.name for each in sections for step in each.steps)
    return (_LEGEND,) if any(name.startswith("field stride") for name in names) else ()


def _line(analysis: Analysis, explanation: Explanation) -> Section:
    row = explanation.row
    assert not isinstance(row, Totals)
    same = f" and the field as {row.inputs[0]}; no params, MACs, connections"
    shape = Quantity(row.output_shape, "shape")
    return Section("", text=(*_title(analysis, explanation), ": ", shape, same))


def _title(analysis: Analysis, explanation: Explanation) -> tuple[str | Quantity, ...]:
    row = explanation.row
    if isinstance(row, Totals):
        return (TOTAL,)
    if isinstance(row, BlockRow):
        return (f"{row.name}: {row.type}, {len(row.layers)} {plural('layer', len(row.layers))}",)
    first, *others = zip(row.inputs, analysis.inputs(row.number), strict=True)
    more = (part for name, shape in others for part in (f", {name} ", Quantity(shape, "shape")))
    return (f"{row.name}: {row.type} of {first[0]} ", Quantity(first[1], "shape"), *more)


def _step(step: StepEntry) -> Fact | Derivation:
    if isinstance(step.text, str):
        return Fact(step.label, step.text)
    assert isinstance(step.formula, str)
    assert isinstance(step.numbers, str)
    assert isinstance(step.result, int)
    return Derivation(step.label, step.formula, step.numbers, step.result)


def _erratum(erratum: Erratum) -> Iterator[Phrase]:
    """Yield what was printed, what is right, which slip gives it, and what the spec says."""
    published, right = erratum.expectation, erratum.right
    missed = None if right is None else published.missed(right)
    if missed is not None:  # it is no erratum, or its right figure is another
        yield missed
        return
    title = DEFINITIONS[published.figure].title
    instead = "unknown" if right is None else _figure(right)
    printed = _printed(published.printed)
    yield (f"{title} printed as ", *printed, "; right is ", instead, f" (printed by: {published.source})")
    ways: dict[str, list[str]] = {}
    for slip in erratum.slips:
        how = slip.arithmetic
        arithmetic = f"{how.numbers if how.symbol else how.formula} = {how.value}"
        ways.setdefault(arithmetic, []).append(forgotten(slip))
    for arithmetic, words in ways.items():
        yield Quantity(arithmetic, "arithmetic"), f" forgets {' or '.join(words)}"
    yield f"the spec says: {published.erratum}"


def _printed(printed: Printed | tuple[int, ...] | str) -> tuple[str | Quantity, ...]:
    if not isinstance(printed, Printed):
        return (_figure(printed),)
    text = Quantity(printed.text, "arithmetic")
    # A paper that counts in thousands of 1,024 prints 2.7K; the spec says which thousand it means.
    return (text, " (", Quantity(round(printed.value)), ")") if "i" in printed.text else (text,)


def _figure(value: Figure) -> Quantity:
    if isinstance(value, tuple):
        return Quantity(value, "shape")
    return Quantity(f"{value}", "arithmetic" if isinstance(value, int) else "text")
