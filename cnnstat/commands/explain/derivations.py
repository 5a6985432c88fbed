"""A layer's figures as steps: each in words, in numbers, and the result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.analysis.model import KINDS
from cnnstat.base.arithmetic import Term, term
from cnnstat.base.figures import COUNTS, FIGURES
from cnnstat.commands.explain.field_growth import growth, setters
from cnnstat.layers.base import WHOLE, axis_names, size_of
from cnnstat.report.columns import field_text
from cnnstat.report.model import Derivation
from cnnstat.report.text import shown, sizes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis import Analysis, Row
    from cnnstat.analysis.model import Calculated, LayerRow
    from cnnstat.analysis.receptive import Field
    from cnnstat.commands.explain.field_growth import Growth
    from cnnstat.layers.base import Shape

LEGEND = (
    "r, S and P: size, effective stride and effective padding of the receptive field of the layer above;"
    " F: extent of the window, dilation·(kernel - 1) + 1"
)


def step(figure: str, label: str, how: Term) -> Derivation:
    """Return one figure with its arithmetic."""
    return Derivation(figure, label, _short(how).formula, how.numbers, how.value)


def terms(calculated: Calculated) -> dict[str, Term]:
    """Return the figures of a layer that add up, each with its arithmetic."""
    return {key: getattr(calculated, key) for key in COUNTS}


def steps_of(analysis: Analysis, number: int) -> tuple[Derivation, ...]:
    """Return every figure of a layer; what it has none of stands in one line."""
    row = analysis.layer(number)
    return (
        *_sizes(row, analysis.inputs(number)),
        *_leftover(row),
        *counted(terms(row.calculated)),
        *_operations(row.calculated),
        *field_steps(analysis, number),
    )


def counted(figures: dict[str, Term]) -> Iterator[Derivation]:
    """Yield the figures that add up, and last the names of those that are zero."""
    for key in COUNTS:
        if key == "trainable" and figures["params"].value and not figures[key].value:
            yield Derivation(key, FIGURES[key].label, text="0, as training leaves them as they are")
        if figures[key].value and (key != "trainable" or figures[key] != figures["params"]):
            yield step(key, FIGURES[key].label, figures[key])
    none = [FIGURES[key].label for key in ("params", "macs", "connections") if not figures[key].value]
    if none:
        yield Derivation("none", "zero", text=", ".join(none))


def one_line(analysis: Analysis, number: int) -> str | None:
    """Return all there is to say of a layer that changes neither shape nor field; None for another."""
    row, inputs = analysis.layer(number), analysis.graph.nodes[number].inputs
    if len(inputs) > 1 or row.output_shape != analysis.shapes[inputs[0]]:
        return None
    if any((row.counts.params, row.counts.buffers, row.counts.macs, row.counts.connections)):
        return None
    if inputs[0] < len(analysis.graph.inputs) or row.field != analysis.fields[inputs[0]]:
        return None
    return (
        f"{shown(row.output_shape, 'shape')} and the field as {row.inputs[0]}; no params, MACs, connections"
    )


def field_steps(analysis: Analysis, number: int) -> Iterator[Derivation]:
    """Yield how the receptive field of a layer came about."""
    row, grown = analysis.layer(number), growth(analysis, number)
    if not row.field.known or grown.same:
        yield Derivation("receptive_field", "field", text=_plain_field(row, grown))
    elif grown.steps:
        above = grown.branches[0]
        yield Derivation("receptive_field", "field above", text=f"{above.name}: {_symbols(above.above)}")
        yield from _axes("receptive_field", "field", row, [axis.size for axis in grown.steps])
        yield from _axes("field_stride", "field stride", row, [axis.stride for axis in grown.steps])
        yield from _axes("field_padding", "field padding", row, [axis.padding for axis in grown.steps])
    else:
        yield from _joined(row, grown)


def _joined(row: Row, grown: Growth) -> Iterator[Derivation]:
    """Yield the union of branches, or the field of a single one whose units differ."""
    known = [branch for branch in grown.branches if branch.through.known]
    if len(grown.branches) == 1:
        how = "followed unit by unit, because neighbouring units do not read alike"
        yield Derivation("receptive_field", "field", text=f"{_words(row.field, row.output_shape)}: {how}")
        return
    for branch in known:
        told = f"{branch.name} brings {_words(branch.through, row.output_shape)}"
        yield Derivation("receptive_field", "field", text=told)
    who = _set_by(row, setters(row.field, row.output_shape, grown.branches))
    aligned = "" if row.field.aligned else "; not aligned: the branches disagree on stride or centre"
    union = f"union of the branches: {_words(row.field, row.output_shape)}, {who}{aligned}"
    yield Derivation("receptive_field", "field", text=union)


def _set_by(row: Row, found: tuple[tuple[str, ...], ...]) -> str:
    """Return which branches a union is due to, per axis where these differ."""
    who = [" and ".join(names) or "several branches together" for names in found]
    if len(set(who)) == 1:
        return f"set by {who[0]}"
    names = axis_names(row.output_shape)[1:]
    return ", ".join(f"{name} set by {text}" for name, text in zip(names, who, strict=True))


def _plain_field(row: Row, grown: Growth) -> str:
    above = grown.branches[0]
    if row.field.because is not None:
        return f"unknown because of {row.field.because}"
    if row.field.known:
        return f"{_words(row.field, row.output_shape)}, as {above.name}: each unit reads its own place"
    whole = [branch.name for branch in grown.branches if branch.above.whole]
    return f"all, as {whole[0]}" if whole else f"all: each unit counts as reading the whole of {above.name}"


def _words(field: Field, shape: Shape) -> str:
    size = "×".join(map(str, field.sizes(shape)))
    return f"{size}, stride {sizes(field.strides)}, padding {sizes(field.paddings)}"


def _symbols(field: Field) -> str:
    # Asked only where each axis has one pattern of period 1, so the size does not depend on the map.
    size = tuple(axis[0].high[0] - axis[0].low[0] + 1 for axis in field.axes)
    return f"r = {sizes(size)}, S = {sizes(field.strides)}, P = {sizes(field.paddings)}"


def _sizes(row: LayerRow, shapes: Sequence[Shape]) -> Iterator[Derivation]:
    names = axis_names(row.output_shape)
    kept = [_kept(row.calculated, i, shapes) for i in range(len(names))]
    if all(kept):
        as_what = "its input" if len(shapes) == 1 else "each of its inputs"
        yield Derivation("shape", "output", text=f"{shown(row.output_shape, 'shape')}, as {as_what}")
        return
    for name, axis, same in zip(*_merged(names, row.calculated.sizes, kept), strict=True):
        if same or axis.name == name:  # no more than a number, which the layer left or was given
            yield Derivation("shape", name, text=f"{axis.value}, as its input" if same else f"{axis.value}")
        else:
            yield step("shape", name, axis)


def _kept(calculated: Calculated, axis: int, shapes: Sequence[Shape]) -> bool:
    """Say whether a layer leaves a size as it is; one that only happens to be equal has its arithmetic."""
    size, names = calculated.sizes[axis], axis_names(size_of(calculated.sizes))
    if size.name != names[axis] or (
        len(names) == 1 and calculated.footprint == WHOLE
    ):  # units are then its own
        return False
    return all(len(shape) == len(names) and shape[axis] == size.value for shape in shapes)


def _axes(figure: str, label: str, row: Row, axes: Sequence[Term]) -> Iterator[Derivation]:
    if len({axis.numbers for axis in axes}) == 1:
        yield step(figure, label, axes[0])
        return
    names = (f"{label}, {name}" for name in axis_names(row.output_shape)[1:])
    yield from (step(figure, name, axis) for name, axis in zip(names, axes, strict=True))


def _merged(
    names: Sequence[str], axes: Sequence[Term], kept: Sequence[bool]
) -> tuple[Sequence[str], Sequence[Term], Sequence[bool]]:
    """Return the axes; height and width that come about alike are one."""
    if len(axes) == 3 and axes[1].symbol and axes[1].numbers == axes[2].numbers:
        return (names[0], f"{names[1]}, {names[2]}"), axes[:2], kept[:2]
    return names, axes, kept


def _leftover(row: Row) -> Iterator[Derivation]:
    if any(row.leftover):
        why = "rows and columns, of the padded input, that no window covers: the quotient is rounded down"
        yield Derivation("leftover", "leftover", text=f"{sizes(row.leftover)}: {why}")


def _operations(calculated: Calculated) -> Iterator[Derivation]:
    kinds = ((kind, getattr(calculated.operations, kind)) for kind in KINDS)
    yield from (step("operations", kind, how) for kind, how in kinds if how.value)


def _short(how: Term) -> Term:
    """Return a term whose words say a sum of equal formulas once: ``sum(filters·maps)``."""
    operands = tuple(_short(operand) for operand in how.operands)
    formulas = {operand.formula for operand in operands}
    if how.symbol == "+" and len(operands) > 1 and len(formulas) == 1:
        return term(f"sum({formulas.pop()})", how.value)
    return Term(how.value, how.name, how.symbol, operands)


def brief_field(row: Row) -> str:
    """Return the field of a row's output, in a few words."""
    return _words(row.field, row.output_shape) if row.field.known else str(field_text(row))
