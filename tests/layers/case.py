"""How the tests of the told layers write a layer, and the loops they check it with.

The loops below know nothing of the package: they visit every unit and every tap of a small layer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from cnnstat.errors import Source
from cnnstat.layers import LAYERS, Layer
from cnnstat.layers.base import Reads, Shape, show, size_of
from cnnstat.layers.reader import read_layer
from cnnstat.spec.document import Mapping, parse, value_of
from cnnstat.spec.expression import Channels, Value
from cnnstat.spec.expression import parse as parse_expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.layers.reach import Reach

Figures: TypeAlias = dict[str, object]

ENTRY_KEYS = {"type", "name", "from"}
"""Keys of a line in a spec that are no options of its layer."""


def options_of(text: str) -> dict[str, Value]:
    """Return the keys of one line of a spec, with their values."""
    node = parse(Source("test", text))
    assert isinstance(node, Mapping)
    return {key.text: _value(value_of(value)) for key, value in node.entries}


def _value(value: object) -> Value:
    if isinstance(value, str) and "$" in value:
        return parse_expression(value).evaluate({"in": Channels()})
    return value  # type: ignore[return-value]


def layer(text: str) -> Layer:
    """Return the layer that a line of a spec stands for: ``type: conv, filters: 6, kernel: 5``."""
    options = options_of("{" + text.strip("{}") + "}")
    kind = str(options["type"])
    made, misfits = read_layer(kind, LAYERS[kind], {k: v for k, v in options.items() if k not in ENTRY_KEYS})
    assert made is not None, [misfit.message for misfit in misfits]
    return made


def shapes(text: str) -> tuple[Shape, ...]:
    """Return shapes from ``6x28x28 + 3x28x28``."""
    return tuple(tuple(map(int, shape.split("x"))) for shape in text.split(" + "))


def figures(told: Layer, inputs: tuple[Shape, ...]) -> Figures:
    """Return every figure that is not nothing, under the names the conventions give them."""
    operations = told.operations(inputs)
    counts = {
        "params": told.params(inputs).value,
        "trainable": told.trainable(inputs).value,
        "buffers": told.buffers(inputs).value,
        "macs": told.macs(inputs).value,
        "padding_macs": told.padding_macs(inputs).value,
        "connections": told.connections(inputs).value,
        **{kind: getattr(operations, kind).value for kind in operations.__struct_fields__},
    }
    reads = {Reads(): "", Reads(inputs=True): "inputs", Reads(output=True): "output"}[told.reads()]
    shape = show(size_of(told.sizes(inputs)))
    found: Figures = {"shape": shape, **{name: count for name, count in counts.items() if count}}
    if counts["trainable"] == counts["params"]:
        found.pop("trainable", None)
    else:
        found["trainable"] = counts["trainable"]
    return {**found, "reads": reads} if reads else found


def bounds(reach: Reach, unit: int) -> tuple[int, int] | None:
    """Return the first and last input that an output reads; None where it reads none."""
    turns, phase = divmod(unit, reach.period)
    low, high = reach.low[phase] + turns * reach.advance, reach.high[phase] + turns * reach.advance
    return (low, high) if low <= high else None


def clipped(found: tuple[int, int] | None, size: int) -> tuple[int, int] | None:
    """Return the part of a range that lies on an input of ``size``."""
    if found is None or max(found[0], 0) > min(found[1], size - 1):
        return None
    return max(found[0], 0), min(found[1], size - 1)


def hull(places: set[int]) -> tuple[int, int] | None:
    """Return the first and the last of some places."""
    return (min(places), max(places)) if places else None


def conv_windows(
    size: int, kernel: int, stride: int, before: int, after: int, dilation: int, *, ceil: bool
) -> list[list[int]]:
    """Return the places that each window reads, padding and beyond included, by walking along the input."""
    windows: list[list[int]] = []
    start = -before
    while start + dilation * (kernel - 1) < size + after:
        windows.append([start + tap * dilation for tap in range(kernel)])
        start += stride
    unfinished = windows and start - stride + dilation * (kernel - 1) < size + after - 1
    if ceil and unfinished and start < size:
        windows.append([start + tap * dilation for tap in range(kernel)])
    return windows


def transposed_windows(
    size: int, kernel: int, stride: int, before: int, after: int, dilation: int, extra: int
) -> list[list[int]]:
    """Return the inputs that paint each output, by painting a canvas and cutting it."""
    canvas: list[list[int]] = [[] for _ in range((size - 1) * stride + dilation * (kernel - 1) + 1 + extra)]
    for place in range(size):
        for tap in range(kernel):
            canvas[place * stride + tap * dilation].append(place)
    return canvas[before : len(canvas) - after]


def on_input(windows: list[list[int]], size: int) -> int:
    """Return how many taps of all windows lie on the input."""
    return sum(1 for window in windows for place in window if 0 <= place < size)


def grid(*axes: list[list[int]]) -> Iterator[tuple[list[int], ...]]:
    """Yield the windows of a map from those along its axes."""
    if not axes:
        yield ()
        return
    for first in axes[0]:
        for rest in grid(*axes[1:]):
            yield (first, *rest)
