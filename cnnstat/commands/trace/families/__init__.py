"""How each layer type is traced, in files of the same names as the calculator's; and the table of contents.

The arithmetic is plain Python, from the options and from where windows stand. It shares nothing with the
kernels of the executor, whose arrays it is held against.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.commands.trace.families import (
    activation,
    conv,
    dropout,
    linear,
    local_response_norm,
    matmul,
    merge,
    norm,
    pool,
    reshape,
    resize,
    scale,
    softmax,
)

if TYPE_CHECKING:
    from cnnstat.commands.trace.families.family import Family


FAMILIES: dict[str, Family] = {
    "conv": conv.CONV,
    "depthwise_conv": conv.CONV,
    "transposed_conv": conv.TRANSPOSED_CONV,
    "linear": linear.LINEAR,
    "rbf": linear.Rbf(),
    "subsample": pool.SUBSAMPLE,
    "max_pool": pool.MAX_POOL,
    "avg_pool": pool.AVG_POOL,
    "global_max_pool": pool.MAX_BINS,
    "global_avg_pool": pool.AVG_BINS,
    "adaptive_max_pool": pool.MAX_BINS,
    "adaptive_avg_pool": pool.AVG_BINS,
    "spatial_pyramid_pool": pool.ByMode(max=pool.MAX_PYRAMID, avg=pool.AVG_PYRAMID),
    "reduce": pool.ByMode(max=pool.MAX_REDUCE, mean=pool.AVG_REDUCE, sum=pool.SUM_REDUCE),
    "batch_norm": norm.BATCH_NORM,
    "layer_norm": norm.LAYER_NORM,
    "group_norm": norm.GROUP_NORM,
    "instance_norm": norm.INSTANCE_NORM,
    "local_response_norm": local_response_norm.LocalResponseNorm(),
    "scale": scale.SCALE,
    "dropout": dropout.Dropout(),
    "drop_path": dropout.Dropout(),
    **activation.POINTWISE,
    "prelu": activation.Prelu(),
    "glu": matmul.Glu(),
    "softmax": softmax.SOFTMAX,
    "log_softmax": softmax.LOG_SOFTMAX,
    "add": merge.ADD,
    "subtract": merge.SUBTRACT,
    "multiply": merge.Product(),
    "maximum": merge.Maximum(),
    "matmul": matmul.Matmul(),
    "parameter": reshape.Parameter(),
    "concat": merge.CONCAT,
    "split": resize.PART,
    "slice": resize.PART,
    "flatten": reshape.RESHAPE,
    "reshape": reshape.RESHAPE,
    "permute": reshape.PERMUTE,
    "channel_shuffle": reshape.CHANNEL_SHUFFLE,
    "pixel_shuffle": reshape.PIXEL_SHUFFLE,
    "pixel_unshuffle": reshape.PIXEL_UNSHUFFLE,
    "identity": reshape.IDENTITY,
    "upsample": resize.UPSAMPLE,
    "pad": resize.PAD,
    "crop": resize.CROP,
    "zero_pad_shortcut": resize.SHORTCUT,
}
"""By the name of the type: the same keys as the calculator's."""
