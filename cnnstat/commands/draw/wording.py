"""What stands in an item of a picture: the type of a layer with its main options, and its figures."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from msgspec.structs import fields

from cnnstat.base.figures import FIGURES
from cnnstat.base.text import visible
from cnnstat.commands.draw.text_width import shortened
from cnnstat.report.text import UNKNOWN, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis import LayerRow, Row
    from cnnstat.layers.base import Layer, Shape

_LONGEST = 36
_OPTIONS = ("stride", "dilation", "groups", "scale")


def short(text: str) -> str:
    """Return a text from a spec in one line, as long as a box can hold it."""
    return shortened(visible(text), _LONGEST)


def shape_text(shape: Shape) -> str:
    """Return a shape as on an arrow: 64×112×112."""
    return shown(shape, "shape")


def shapes_text(shapes: Sequence[str]) -> str:
    """Return shapes as long as a box can hold them: the first ones, and how many more there are."""
    for kept in range(len(shapes), 0, -1):
        more = f" and {len(shapes) - kept} more" if kept < len(shapes) else ""
        if len(text := ", ".join(shapes[:kept]) + more) <= _LONGEST:
            return text
    return short(", ".join(shapes))


def operation(row: LayerRow) -> str:
    """Return the type of a layer, its kernel, and its options that are not the usual ones."""
    layer, axes = row.node.layer, len(row.output_shape) - 1
    declared = _declared(type(layer))
    words = [row.type]
    if "kernel" in declared:
        words[0] += f" {_sizes(_option(layer, 'kernel'), axes)}"
    for name in _OPTIONS:
        value = _option(layer, name)
        beside = name == "stride" and value == _option(layer, "kernel") and layer.family == "pool"
        if name in declared and value is not None and value != declared[name] and not beside:
            words.append(f"{name} {_sizes(value)}")
    return short(", ".join(words))


@cache  # a network has many layers of one type, and to read its annotations takes long
def _declared(kind: type[Layer]) -> dict[str, object]:
    """Return the options of a type with their defaults."""
    return {field.name: field.default for field in fields(kind)}


def family_of(row: LayerRow) -> str:
    """Return the family of a layer; that of a plug-in may be any text, and pictures take it for a word."""
    family = row.node.layer.family
    return family if family.isascii() and family.isidentifier() else "other"


def _option(layer: Layer, name: str) -> object:
    return getattr(layer, name, None)


def _sizes(value: object, axes: int = 1) -> str:
    """Return one size, or one for each axis: 3, or 3×5."""
    return "×".join(map(str, value if isinstance(value, tuple) else (value,) * axes))


def figure_lines(row: Row, keys: Sequence[str], *, each: bool) -> tuple[str, ...]:
    """Return the figures of a layer or block that are asked for, each in a line, as the tables have them.

    ``each``: it stands for several that are equal, and the figures are those of one.
    """
    of_one = " each" if each else ""
    return tuple(f"{_value(row, key)} {FIGURES[key].label}{of_one}" for key in keys)


def _value(row: Row, key: str) -> str:
    if not row.known:
        return UNKNOWN
    return shown(getattr(row.counts, key), "count")


def hover(row: Row, said: str) -> str:
    """Return what a pointer over an item shows: its whole name, its output and its main figures."""
    figures = ", ".join(f"{_value(row, key)} {FIGURES[key].label}" for key in ("params", "macs"))
    return visible(f"{row.name}: {said}, {shape_text(row.output_shape)}, {figures}")
