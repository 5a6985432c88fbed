"""What other tools call the options of layers, and what to write for what is no option here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_SYNONYMS: dict[str, tuple[str, ...]] = {
    "filters": (
        "out_channels",
        "channels",
        "num_filters",
        "out_planes",
        "planes",
        "output_channels",
        "width",
    ),
    "units": ("out_features", "features", "num_units", "output_dim", "hidden_units", "neurons"),
    "kernel": ("kernel_size", "kernel_shape", "ksize", "k", "size", "filter_size", "pool_size", "window"),
    "stride": ("strides", "s"),
    "padding": ("pad", "pads", "p"),
    "dilation": ("dilation_rate", "dilations", "d"),
    "groups": ("group", "num_groups", "g"),
    "bias": ("use_bias",),
    "rate": ("p", "prob", "drop_prob", "dropout", "dropout_rate"),
    "eps": ("epsilon",),
}
"""Of options that a type has; of several with one name, the first that it has is meant."""

_WAYS: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("in_channels", "in_features", "in_planes", "num_features", "input_channels", "input_shape"),
        "leave it out: it follows from the layer above",
    ),
    (
        ("activation", "act", "activation_function", "nonlinearity"),
        "write the function as a layer of its own: {type: relu}",
    ),
    (
        ("filters", "out_channels", "channels", "num_filters"),
        "its channels are those of its input",
    ),
    (("ceil_mode",), "write 'rounding: ceil'"),
    (("inplace", "in_place"), "leave it out: memory is calculated by what has to be held"),
)
"""What there is no option for, and what to do."""


def other_option(name: str, known: Collection[str]) -> str:
    """Return what to write in place of an option of other tools, as the end of a message, else nothing."""
    word = name.lower()
    ours = next((ours for ours, theirs in _SYNONYMS.items() if ours in known and word in theirs), None)
    if ours is not None:
        return f"; did you mean '{ours}'?"
    way = next((way for names, way in _WAYS if word in names), None)
    return f"; {way}" if way else ""
