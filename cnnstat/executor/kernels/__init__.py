"""Every layer type as a NumPy kernel, forward and backward, in files of the same names as the calculator's.

A kernel receives arrays and the options an author wrote, and nothing that was ever computed from a shape.
What is measured on it is held against what the calculator says, so the two share no code, not even where they
look alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.executor.kernels import (
    activation,
    conv,
    dropout,
    linear,
    merge,
    norm,
    pool,
    pyramid,
    reshape,
    resize,
    shortcut,
    slice,
    transposed,
)

if TYPE_CHECKING:
    from cnnstat.executor.kernel import Kernel

KERNELS: dict[str, Kernel] = {
    "conv": conv.CONV,
    "depthwise_conv": conv.DEPTHWISE_CONV,
    "transposed_conv": transposed.TRANSPOSED_CONV,
    "linear": linear.LINEAR,
    "rbf": linear.RBF,
    "subsample": pool.SUBSAMPLE,
    "max_pool": pool.MAX_POOL,
    "avg_pool": pool.AVG_POOL,
    "global_max_pool": pool.GLOBAL_MAX_POOL,
    "global_avg_pool": pool.GLOBAL_AVG_POOL,
    "adaptive_max_pool": pool.ADAPTIVE_MAX_POOL,
    "adaptive_avg_pool": pool.ADAPTIVE_AVG_POOL,
    "spatial_pyramid_pool": pyramid.SPATIAL_PYRAMID_POOL,
    "batch_norm": norm.BATCH_NORM,
    "layer_norm": norm.LAYER_NORM,
    "group_norm": norm.GROUP_NORM,
    "instance_norm": norm.INSTANCE_NORM,
    "local_response_norm": norm.LOCAL_RESPONSE_NORM,
    "scale": norm.SCALE,
    "dropout": dropout.DROPOUT,
    "drop_path": dropout.DROP_PATH,
    "relu": activation.RELU,
    "relu6": activation.RELU6,
    "leaky_relu": activation.LEAKY_RELU,
    "prelu": activation.PRELU,
    "elu": activation.ELU,
    "selu": activation.SELU,
    "gelu": activation.GELU,
    "silu": activation.SILU,
    "hard_swish": activation.HARD_SWISH,
    "hard_sigmoid": activation.HARD_SIGMOID,
    "sigmoid": activation.SIGMOID,
    "tanh": activation.TANH,
    "scaled_tanh": activation.SCALED_TANH,
    "softmax": activation.SOFTMAX,
    "log_softmax": activation.LOG_SOFTMAX,
    "add": merge.ADD,
    "multiply": merge.MULTIPLY,
    "concat": merge.CONCAT,
    "split": slice.SPLIT,
    "slice": slice.SLICE,
    "flatten": reshape.FLATTEN,
    "reshape": reshape.RESHAPE,
    "permute": reshape.PERMUTE,
    "channel_shuffle": reshape.CHANNEL_SHUFFLE,
    "pixel_shuffle": reshape.PIXEL_SHUFFLE,
    "pixel_unshuffle": reshape.PIXEL_UNSHUFFLE,
    "identity": reshape.IDENTITY,
    "upsample": resize.UPSAMPLE,
    "pad": resize.PAD,
    "crop": resize.CROP,
    "zero_pad_shortcut": shortcut.ZERO_PAD_SHORTCUT,
}
"""The table of contents: the same keys as the calculator's."""
