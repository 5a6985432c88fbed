"""Types of layers in families, as other tools count them, and the terms in which their work is counted."""

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


class Work(Struct, frozen=True):
    """The terms in which the work of a layer and that of its biases are counted."""

    term: str
    biases: str = ""


MACS = "multiply-adds"
"""The term of what is multiplied with weights; every tool has it."""

BIASES = ("conv bias", "linear bias")

WORKS: dict[str, Work] = {
    **dict.fromkeys((*CONVS, "transposed_conv"), Work(MACS, "conv bias")),
    "linear": Work(MACS, "linear bias"),
    **dict.fromkeys(("batch_norm", *SAMPLE_NORMS, "local_response_norm", "scale"), Work("norms")),
    **dict.fromkeys(POOLS, Work("pooling")),
    **dict.fromkeys(ACTIVATIONS, Work("activations")),
    "upsample": Work("upsampling"),
    **dict.fromkeys(JOINS, Work("joins")),
    **dict.fromkeys(SOFTMAXES, Work("softmax")),
    "dropout": Work("dropout"),
}
"""Every type that some tool puts a weight on."""

TERMS = (MACS, *BIASES, *dict.fromkeys(work.term for work in WORKS.values() if work.term != MACS))
"""What a figure is the sum of, in the order it is shown."""
