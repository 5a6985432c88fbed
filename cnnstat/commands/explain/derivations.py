"""A layer's figures as steps: each in words, in numbers, and the result."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from cnnstat.analysis.model import KINDS
from cnnstat.base.arithmetic import ZERO, Term, term
from cnnstat.base.axes import rank_of
from cnnstat.base.figures import COUNTS, FIGURES
from cnnstat.base.text import listed
from cnnstat.commands.explain.document import StepEntry
from cnnstat.commands.explain.field_growth import growth, setters
from cnnstat.layers.base import size_of
from cnnstat.report.text import shown, sizes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis import Analysis, Row
    from cnnstat.analysis.fields import Fields
    from cnnstat.analysis.model import Calculated, LayerRow
    from cnnstat.analysis.receptive_field import Field
    from cnnstat.commands.explain.field_growth import Growth
    from cnnstat.layers.base import Shape


@lru_cache(maxsize=4096)  # equal layers, and blocks of them, have equal steps
def step(figure: str, how: Term, label: str = "") -> StepEntry:
    """Return one figure with its arithmetic, under its own label or another."""
    label = label or FIGURES[figure].label
    return StepEntry(figure, label, formula=_short(how).formula, numbers=how.numbers, result=how.value)


def terms(row: LayerRow) -> dict[str, Term]:
    """Return the figures of a layer that add up, each with its arithmetic; 0 for what others own."""
    return {key: getattr(row.calculated, key) if getattr(row.counts, key) else ZERO for key in COUNTS}


def layer_steps(analysis: Analysis, row: LayerRow, fields: Fields) -> Iterator[StepEntry]:
    """Yield every figure of a layer; what it has none of stands in one line.

    ``fields`` are those of all layers.
    """
    yield from _sizes(row, analysis.inputs(row.number)[: row.node.layer.values_from])
    if any(row.leftover):
        why = "rows and columns, of the padded input, that no window covers: the quotient is rounded down"
        lost = f"{sizes(row.leftover_input)} of input" if any(row.leftover_input) else "only padding or gaps"
        yield StepEntry("leftover", "leftover", f"{sizes(row.leftover)}: {why}; {lost}")
    if row.weights_of:
        lent = " and ".join(
            f"{number:,} {FIGURES[key].label}"
            for key in ("params", "buffers")
            if (number := getattr(row.calculated, key).value)
        )
        yield StepEntry("params", "shared weights", f"none of its own: uses the {lent} of {row.weights_of}")
    yield from counted(terms(row))
    for kind in KINDS:
        if (how := getattr(row.calculated.operations, kind)).value:
            yield step("operations", how, kind)
    yield from _field(row, growth(analysis, row, fields))
    if bound := analysis.upper_bounds[row.number]:
        yield StepEntry("receptive_field", "upper bound", f"because of {bound}: units may see less")


def counted(figures: dict[str, Term]) -> Iterator[StepEntry]:
    """Yield the figures that add up, and last the names of those that are zero."""
    for key in COUNTS:
        if key == "trainable" and figures["params"].value and not figures[key].value:
            yield StepEntry(key, FIGURES[key].label, "0, as training leaves them as they are")
        if figures[key].value and (key != "trainable" or figures[key] != figures["params"]):
            yield step(key, figures[key])
    none = [FIGURES[key].label for key in ("params", "macs", "connections") if not figures[key].value]
    if none:
        yield StepEntry("none", "zero", ", ".join(none))


def passes_on(analysis: Analysis, row: LayerRow) -> bool:
    """Say whether a layer has shape and field of the one layer that it reads, and nothing that is counted."""
    above, *others = row.node.inputs
    if above < len(analysis.graph.inputs) or others:
        return False
    if any((row.counts.params, row.counts.buffers, row.counts.macs, row.counts.connections)):
        return False
    return row.output_shape == analysis.shapes[above] and row.field == analysis.fields[above]


def _field(row: LayerRow, grown: Growth) -> Iterator[StepEntry]:
    """Yield how the receptive field of a layer came about."""
    if not row.field.known or grown.same or (grown.shared and len(grown.branches) == 1):
        yield StepEntry("receptive_field", "field", _plain_field(row, grown))
    elif grown.steps:
        above = grown.branches[0]
        yield StepEntry("receptive_field", "field above", f"{above.name}: {_symbols(above.above)}")
        yield from _axes("receptive_field", "field", row, [axis.size for axis in grown.steps])
        yield from _axes("field_stride", "field stride", row, [axis.stride for axis in grown.steps])
        yield from _axes("field_padding", "field padding", row, [axis.padding for axis in grown.steps])
    else:
        yield from _joined(row, grown)


def _joined(row: Row, grown: Growth) -> Iterator[StepEntry]:
    """Yield the union of branches, or the field of a single one whose units differ."""
    words = field_words(row.field, row.output_shape)
    if len(grown.branches) == 1:
        how = "followed unit by unit, because neighbouring units do not read alike"
        yield StepEntry("receptive_field", "field", f"{words}: {how}")
        return
    for branch in grown.branches:
        if branch.through.known:
            brought = f"{branch.name} brings {field_words(branch.through, row.output_shape)}"
            yield StepEntry("receptive_field", "field", brought)
    who = _set_by(row, setters(row.field, row.output_shape, grown.branches))
    aligned = "" if row.field.aligned else "; not aligned: the branches disagree on stride or centre"
    yield StepEntry("receptive_field", "field", f"union of the branches: {words}, {who}{aligned}")


def _set_by(row: Row, found: tuple[tuple[str, ...], ...]) -> str:
    """Return which branches a union is due to, per axis where these differ."""
    who = [" and ".join(names) or "several branches together" for names in found]
    if len(set(who)) == 1:
        return f"set by {who[0]}"
    names = rank_of(row.output_shape).axes[1:]
    return ", ".join(f"{name} set by {text}" for name, text in zip(names, who, strict=True))


def _plain_field(row: Row, grown: Growth) -> str:
    words = field_words(row.field, row.output_shape)
    if row.field.because is not None:
        return words
    if not grown.branches:
        return f"{words}: it reads no values"
    seeing = [branch for branch in grown.branches if not branch.above.unseen] or [*grown.branches]
    above = seeing[0]
    if grown.same:
        return f"{words}, as {above.name}: each unit reads its own place"
    whole = [branch.name for branch in seeing if branch.above.whole]
    if whole:
        return f"{words}, as {whole[0]}"
    if row.field == above.above:
        return f"{words}, as {above.name}"
    return f"{words}: what all units of {listed([branch.name for branch in seeing], ' and ')} see together"


def field_words(field: Field, shape: Shape) -> str:
    """Return the field of the units of a map of ``shape``, in a few words."""
    if field.because is not None:
        return f"unknown because of {field.because}"
    if field.whole:
        return "all"
    if field.unseen:
        return "none"
    size = "×".join(map(str, field.sizes(shape)))
    return f"{size}, stride {sizes(field.strides)}, padding {sizes(field.paddings)}"


def _symbols(field: Field) -> str:
    # Asked only where each axis has one pattern of period 1, so the size does not depend on the map.
    size = tuple(axis[0].high[0] - axis[0].low[0] + 1 for axis in field.axes)
    return f"r = {sizes(size)}, S = {sizes(field.strides)}, P = {sizes(field.paddings)}"


def _sizes(row: LayerRow, shapes: Sequence[Shape]) -> Iterator[StepEntry]:
    names = rank_of(row.output_shape).axes
    kept = [_kept(row.calculated, i, shapes) for i in range(len(names))]
    if all(kept):
        as_what = "its input" if len(shapes) == 1 else "each of its inputs"
        yield StepEntry("shape", "output", f"{shown(row.output_shape, 'shape')}, as {as_what}")
        return
    axes = list(zip(names, row.calculated.sizes, kept, strict=True))
    if len(axes) > 2 and axes[1][1].symbol and len({axis.numbers for _, axis, _ in axes[1:]}) == 1:
        axes[1:] = [(", ".join(names[1:]), *axes[1][1:])]  # height and width come about alike
    for name, axis, same in axes:
        if same or axis.name == name:  # no more than a number, which the layer left or was given
            yield StepEntry("shape", name, f"{axis.value}, as its input" if same else f"{axis.value}")
        else:
            yield step("shape", axis, name)


def _kept(calculated: Calculated, axis: int, shapes: Sequence[Shape]) -> bool:
    """Say whether a layer leaves a size as it is; one that only happens to be equal has its arithmetic."""
    size, names = calculated.sizes[axis], rank_of(size_of(calculated.sizes)).axes
    own_units = len(names) == 1 and calculated.macs.value > 0
    if size.name != names[axis] or own_units:
        return False
    return all(len(shape) == len(names) and shape[axis] == size.value for shape in shapes)


def _axes(figure: str, label: str, row: Row, axes: Sequence[Term]) -> Iterator[StepEntry]:
    if len({axis.numbers for axis in axes}) == 1:
        yield step(figure, axes[0], label)
        return
    names = (f"{label}, {name}" for name in rank_of(row.output_shape).axes[1:])
    yield from (step(figure, axis, name) for name, axis in zip(names, axes, strict=True))


def _short(how: Term) -> Term:
    """Return a term whose words say a sum of equal formulas once: ``sum(filters·maps)``."""
    if not how.operands:
        return how
    operands = tuple(_short(operand) for operand in how.operands)
    if how.symbol == "+" and len(operands) > 1 and len({operand.formula for operand in operands}) == 1:
        return term(f"sum({operands[0].formula})", how.value)
    return Term(how.value, how.name, how.symbol, operands)
