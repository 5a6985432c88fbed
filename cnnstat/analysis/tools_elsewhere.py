"""The tables of tools for ONNX, TensorFlow, MatConvNet and Caffe."""

from __future__ import annotations

from cnnstat.analysis.convention import Convention, each
from cnnstat.analysis.layer_kinds import BIN_POOLS, CONVS, JOINS, MOVES, SLIDING_POOLS
from cnnstat.analysis.tools_of_pytorch import EACH_USE, INPUT, MACS, VALUE, WITH_BIAS

_COSTS = {"relu": 1, "relu6": 2, "leaky_relu": 2, "prelu": 2, "elu": 35, "silu": 33, "hard_swish": 5}
_COSTS |= {"hard_sigmoid": 4, "sigmoid": 32, "tanh": 76, "scaled_tanh": 78, "softmax": 36, "log_softmax": 80}

ONNX_TOOL = Convention(
    name="onnx-tool",
    tool="onnx-tool 1.0.1",
    prints="Forward_MACs, total",
    source="ThanatosShinji/onnx-tool, onnx_tool/node.py",
    weights={
        **each((*CONVS, "linear"), WITH_BIAS),
        "transposed_conv": {"fan_out": 1, "biases": 1},
        "batch_norm": {"outputs": 31},
        "instance_norm": {"outputs": 7},
        "layer_norm": {"outputs": 7, "rows": 29},
        "local_response_norm": {"outputs": 37, "summed": 1},
        **each(SLIDING_POOLS, {"window": 1}),
        "global_avg_pool": {"inputs": 1, "outputs": 4},
        "global_max_pool": INPUT,
        **each(("adaptive_avg_pool", "adaptive_max_pool"), {"even_bins": 1}),
        **{kind: {"outputs": cost} for kind, cost in _COSTS.items()},
        "upsample": {"blended": 4},
        "scale": VALUE,
        **each(JOINS, {"joined": 1}),
    },
    nothing=frozenset((*MOVES, "dropout")),
    held="the tool itself, on what torch 2.13.0 exports without folding batch norms",
    shared_weights=EACH_USE,
)

DISTILL = Convention(
    name="distill",
    tool="receptive_field (Distill 2019, with TensorFlow's profiler)",
    prints="flops",
    source="google-research/receptive_field",
    weights={
        **each((*CONVS, "linear"), {"macs": 2, "biases": 1}),
        "batch_norm": VALUE,
        **each(SLIDING_POOLS, {"window": 1}),
        **each(BIN_POOLS, {"connections": 1}),
    },
    nothing=frozenset((*MOVES, "relu", "softmax", "add", "dropout")),
)

CONVNET_BURDEN = Convention(
    name="convnet-burden",
    tool="convnet-burden (MatConvNet)",
    prints="Estimated total flops",
    source="albanie/convnet-burden, core/burden.m, computeFlops",
    weights={
        **each((*CONVS, "linear"), WITH_BIAS),  # a fully connected layer is a convolution there
        "transposed_conv": {"scattered": 1, "biases": 1},
        **each(("relu", "leaky_relu"), {"outputs": 2}),
        **each(SLIDING_POOLS, {"steps": 2}),
        **each(BIN_POOLS, {"one_bin": 1}),
        "add": VALUE,
        "scale": VALUE,
        "local_response_norm": {"outputs": 3, "rows": 2},  # values + (2 + 2·channels) per position
    },
    nothing=frozenset((*MOVES, "batch_norm", "softmax", "sigmoid", "dropout")),
    held="its source, and the totals its authors published",
)

NETSCOPE = Convention(
    name="netscope",
    tool="Netscope CNN Analyzer, 2018-07-12",
    prints="macc, comp, add, div and exp, added up",
    source="dgschwend/netscope, src/analyzer.coffee",
    weights={
        **each((*CONVS, "linear"), MACS),
        "transposed_conv": {"strided": 1},
        "batch_norm": {"outputs": 2, "scaled": 1},  # Caffe's BatchNorm, and its Scale
        "local_response_norm": {"summed": 1, "outputs": 4},
        **each(("relu", "relu6", "leaky_relu", "prelu", "elu", "dropout", "scale"), VALUE),
        **each(JOINS, VALUE),  # however many inputs
        **each(SLIDING_POOLS, {"window": 1}),
        **each(BIN_POOLS, {"one_bin": 1}),
        "softmax": {"outputs": 3},
    },
    nothing=frozenset(("concat", "flatten", "reshape", "permute", "crop", "identity", "drop_path")),
    held="the tool itself, in node 20",
)
