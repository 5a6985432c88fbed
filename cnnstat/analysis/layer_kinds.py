"""Types that other tools count alike, and the terms in which their work is counted.

Which types stand in a group is what somebody found out about these tools, so a new type is in none of them:
it is left out by name until a tool's table says how it counts.
"""

from __future__ import annotations

from msgspec import Struct

CONVS = ("conv", "depthwise_conv")
SLIDING_POOLS = ("max_pool", "avg_pool")
BIN_MEANS = ("global_avg_pool", "adaptive_avg_pool")
BIN_MAXIMA = ("global_max_pool", "adaptive_max_pool")
BIN_POOLS = (*BIN_MEANS, *BIN_MAXIMA)
POOLS = (*SLIDING_POOLS, *BIN_POOLS)
SAMPLE_NORMS = ("layer_norm", "group_norm", "instance_norm")
CURVES = ("elu", "selu", "gelu", "silu", "hard_swish", "hard_sigmoid", "sigmoid", "tanh", "scaled_tanh")
RELUS = ("relu", "relu6", "leaky_relu")
ACTIVATIONS = (*RELUS, "prelu", *CURVES)
SOFTMAXES = ("softmax", "log_softmax")
JOINS = ("add", "multiply")
MOVES = (
    *("concat", "split", "slice", "flatten", "reshape", "permute", "channel_shuffle", "pixel_shuffle"),
    *("pixel_unshuffle", "zero_pad_shortcut", "pad", "crop", "identity", "drop_path"),
)
"""Types that only hand values on, at inference."""


USUAL_AXES: dict[str, tuple[str | None, ...]] = {
    "linear": (None,),
    **dict.fromkeys(SOFTMAXES, ("channels",)),
    "layer_norm": ("all", "channels"),
}
"""Of types that take an axis, along which tools were looked at; how they count along others, nobody knows."""


class Work(Struct, frozen=True):
    """The terms in which the work of a layer and that of its biases are counted."""

    term: str
    biases: str = ""


MACS = "multiply-adds"
"""The term of what is multiplied with weights; every tool has it."""

BIASES = ("conv bias", "linear bias")

WORKS: dict[str, Work] = {
    "conv": Work(MACS, "conv bias"),
    "linear": Work(MACS, "linear bias"),
    "matmul": Work(MACS),
    "norm": Work("norms"),
    "pool": Work("pooling"),
    "activation": Work("activations"),
    "resize": Work("upsampling"),
    "merge": Work("joins"),
    **dict.fromkeys(SOFTMAXES, Work("softmax")),
    "dropout": Work("dropout"),
}
"""For each family of layers that some tool puts a weight on, and for types that are counted apart."""

TERMS = (MACS, *BIASES, *dict.fromkeys(work.term for work in WORKS.values() if work.term != MACS))
"""What a figure is the sum of, in the order it is shown."""


def work_of(kind: str, family: str) -> Work:
    """Return the terms of a layer type, which are those of its family unless it is counted apart."""
    return WORKS[kind] if kind in WORKS else WORKS[family]
