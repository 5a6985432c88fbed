"""What stands in an item of a picture: the type of a layer with its main options, and its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import fields

from cnnstat.base.figures import FIGURES
from cnnstat.base.text import visible
from cnnstat.report.text import UNKNOWN, shown
from cnnstat.commands.draw.text_width import shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis import Row
    from cnnstat.layers.base import Layer, Shape

_LONGEST = 36
_OPTIONS = ("stride", "dilation", "groups", "scale", "axis", "rate", "padding")


def short(text: str) -> str:
    """Return a text from a spec in one line, as long as a box can hold it."""
    return shortened(visible(text), _LONGEST)


def shape_text(shape: Shape) -> str:
    """Return a shape as on an arrow: 64×112×112."""
    return shown(shape, "shape")


def operation(kind: str, layer: Layer) -> str:
    """Return the type of a layer, its kernel, and its options that are not the usual ones."""
    declared = {field.name: field for field in fields(layer)}
    words = [kind]
    if "kernel" in declared:
        words[0] += f" {_sizes(layer.kernel)}"  # type: ignore[attr-defined]
    for name in _OPTIONS:
        value = getattr(layer, name, None)
        if name not in declared or value is None or value == declared[name].default:
            continue
        if name == "stride" and value == getattr(layer, "kernel", None) and "pool" in kind:
            continue  # windows that lie side by side
        if name != "padding" and isinstance(value, int | float | tuple):
            words.append(f"{name} {_sizes(value)}")
    return shortened(visible(", ".join(words)), _LONGEST)


def _sizes(value: object) -> str:
    """Return one size or one for each axis: 3, or 3×5."""
    if isinstance(value, tuple):
        return "×".join(map(str, value))
    return str(value)


def figure_lines(row: Row, keys: Sequence[str]) -> tuple[str, ...]:
    """Return the figures of a layer or block that are asked for, each in a line, as the tables have them."""
    return tuple(f"{_value(row, key)} {FIGURES[key].label}" for key in keys)


def _value(row: Row, key: str) -> str:
    if not row.known:
        return UNKNOWN
    return shown(getattr(row.counts, key), "count")


def hover(row: Row, said: str) -> str:
    """Return what a pointer over an item shows: its whole name, its output and its main figures."""
    figures = ", ".join(f"{_value(row, key)} {FIGURES[key].label}" for key in ("params", "macs"))
    return visible(f"{row.name}: {said}, {shape_text(row.output_shape)}, {figures}")
