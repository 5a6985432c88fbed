"""The table of contents: each layer type, and the function that writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.exporters.onnx import activation, bins, conv, linear, merge, norm, pool, reshape, resize

if TYPE_CHECKING:
    from cnnstat.exporters.onnx.writer import LayerWriter

OPSET = 21
"""The version of ONNX's operators that is written.

It is the oldest in which types that ONNX has an operator for can be said by it: GroupNormalization has a
scale per channel since 21 (per group before), Gelu is an operator since 20, Pad goes round (`wrap`) since 19,
Mish is one since 18. A newer one would be read by fewer programs for the sake of Swish (24), which two
others say.
"""
IR_VERSION = 10
"""The version of the file that came with it (ONNX 1.16, ONNX Runtime 1.18)."""

WRITERS: dict[str, LayerWriter] = {
    "conv": conv.conv_by_table,
    "depthwise_conv": conv.conv,
    "transposed_conv": conv.transposed_conv,
    "linear": linear.linear,
    "rbf": linear.rbf,
    "subsample": pool.subsample,
    "max_pool": pool.max_pool,
    "avg_pool": pool.avg_pool,
    "global_max_pool": bins.global_max_pool,
    "global_avg_pool": bins.global_avg_pool,
    "adaptive_max_pool": bins.adaptive_max_pool,
    "adaptive_avg_pool": bins.adaptive_avg_pool,
    "spatial_pyramid_pool": bins.spatial_pyramid_pool,
    "batch_norm": norm.batch_norm,
    "layer_norm": norm.layer_norm,
    "group_norm": norm.group_norm,
    "instance_norm": norm.instance_norm,
    "local_response_norm": norm.local_response_norm,
    "scale": norm.scale,
    "dropout": reshape.dropout,
    "drop_path": reshape.drop_path,
    "relu": activation.operator("Relu"),
    "relu6": activation.clipped(0, 6),
    "leaky_relu": activation.leaky_relu,
    "prelu": activation.prelu,
    "elu": activation.elu,
    "selu": activation.operator("Selu"),
    "gelu": activation.gelu,
    "silu": activation.silu,
    "hard_swish": activation.operator("HardSwish"),
    "hard_sigmoid": activation.hard_sigmoid,
    "sigmoid": activation.operator("Sigmoid"),
    "tanh": activation.operator("Tanh"),
    "scaled_tanh": activation.scaled_tanh,
    "hard_tanh": activation.clipped(-1, 1),
    "softsign": activation.operator("Softsign"),
    "softplus": activation.softplus,
    "mish": activation.operator("Mish"),
    "glu": activation.glu,
    "softmax": activation.softmax,
    "log_softmax": activation.log_softmax,
    "abs": activation.operator("Abs"),
    "clamp": activation.clamp,
    "power": activation.power,
    "reduce": merge.reduce,
    "add": merge.joined("Add", "Sum"),
    "subtract": merge.joined("Sub"),
    "multiply": merge.joined("Mul"),
    "maximum": merge.joined("Max", "Max"),
    "matmul": merge.matmul,
    "parameter": merge.parameter,
    "concat": merge.concat,
    "split": reshape.split,
    "slice": reshape.slice_,
    "flatten": reshape.flatten,
    "reshape": reshape.reshape,
    "permute": reshape.permute,
    "channel_shuffle": reshape.channel_shuffle,
    "pixel_shuffle": reshape.pixel_shuffle,
    "pixel_unshuffle": reshape.pixel_unshuffle,
    "zero_pad_shortcut": resize.zero_pad_shortcut,
    "upsample": resize.upsample,
    "pad": resize.pad,
    "crop": resize.crop,
    "identity": reshape.identity,
}
"""A type that is missing here, as that of a plug-in, is refused by name."""
