"""The tables of PyTorch's tools that count multiply-adds, and little else."""

from __future__ import annotations

from cnnstat.analysis.convention import Convention, each
from cnnstat.analysis.layer_kinds import (
    ACTIVATIONS,
    BIN_MAXIMA,
    BIN_MEANS,
    CONVS,
    CURVES,
    JOINS,
    MOVES,
    POOLS,
    RELUS,
    SAMPLE_NORMS,
    SLIDING_POOLS,
    SOFTMAXES,
)

HELD = "the tool itself, in torch 2.13.0"
EACH_USE = "at each use"
EACH_USE_AND_PLACE = "at each use, times the modules that hold them"  # it sums over them what their hooks add
MACS = {"macs": 1}
WITH_BIAS = {"macs": 1, "biases": 1}
TWICE = {"macs": 2}
VALUE = {"outputs": 1}
INPUT = {"inputs": 1}
ROUGH_NORM = {"outputs": 4, "scaled": 1}  # fvcore: "5 is just a rough estimate"
LOCAL_NORM = {"outputs": 3, "framed": 1}  # a square, a factor, a constant, and the pool that the sum is

_NO_PRODUCTS = frozenset(
    (*POOLS, *ACTIVATIONS, *SAMPLE_NORMS, *SOFTMAXES, *JOINS, *MOVES, "batch_norm", "local_response_norm")
) | frozenset(("scale", "dropout", "upsample", "spatial_pyramid_pool"))
"""What counts as nothing where only convolutions and fully connected layers count."""

FVCORE = Convention(
    name="fvcore",
    tool="fvcore 0.1.5.post20221221",
    prints="FlopCountAnalysis.total()",
    source="facebookresearch/fvcore, fvcore/nn/flop_count.py and jit_handles.py",
    weights={
        # `padding="same"` and "valid" become an operator of their own, for which it has no handler.
        **each(CONVS, {"numbered": 1}),
        **each(("transposed_conv", "linear"), MACS),
        "batch_norm": {"outputs": 1, "scaled": 1},
        **each(SAMPLE_NORMS, ROUGH_NORM),
        **each(BIN_MEANS, {"inputs_2d": 1}),
        "upsample": {"repeated_2d": 1, "blended_2d": 4},
    },
    nothing=frozenset((*SLIDING_POOLS, *BIN_MAXIMA, *ACTIVATIONS, *SOFTMAXES, *JOINS, *MOVES, "dropout"))
    | frozenset(("local_response_norm", "scale")),
    held=HELD,
    shared_weights=EACH_USE,
    passes_over="x.mean",
)

TORCHINFO = Convention(
    name="torchinfo",
    tool="torchinfo 1.8.0",
    prints="Total mult-adds",
    source="TylerYep/torchinfo, torchinfo/layer_info.py, calculate_macs",
    weights={
        **each((*CONVS, "linear"), WITH_BIAS),
        "transposed_conv": {"spread": 1, "biases": 1},
        **each(("batch_norm", "prelu", *SAMPLE_NORMS), {"params": 1}),
    },
    nothing=frozenset((*POOLS, *RELUS, *CURVES, *SOFTMAXES, *JOINS, *MOVES, "dropout", "upsample"))
    | frozenset(("local_response_norm", "scale", "spatial_pyramid_pool")),
    held=HELD,
    shared_weights=EACH_USE,
    passes_over="all functions, and all positions but one of a channels-last linear layer",
)

PTFLOPS = Convention(
    name="ptflops",
    tool="ptflops 0.7.5, aten backend",
    prints="computational complexity (MACs)",
    source="sovrasov/flops-counter.pytorch, ptflops/aten_ops.py",
    weights=each((*CONVS, "transposed_conv", "linear"), WITH_BIAS),
    nothing=_NO_PRODUCTS,
    held=HELD,
    shared_weights=EACH_USE,
)

PTFLOPS_PYTORCH = Convention(
    name="ptflops-pytorch",
    tool="ptflops 0.7.5, pytorch backend, its default",
    prints="computational complexity (MACs)",
    source="sovrasov/flops-counter.pytorch, ptflops/pytorch_ops.py",
    weights={
        **each((*CONVS, "transposed_conv", "linear"), WITH_BIAS),
        **each(("batch_norm", "instance_norm", "group_norm"), {"outputs": 1, "scaled": 1}),
        "layer_norm": VALUE,
        "local_response_norm": LOCAL_NORM,
        # It counts a module, and the function that the module calls, too, if it knows both.
        **each(POOLS, {"inputs": 2}),
        **each(("relu", "prelu", "elu", "gelu"), {"outputs": 2}),
        "upsample": {"outputs": 2},
        **each(("relu6", "leaky_relu", "silu", "softmax"), VALUE),
    },
    nothing=frozenset(("selu", "hard_swish", "hard_sigmoid", "sigmoid", "tanh", "scaled_tanh"))
    | frozenset((*JOINS, *MOVES, "log_softmax", "scale", "dropout")),
    held=HELD,
    shared_weights=EACH_USE_AND_PLACE,
    passes_over="F.conv2d, F.linear, x @ w, x.mean, and half of what it counts of F.relu and pools",
)

THOP = Convention(
    name="thop",
    tool="thop 0.1.1.post2209072238",
    prints="profile(), total_ops (MACs)",
    source="Lyken17/pytorch-OpCounter, thop/vision/basic_hooks.py and calc_func.py",
    weights={
        **each((*CONVS, "linear"), MACS),
        "transposed_conv": {"spread": 1},
        **each(("batch_norm", "layer_norm", "instance_norm"), {"outputs": 2, "scaled": 2}),
        "prelu": VALUE,
        "avg_pool": VALUE,
        **each(BIN_MEANS, {"areas": 1}),
        "softmax": {"outputs": 3, "rows": -1},
        "upsample": {"repeated": 1, "blended_1d": 5, "blended_2d": 11},
    },
    nothing=frozenset((*BIN_MAXIMA, *RELUS, *CURVES, *JOINS, *MOVES, "max_pool", "log_softmax", "dropout"))
    | frozenset(("group_norm", "local_response_norm", "scale")),
    held=HELD,
    # Each module that holds one hooks it once more.
    shared_weights="at each use, times the square of the modules that hold them",
    passes_over="all functions",
)

TORCH = Convention(
    name="torch",
    tool="torch 2.13 FlopCounterMode",
    prints="get_total_flops()",
    source="pytorch/pytorch, torch/utils/flop_counter.py",
    weights=each((*CONVS, "transposed_conv", "linear", "matmul"), TWICE),
    nothing=_NO_PRODUCTS,
    any_axis=frozenset(("linear",)),
    rank=3,
    # Its formula takes the weight gradient of a convolution in groups for that of one without.
    weight_gradients={**each((*CONVS, "transposed_conv"), {"ungrouped": 2}), "linear": TWICE},
    held=HELD,
    shared_weights=EACH_USE,
)
