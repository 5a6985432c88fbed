"""Every figure, declared once: its keys, what it is called and follows in a line, and what it is of.

Columns, specs, steps and differences take their figures from here; what each means at length stands in
figures.toml.
"""

from __future__ import annotations

from msgspec import Struct


class Figure(Struct, frozen=True):
    """A figure by its key, which is the one in specs and in the data formats.

    ``label`` heads columns and steps, ``brief`` is the convention that it follows, in a line. ``layer_key``
    is the key in layers and columns where that is another.
    """

    key: str
    label: str
    brief: str = ""
    layer_key: str = ""
    adds_up: bool = False
    """Whether that of a block is the sum over its layers."""
    of_network: bool = False
    """Whether only the network as a whole has it."""
    expected: bool = True
    """Whether ``expect:`` knows it."""


_TABLE = (
    Figure("shape", "output", "one sample, channels first", layer_key="output_shape"),
    Figure("params", "params", "weights, biases, scale and shift; running statistics are not", adds_up=True),
    Figure("trainable", "trainable", "params that training changes", adds_up=True),
    Figure("buffers", "buffers", "stored numbers without a gradient", adds_up=True),
    Figure(
        "macs",
        "MACs",
        "multiply-adds for one sample; bias excluded, taps on zero padding included",
        adds_up=True,
    ),
    Figure("padding_macs", "on padding", "MACs whose tap falls on zero padding", adds_up=True),
    Figure("flops", "FLOPs", "2 x MACs, a count and not a rate", adds_up=True),
    Figure("operations", "operations", adds_up=True, expected=False),
    Figure(
        "connections",
        "connections",
        "inputs each unit reads, plus one for its bias (LeCun 1998); padding excluded",
        adds_up=True,
    ),
    Figure("activations", "activations", "numbers put out for one sample", adds_up=True),
    Figure(
        "receptive_field",
        "field",
        "receptive field, effective stride and padding of one unit, in input pixels (Araujo, Norris, Sim,"
        " Distill 2019); 'all': the whole input",
    ),
    Figure("field_stride", "stride", expected=False),
    Figure("field_padding", "padding", expected=False),
    Figure("leftover", "leftover", "rows and columns no window covers, padding included", expected=False),
    Figure("inference_memory_bytes", "inference memory", of_network=True),
    Figure("training_memory_bytes", "training memory", of_network=True),
)

FIGURES: dict[str, Figure] = {figure.key: figure for figure in _TABLE}
"""Every figure by its key."""

ADDED = tuple(figure.key for figure in _TABLE if figure.adds_up)
"""The figures that add up over layers."""

COUNTS = tuple(key for key in ADDED if key != "operations")
"""Those that are one number each; operations are counted by kind."""

OF_NETWORK = tuple(figure.key for figure in _TABLE if figure.of_network)
EXPECTED = tuple(figure.key for figure in _TABLE if figure.expected)

BUDGETED = {key.removesuffix("_bytes"): key for key in EXPECTED if key != "shape"}
"""The figures that a budget may be for, which are numbers: by the name that they have there, their keys.

Of memory, the unit stands in the bound (``64MiB``) and not in the name.
"""
