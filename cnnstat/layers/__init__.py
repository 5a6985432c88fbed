"""The calculator's layers: one file per family, and the table of contents of all layer types."""

from __future__ import annotations

from cnnstat.layers import (
    activation,
    bins,
    conv,
    dropout,
    elementwise,
    linear,
    merge,
    norm,
    pool,
    reshape,
    resize,
    softmax,
    softplus,
)
from cnnstat.layers.base import Layer
from cnnstat.layers.glu import Glu
from cnnstat.layers.matmul import Matmul
from cnnstat.layers.opaque import Opaque
from cnnstat.layers.parameter import Parameter
from cnnstat.layers.pyramid import SpatialPyramidPool
from cnnstat.layers.reduce import Reduce
from cnnstat.layers.shortcut import ZeroPadShortcut
from cnnstat.layers.slice import Slice, Split
from cnnstat.layers.transposed import TransposedConv

LAYERS: dict[str, type[Layer]] = {
    "conv": conv.Conv,
    "depthwise_conv": conv.DepthwiseConv,
    "transposed_conv": TransposedConv,
    "linear": linear.Linear,
    "rbf": linear.Rbf,
    "subsample": pool.Subsample,
    "max_pool": pool.MaxPool,
    "avg_pool": pool.AvgPool,
    "global_max_pool": bins.GlobalMaxPool,
    "global_avg_pool": bins.GlobalAvgPool,
    "adaptive_max_pool": bins.AdaptiveMaxPool,
    "adaptive_avg_pool": bins.AdaptiveAvgPool,
    "spatial_pyramid_pool": SpatialPyramidPool,
    "batch_norm": norm.BatchNorm,
    "layer_norm": norm.LayerNorm,
    "group_norm": norm.GroupNorm,
    "instance_norm": norm.InstanceNorm,
    "local_response_norm": norm.LocalResponseNorm,
    "scale": norm.Scale,
    "dropout": dropout.Dropout,
    "drop_path": dropout.DropPath,
    "relu": activation.Relu,
    "relu6": activation.Relu6,
    "leaky_relu": activation.LeakyRelu,
    "prelu": activation.Prelu,
    "elu": activation.Elu,
    "selu": activation.Selu,
    "gelu": activation.Gelu,
    "silu": activation.Silu,
    "hard_swish": activation.HardSwish,
    "hard_sigmoid": activation.HardSigmoid,
    "sigmoid": activation.Sigmoid,
    "tanh": activation.Tanh,
    "scaled_tanh": activation.ScaledTanh,
    "hard_tanh": elementwise.HardTanh,
    "softsign": softplus.Softsign,
    "softplus": softplus.Softplus,
    "mish": softplus.Mish,
    "glu": Glu,
    "softmax": softmax.Softmax,
    "log_softmax": softmax.LogSoftmax,
    "abs": elementwise.Abs,
    "clamp": elementwise.Clamp,
    "power": elementwise.Power,
    "reduce": Reduce,
    "add": merge.Add,
    "subtract": merge.Subtract,
    "multiply": merge.Multiply,
    "maximum": merge.Maximum,
    "matmul": Matmul,
    "parameter": Parameter,
    "concat": merge.Concat,
    "split": Split,
    "slice": Slice,
    "flatten": reshape.Flatten,
    "reshape": reshape.Reshape,
    "permute": reshape.Permute,
    "channel_shuffle": reshape.ChannelShuffle,
    "pixel_shuffle": reshape.PixelShuffle,
    "pixel_unshuffle": reshape.PixelUnshuffle,
    "zero_pad_shortcut": ZeroPadShortcut,
    "upsample": resize.Upsample,
    "pad": resize.Pad,
    "crop": resize.Crop,
    "identity": reshape.Identity,
}
"""Every layer type by the name it has in a spec. `cnnstat.executor` has a table with the same keys."""

STAND_INS: dict[str, type[Layer]] = {"opaque": Opaque}
"""Types that stand for something outside the catalogue. They have no kernel, and no figures but a shape."""

__all__ = ["LAYERS", "STAND_INS", "Layer"]
