"""The tables of PyTorch's tools that count operations of every kind."""

from __future__ import annotations

from cnnstat.analysis.convention import Convention, each
from cnnstat.analysis.layer_kinds import (
    ACTIVATIONS,
    BIN_MAXIMA,
    BIN_MEANS,
    CONVS,
    JOINS,
    MOVES,
    POOLS,
    SAMPLE_NORMS,
    SLIDING_POOLS,
    SOFTMAXES,
)
from cnnstat.analysis.tools_of_pytorch import (
    EACH_USE,
    EACH_USE_AND_PLACE,
    HELD,
    INPUT,
    LOCAL_NORM,
    ROUGH_NORM,
    TWICE,
    VALUE,
)

_UNSEEN = frozenset(
    ("relu6", "selu", "hard_swish", "hard_sigmoid", "sigmoid", "tanh", "scaled_tanh")
) | frozenset((*JOINS, *MOVES, "log_softmax", "scale", "dropout"))

_FUNCTIONS = {
    # Of `same` it halves what is added, and of a half drops what is no whole number.
    **each(CONVS, {"halved": 2, "halved_biases": 1}),
    "linear": TWICE,
    "batch_norm": {"outputs": 1, "scaled": 1},
    **each(SAMPLE_NORMS, ROUGH_NORM),
    "local_response_norm": LOCAL_NORM,
    **each(("relu", "leaky_relu", "prelu", "elu", "gelu", "silu"), INPUT),
    **each(POOLS, INPUT),
    "softmax": INPUT,
}
"""What calflops and DeepSpeed count alike: they put counters in place of PyTorch's functions."""

CALFLOPS = Convention(
    name="calflops",
    tool="calflops 0.3.2",
    prints="FLOPs, forward",
    source="MrYxJ/calculate-flops.pytorch, calflops/pytorch_ops.py",
    weights={
        **_FUNCTIONS,
        "transposed_conv": {"regrouped": 2, "unspread_biases": 1},
        "upsample": {"new_size": 1, "scaled_inputs": 1},
    },
    nothing=_UNSEEN,
    held=HELD,
    shared_weights=EACH_USE_AND_PLACE,
    passes_over="x.relu(), x.mean and x @ w",
)

DEEPSPEED = Convention(
    name="deepspeed",
    tool="DeepSpeed 0.19.8, flops profiler",
    prints="get_model_profile(), flops",
    source="deepspeedai/DeepSpeed, deepspeed/profiling/flops_profiler/profiler.py",
    weights={
        **_FUNCTIONS,
        "transposed_conv": {"macs": 2, "biases": 1},
        "upsample": {"new_size": 1, "scaled_outputs": 1},
    },
    nothing=_UNSEEN,
    held=HELD,
    shared_weights=EACH_USE,
    passes_over="x.relu() and x.mean",
)

TORCHSCAN = Convention(
    name="torchscan",
    tool="torch-scan 0.2.0",
    prints="Module-formula forward FLOPs",
    source="frgfm/torch-scan, torchscan/modules/flops.py",
    weights={
        # A sum of n products is 2n - 1 operations.
        **each((*CONVS, "linear"), {"macs": 2, "outputs": -1, "biases": 1}),
        "transposed_conv": {"spread": 2, "outputs": -1, "rank": 8, "biases": 1},
        "batch_norm": {"outputs": 2, "scaled": 2, "channels": 2},
        "layer_norm": {"outputs": 6, "scaled": 2, "parts": 2},
        "max_pool": {"written": 1, "outputs": -1},
        "avg_pool": {"written": 1, "outputs": -1, "output_axes": 1},
        **each(BIN_MAXIMA, {"ratios": 1, "outputs": -1}),
        **each(BIN_MEANS, {"ratios": 1, "outputs": -1, "output_axes": 1}),
        "relu": VALUE,
        "relu6": {"outputs": 2},
        **each(("leaky_relu", "sigmoid"), {"outputs": 4}),
        **each(("elu", "tanh", "scaled_tanh"), {"outputs": 6}),
        "dropout": {"dropped": 1},
    },
    nothing=frozenset(("instance_norm", "group_norm", "local_response_norm", "scale", "upsample", "prelu"))
    | frozenset(("selu", "gelu", "silu", "hard_swish", "hard_sigmoid", *SOFTMAXES, *JOINS, *MOVES)),
    held=HELD,
    shared_weights=EACH_USE,
    passes_over="all functions",
)

_COSTS = {"elu": 9, "selu": 10, "gelu": 14, "silu": 5, "hard_swish": 4, "hard_sigmoid": 3, "sigmoid": 4}

TORCHLENS = Convention(
    name="torchlens",
    tool="TorchLens 2.36.1",
    prints="total_flops_forward",
    source="johnmarktaylor91/torchlens, torchlens/capture/flops.py",
    weights={
        **each((*CONVS, "transposed_conv", "linear"), {"macs": 2, "biases": 1}),
        **each(("batch_norm", *SAMPLE_NORMS), {"outputs": 5}),
        "local_response_norm": {"outputs": 6, "summed": 1},
        **each(SLIDING_POOLS, {"written": 1}),
        **each(BIN_MEANS, INPUT),
        **each(BIN_MAXIMA, {"inputs": 2}),  # the function, and the one that it calls
        **each(ACTIVATIONS, VALUE),
        **{kind: {"outputs": cost} for kind, cost in _COSTS.items()},
        **{"tanh": {"outputs": 6}, "scaled_tanh": {"outputs": 8}},
        **{"softmax": {"outputs": 5}, "log_softmax": {"outputs": 6}},
        "upsample": {"outputs": 4},
        "scale": VALUE,
        "dropout": {"outputs": 2},
        **each(JOINS, {"joined": 1}),
    },
    nothing=frozenset(MOVES),
    held=HELD,
    shared_weights=EACH_USE,
)
