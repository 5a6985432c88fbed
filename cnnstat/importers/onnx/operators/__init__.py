"""What makes a layer of a node: a table of contents of the operators that the catalogue has layers for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from cnnstat.importers.onnx.operators import (
    activation,
    conv,
    elementwise,
    layer,
    linear,
    norm,
    parts,
    pool,
    resize,
    shape,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.importers.onnx.layers import Layers
    from cnnstat.importers.onnx.nodes.value import Node

Operator: TypeAlias = "Callable[[Node, Layers], int | str | None]"
"""What adds a node's layers: it returns which layer or input the first output is, None if it has said so.

It raises `Outside` where the catalogue has none for what the node computes.
"""

OPERATORS: dict[str, Operator] = {
    "Conv": conv.conv,
    "ConvTranspose": conv.transposed,
    "Gemm": linear.gemm,
    "MatMul": linear.matmul,
    "BatchNormalization": norm.batch_norm,
    "LayerNormalization": norm.layer_norm,
    "GroupNormalization": norm.group_norm,
    "InstanceNormalization": norm.instance_norm,
    "LRN": norm.lrn,
    "MaxPool": pool.max_pool,
    "AveragePool": pool.average_pool,
    "GlobalMaxPool": pool.global_max_pool,
    "GlobalAveragePool": pool.global_average_pool,
    "Relu": activation.plain("relu"),
    "Sigmoid": activation.plain("sigmoid"),
    "Tanh": activation.plain("tanh"),
    "Softplus": activation.plain("softplus"),
    "Softsign": activation.plain("softsign"),
    "HardSwish": activation.plain("hard_swish"),
    "Mish": activation.plain("mish"),
    "Abs": activation.plain("abs"),
    "LeakyRelu": activation.leaky_relu,
    "PRelu": activation.prelu,
    "Elu": activation.elu,
    "Selu": activation.selu,
    "HardSigmoid": activation.hard_sigmoid,
    "Gelu": activation.gelu,
    "Clip": activation.clip,
    "Softmax": activation.softmax,
    "LogSoftmax": activation.log_softmax,
    "Add": elementwise.add,
    "Sum": elementwise.add,
    "Sub": elementwise.subtract,
    "Mul": elementwise.multiply,
    "Div": elementwise.divide,
    "Max": elementwise.maximum,
    "Min": elementwise.minimum,
    "Pow": elementwise.power,
    "Neg": elementwise.negative,
    "Sqrt": elementwise.square_root,
    "Reciprocal": elementwise.reciprocal,
    "Identity": shape.same,
    "Dropout": activation.dropout,
    "Cast": shape.cast,
    "CastLike": shape.cast,
    "QuantizeLinear": shape.same,
    "DequantizeLinear": shape.same,
    "Reshape": shape.folded,
    "Flatten": shape.folded,
    "Squeeze": shape.folded,
    "Unsqueeze": shape.folded,
    "Expand": shape.expand,
    "Transpose": shape.transpose,
    "Concat": parts.concat,
    "Split": parts.split,
    "Slice": parts.slice_,
    "Gather": parts.gather,
    "Pad": parts.pad,
    "ReduceMean": shape.reduce("mean"),
    "ReduceMax": shape.reduce("max"),
    "ReduceSum": shape.reduce("sum"),
    "ReduceL1": shape.reduce("sum", ("abs", {})),
    "ReduceL2": shape.reduce("sum", ("power", {"exponent": 2}), ("power", {"exponent": 0.5})),
    "ReduceSumSquare": shape.reduce("sum", ("power", {"exponent": 2})),
    "DepthToSpace": shape.depth_to_space,
    "SpaceToDepth": shape.space_to_depth,
    "Resize": resize.resize,
    "Upsample": resize.resize,
}
"""By ONNX's names, of its own domain."""

FOUND: dict[str, Operator] = {
    "silu": activation.plain("silu"),
    "hard_swish": activation.plain("hard_swish"),
    "hard_sigmoid": activation.plain("hard_sigmoid"),
    "gelu": activation.plain("gelu"),
    "gelu_tanh": lambda node, layers: activation.each(node, layers, "gelu", {"approximate": "tanh"}),
    "mish": activation.plain("mish"),
    "softplus": activation.plain("softplus"),
    "softsign": activation.plain("softsign"),
    "adaptive_avg_pool": pool.adaptive,
    "adaptive_max_pool": pool.adaptive,
    "channel_shuffle": shape.shuffle,
    "pixel_unshuffle": shape.unshuffle,
    "layer": layer.layer,
    "learned": elementwise.learned,
    "linear": linear.linear,
}
"""By the names that `patterns` gives to what several nodes compute together, and other roads to what ONNX
has no operator for."""
