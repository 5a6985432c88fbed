"""What other tools call the layer types, so that an unknown type can be answered with ours."""

from __future__ import annotations

_SYNONYMS = {
    "conv": ("conv1d", "conv2d", "convolution"),
    "depthwise_conv": ("depthwise", "depthwiseconv2d"),
    "transposed_conv": ("deconv", "deconvolution", "convtranspose2d"),
    "matmul": ("bmm", "dot", "einsum", "gemm", "mm"),
    "parameter": ("class_token", "constant", "embedding", "position_embedding", "positional_embedding"),
    "reduce": ("mean", "reduce_mean", "reduce_max", "reduce_sum", "reducemean", "reducemax", "reducesum"),
    "subtract": ("minus", "sub"),
    "maximum": ("max", "maxout"),
    "clamp": ("clip",),
    "power": ("pow", "sqrt", "square"),
    "hard_tanh": ("hardtanh",),
    "linear": ("dense", "fc", "fully_connected", "fullyconnected", "innerproduct", "linear_layer"),
    "batch_norm": ("bn", "batchnorm", "batchnorm2d"),
    "layer_norm": ("ln",),
    "local_response_norm": ("lrn",),
    "max_pool": ("maxpool", "maxpool2d", "pool", "pooling"),
    "avg_pool": ("avgpool", "avgpool2d", "average_pool"),
    "global_avg_pool": ("gap",),
    "spatial_pyramid_pool": ("spp",),
    "silu": ("swish",),
    "hard_swish": ("hswish",),
    "leaky_relu": ("lrelu",),
    "concat": ("cat", "concatenate"),
    "add": ("plus", "sum"),
    "multiply": ("mul",),
    "reshape": ("view",),
    "permute": ("transpose",),
    "upsample": ("interpolate",),
    "pad": ("zeropad",),
    "drop_path": ("stochastic_depth",),
}
"""Our types, and what they are called elsewhere."""


def meant(kind: str) -> str:
    """Return our name for a type that another tool names ``kind``; ``kind`` itself where there is none."""
    return next((ours for ours, theirs in _SYNONYMS.items() if kind.lower() in theirs), kind)
