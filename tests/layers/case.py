"""How the tests of the calculator's layers write a layer and read its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from cnnstat.base.errors import Source
from cnnstat.layers import LAYERS, Layer
from cnnstat.layers.base import Reads, Shape, show, size_of
from cnnstat.layers.reader import read_layer
from cnnstat.spec.channels import Channels
from cnnstat.spec.document import parse
from cnnstat.spec.expression import parse as parse_expression
from cnnstat.spec.nodes import Mapping, value_of

if TYPE_CHECKING:
    from cnnstat.layers.footprint import Reading
    from cnnstat.spec.values import Value

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


def figures(made: Layer, inputs: tuple[Shape, ...]) -> Figures:
    """Return every figure that is not nothing, under the names the conventions give them."""
    operations = made.operations(inputs)
    counts = {
        "params": made.params(inputs).value,
        "trainable": made.trainable(inputs).value,
        "buffers": made.buffers(inputs).value,
        "macs": made.macs(inputs).value,
        "padding_macs": made.padding_macs(inputs).value,
        "connections": made.connections(inputs).value,
        **{kind: getattr(operations, kind).value for kind in operations.__struct_fields__},
    }
    reads = " ".join(name for name in Reads.__struct_fields__ if getattr(made.reads(), name))
    shape = show(size_of(made.sizes(inputs)))
    found: Figures = {"shape": shape, **{name: count for name, count in counts.items() if count}}
    if counts["trainable"] == counts["params"]:
        found.pop("trainable", None)
    else:
        found["trainable"] = counts["trainable"]
    return {**found, "reads": reads} if reads else found


def read_by(bounds: Reading, unit: int) -> tuple[int, int] | None:
    """Return the first and last input that an output reads; None where it reads none."""
    low, high = bounds.at(unit)
    return (low, high) if low <= high else None
