"""What other tools call the layer types, so that an unknown type can be answered with ours."""

from __future__ import annotations

_SYNONYMS = {
    "conv1d": "conv",
    "conv2d": "conv",
    "convolution": "conv",
    "depthwise": "depthwise_conv",
    "depthwiseconv2d": "depthwise_conv",
    "deconv": "transposed_conv",
    "deconvolution": "transposed_conv",
    "convtranspose2d": "transposed_conv",
    "dense": "linear",
    "fc": "linear",
    "fully_connected": "linear",
    "fullyconnected": "linear",
    "innerproduct": "linear",
    "bn": "batch_norm",
    "batchnorm": "batch_norm",
    "batchnorm2d": "batch_norm",
    "ln": "layer_norm",
    "lrn": "local_response_norm",
    "maxpool": "max_pool",
    "maxpool2d": "max_pool",
    "avgpool": "avg_pool",
    "avgpool2d": "avg_pool",
    "average_pool": "avg_pool",
    "gap": "global_avg_pool",
    "pool": "max_pool",
    "pooling": "max_pool",
    "spp": "spatial_pyramid_pool",
    "swish": "silu",
    "hswish": "hard_swish",
    "lrelu": "leaky_relu",
    "cat": "concat",
    "concatenate": "concat",
    "sum": "add",
    "mul": "multiply",
    "view": "reshape",
    "transpose": "permute",
    "interpolate": "upsample",
    "zeropad": "pad",
    "stochastic_depth": "drop_path",
    "linear_layer": "linear",
}


def meant(kind: str) -> str:
    """Return our name for a type that another tool names ``kind``; ``kind`` itself where there is none."""
    return _SYNONYMS.get(kind.lower(), kind)
