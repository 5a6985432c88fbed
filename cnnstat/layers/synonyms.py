"""What other tools call the layer types, and what to write for what there is no type for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnnstat.base.axes import MOST_AXES, RANKS
from cnnstat.base.text import suggestion
from cnnstat.layers import LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterable

_SYNONYMS: dict[str, tuple[str, ...]] = {
    "conv": ("convolution", "pointwise_conv", "dilated_conv", "atrous_conv", "group_conv"),
    "depthwise_conv": ("depthwise", "depthwise_convolution"),
    "transposed_conv": ("deconv", "deconvolution", "conv_transpose", "upconv"),
    "linear": ("dense", "fc", "fully_connected", "inner_product", "linear_layer", "affine"),
    "batch_norm": ("bn", "batch_normalization", "sync_batch_norm"),
    "layer_norm": ("ln", "layer_normalization"),
    "group_norm": ("gn", "group_normalization"),
    "instance_norm": ("in", "instance_normalization"),
    "local_response_norm": ("lrn", "response_norm"),
    "max_pool": ("pool", "pooling", "max_pooling"),
    "avg_pool": ("average_pool", "average_pooling", "mean_pool"),
    "global_avg_pool": ("gap", "global_average_pool", "global_average_pooling", "global_pool"),
    "global_max_pool": ("gmp", "global_max_pooling"),
    "adaptive_avg_pool": ("adaptive_average_pool", "adaptive_pool"),
    "spatial_pyramid_pool": ("spp", "pyramid_pool"),
    "silu": ("swish",),
    "hard_swish": ("hswish",),
    "hard_sigmoid": ("hsigmoid",),
    "leaky_relu": ("lrelu",),
    "concat": ("cat", "concatenate"),
    "add": ("sum", "eltwise", "elementwise_add"),
    "multiply": ("mul", "product", "elementwise_multiply"),
    "reshape": ("view",),
    "permute": ("transpose",),
    "split": ("chunk",),
    "slice": ("narrow", "getitem"),
    "upsample": ("interpolate", "resize", "upsampling", "unpool"),
    "pixel_shuffle": ("depth_to_space", "sub_pixel"),
    "pixel_unshuffle": ("space_to_depth",),
    "pad": ("zero_pad", "zero_padding", "constant_pad"),
    "crop": ("center_crop", "cropping"),
    "drop_path": ("stochastic_depth",),
    "dropout": ("spatial_dropout", "alpha_dropout"),
    "matmul": ("bmm", "dot", "einsum"),
    "identity": ("noop", "passthrough"),
}
"""Our types, and what they are called elsewhere; underscores and a number of axes (``conv2d``) left aside."""

_WAYS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("bilinear", "bicubic", "linear_upsample"), "write 'upsample' with 'mode: bilinear'"),
    (("nearest",), "write 'upsample', whose 'mode:' is nearest unless another is given"),
    (("downsample",), "write 'max_pool', 'avg_pool', or 'conv' with a stride"),
    (
        ("se", "se_block", "se_layer", "squeeze_excite", "squeeze_excitation", "squeeze_and_excitation"),
        "write a block of 'global_avg_pool', 'conv', 'relu', 'conv', 'sigmoid' and 'multiply', as "
        "architectures/efficientnet.yaml does",
    ),
    (
        ("attention", "self_attention", "multihead_attention", "mha", "transformer", "transformer_block"),
        "write a block of 'linear', 'matmul' and 'softmax'",
    ),
    (
        ("attention", "self_attention", "multihead_attention", "mha", "transformer", "transformer_block"),
        "out of scope: it multiplies inputs with each other, and no layer here does that but 'multiply'",
    ),
    (
        ("matmul", "bmm", "dot", "einsum"),
        "out of scope: no layer here multiplies matrices that are both inputs",
    ),
    (("glu", "gated_linear_unit"), "write 'split' twice, 'sigmoid' on the second half, and 'multiply'"),
    (("swiglu", "geglu", "reglu"), "write two 'linear' layers, 'silu' or 'gelu' on one, and 'multiply'"),
    (
        ("lstm", "gru", "rnn", "recurrent", "convlstm"),
        "out of scope: it runs as often as its input is long, and a network here is a fixed list of layers",
    ),
    (
        (
            "spectral_norm",
            "spectral_normalization",
            "weight_norm",
            "weight_normalization",
            "weight_standardization",
        ),
        "out of scope: it changes how weights are trained, not what a trained one computes; "
        "write the layer without it",
    ),
    (
        ("deformable_conv", "deform_conv", "dcn", "grid_sample", "roi_align", "roi_pool", "nms"),
        "out of scope: which inputs it reads depends on their values, so it cannot be counted ahead",
    ),
    (("embedding", "lookup"), "out of scope: it picks rows by an index, and every input here is a number"),
    (
        ("residual", "residual_block", "resblock", "res_block", "bottleneck", "skip", "shortcut"),
        "write a block that ends with 'add', 'from: [..., input]'",
    ),
    (("sequential", "block", "module"), "write layers one below the other, or a block under 'blocks:'"),
    (("activation", "act", "nonlinearity"), "name the function: 'relu', 'gelu', 'sigmoid', ..."),
    (("norm", "normalization"), "name the kind: 'batch_norm', 'layer_norm', 'group_norm', ..."),
    (("input", "input_layer"), "write 'input: [C, H, W]' above the layers, which read it as 'from: input'"),
)
"""What there is no one type for, and what to do; a way with a type that there is not is passed over."""

_AXES = re.compile(r"(.+?)_?([1-9])d")


def way_out(kind: str, known: Iterable[str]) -> str:
    """Return what to write in place of an unknown type, as the end of a message; nothing if nobody knows.

    ``known`` are the words that may be misspelt.
    """
    word, axes = _parts(kind)
    if axes > MOST_AXES:
        most = RANKS[MOST_AXES].letters
        return f"; out of scope: inputs have at most {MOST_AXES} axes after the channels, ({most})"
    ways = (text for names, text in _WAYS if word in map(_joined, names) and _types(text) <= LAYERS.keys())
    way = next(ways, None)
    return f"; {way}" if way else suggestion(meant(kind), known)


def meant(kind: str) -> str:
    """Return our name for a type that another tool names ``kind``; ``kind`` itself where there is none."""
    word, _ = _parts(kind)
    names = ((ours, (ours, *theirs)) for ours, theirs in _SYNONYMS.items() if ours in LAYERS)
    return next((ours for ours, theirs in names if word in map(_joined, theirs)), kind)


def _parts(kind: str) -> tuple[str, int]:
    """Return a name without underscores, and the number of axes at its end: ``conv``, 2."""
    found = _AXES.fullmatch(kind.lower())
    word, axes = (found[1], int(found[2])) if found else (kind.lower(), 0)
    return _joined(word), axes


def _joined(name: str) -> str:
    return name.replace("_", "").replace("-", "")


def _types(text: str) -> set[str]:
    """Return the types that a way out names."""
    return set(re.findall(r"'(\w+)'", text))
