"""What other tools count: each tool as a table of weights on what a layer has.

Read from the sources named below. Those of PyTorch (fvcore to torch) were held against what the tools print
for whole networks and for single layers of nearly every kind (torch 2.13, one sample, inference);
the others are known from their source alone. A network is taken to be written with the
modules of the tool's own framework: ``global_avg_pool`` is `AdaptiveAvgPool2d(1)`, ``add`` is ``a + b``.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from cnnstat.analysis.layer_kinds import (
    ACTIVATIONS,
    BIN_MAXIMA,
    BIN_MEANS,
    BIN_POOLS,
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
from cnnstat.base.errors import ArgumentError
from cnnstat.base.text import suggestion

Weights: TypeAlias = dict[str, dict[str, int]]
"""For a type of layer, how often each of its measures (`cnnstat.analysis.tool_counts`) counts."""


class Convention(Struct, frozen=True):
    """How one tool counts: its version, what it calls its figure, and where its rules stand.

    ``nothing`` are the types that it counts as nothing. Of any other type without weights it cannot be said
    what the tool would print, be it that it has no such layer or that nobody looked. ``weight_gradients``
    are the weights for the gradients of trained numbers, of a tool that can count a backward pass, too;
    those for the gradients of inputs are the forward ones.
    """

    name: str
    tool: str
    prints: str
    source: str
    weights: Weights
    nothing: frozenset[str]
    weight_gradients: Weights = {}

    @property
    def backward(self) -> bool:
        """Say whether the tool can count a backward pass."""
        return bool(self.weight_gradients)


_MACS = {"macs": 1}
_WITH_BIAS = {"macs": 1, "biases": 1}
_TWICE = {"macs": 2}
_VALUE = {"outputs": 1}
_INPUT = {"inputs": 1}
_ROUGH_NORM = {"outputs": 4, "scaled": 1}  # fvcore: "5 is just a rough estimate"


def _each(types: tuple[str, ...], weights: dict[str, int]) -> Weights:
    return dict.fromkeys(types, weights)


_TAPS = {**_each(SLIDING_POOLS, {"window": 1}), **_each(BIN_POOLS, {"connections": 1})}

_NO_PRODUCTS = frozenset(
    (*POOLS, *ACTIVATIONS, *SAMPLE_NORMS, *SOFTMAXES, *JOINS, *MOVES, "batch_norm", "local_response_norm")
) | frozenset(("scale", "dropout", "upsample", "spatial_pyramid_pool"))
"""What counts as nothing where only convolutions and fully connected layers count."""

CONVENTIONS: dict[str, Convention] = {
    convention.name: convention
    for convention in (
        Convention(
            "fvcore",
            "fvcore 0.1.5.post20221221",
            "FlopCountAnalysis.total()",
            "facebookresearch/fvcore, fvcore/nn/flop_count.py and jit_handles.py",
            {
                **_each((*CONVS, "transposed_conv", "linear"), _MACS),
                "batch_norm": {"outputs": 1, "scaled": 1},
                **_each(SAMPLE_NORMS, _ROUGH_NORM),
                **_each(BIN_MEANS, {"inputs_2d": 1}),
                "upsample": {"repeated_2d": 1, "blended_2d": 4},
            },
            frozenset((*SLIDING_POOLS, *BIN_MAXIMA, *ACTIVATIONS, *SOFTMAXES, *JOINS, *MOVES, "dropout"))
            | frozenset(("local_response_norm", "scale")),
        ),
        Convention(
            "torchinfo",
            "torchinfo 1.8.0",
            "Total mult-adds",
            "TylerYep/torchinfo, torchinfo/layer_info.py, calculate_macs",
            {
                **_each((*CONVS, "linear"), _WITH_BIAS),
                "transposed_conv": {"spread": 1, "biases": 1},
                **_each(("batch_norm", "prelu", *SAMPLE_NORMS), {"params": 1}),
            },
            frozenset((*POOLS, *RELUS, *CURVES, *SOFTMAXES, *JOINS, *MOVES, "dropout", "upsample"))
            | frozenset(("local_response_norm", "scale", "spatial_pyramid_pool")),
        ),
        Convention(
            "ptflops",
            "ptflops 0.7.5, aten backend",
            "computational complexity (MACs)",
            "sovrasov/flops-counter.pytorch, ptflops/aten_ops.py",
            _each((*CONVS, "transposed_conv", "linear"), _WITH_BIAS),
            _NO_PRODUCTS,
        ),
        Convention(
            "thop",
            "thop 0.1.1.post2209072238",
            "profile(), total_ops (MACs)",
            "Lyken17/pytorch-OpCounter, thop/vision/basic_hooks.py and calc_func.py",
            {
                **_each((*CONVS, "linear"), _MACS),
                "transposed_conv": {"spread": 1},
                **_each(("batch_norm", "layer_norm", "instance_norm"), {"outputs": 2, "scaled": 2}),
                "prelu": _VALUE,
                "avg_pool": _VALUE,
                **_each(BIN_MEANS, {"areas": 1}),
                "softmax": {"outputs": 3, "rows": -1},
                "upsample": {"repeated": 1, "blended_1d": 5, "blended_2d": 11},
            },
            frozenset((*BIN_MAXIMA, *RELUS, *CURVES, *JOINS, *MOVES, "max_pool", "log_softmax", "dropout"))
            | frozenset(("group_norm", "local_response_norm", "scale")),
        ),
        Convention(
            "calflops",
            "calflops 0.3.2 (DeepSpeed's profiler counts alike)",
            "FLOPs, forward",
            "MrYxJ/calculate-flops.pytorch, calflops/pytorch_ops.py",
            {
                # Not transposed ones: it takes their sizes for those of a forward convolution.
                **_each(CONVS, {"macs": 2, "biases": 1}),
                "linear": _TWICE,
                "batch_norm": {"outputs": 1, "scaled": 1},
                **_each(SAMPLE_NORMS, _ROUGH_NORM),
                **_each(("relu", "leaky_relu", "prelu", "elu", "gelu", "silu"), _INPUT),
                **_each(POOLS, _INPUT),
                "softmax": _INPUT,
            },
            frozenset(("relu6", "selu", "hard_swish", "hard_sigmoid", "sigmoid", "tanh", "scaled_tanh"))
            | frozenset((*JOINS, *MOVES, "log_softmax", "scale", "dropout")),
        ),
        Convention(
            "torch",
            "torch 2.13 FlopCounterMode",
            "get_total_flops()",
            "pytorch/pytorch, torch/utils/flop_counter.py",
            _each((*CONVS, "transposed_conv", "linear"), _TWICE),
            _NO_PRODUCTS,
            # Its formula takes the weight gradient of a convolution in groups for that of one without.
            weight_gradients={**_each((*CONVS, "transposed_conv"), {"ungrouped": 2}), "linear": _TWICE},
        ),
        Convention(
            "distill",
            "receptive_field (Distill 2019, with TensorFlow's profiler)",
            "flops",
            "google-research/receptive_field",
            {
                **_each((*CONVS, "linear"), {"macs": 2, "biases": 1}),
                "batch_norm": _VALUE,
                **_TAPS,
            },
            frozenset((*MOVES, "relu", "softmax", "add", "dropout")),
        ),
        Convention(
            "convnet-burden",
            "convnet-burden (MatConvNet)",
            "Estimated total flops",
            "albanie/convnet-burden, core/burden.m, computeFlops",
            {
                # A fully connected layer is a convolution there.
                **_each((*CONVS, "transposed_conv", "linear"), _WITH_BIAS),
                **_each(("relu", "leaky_relu"), {"outputs": 2}),
                **_each(SLIDING_POOLS, {"steps": 2}),
                **_each(BIN_POOLS, {"outputs": 2}),  # bins do not slide: a stride of 1
                "add": _VALUE,
                "local_response_norm": {"outputs": 3, "rows": 2},  # values + (2 + 2·channels) per position
            },
            frozenset((*MOVES, "batch_norm", "softmax", "dropout")),
        ),
        Convention(
            "netscope",
            "Netscope CNN Analyzer",
            "macc, comp, add, div and exp, added up",
            "dgschwend/netscope, src/analyzer.coffee",
            {
                **_each(CONVS, {"dense": 1}),  # groups are not looked at
                "linear": _MACS,
                "batch_norm": {"outputs": 2},
                "local_response_norm": {"summed": 1, "outputs": 4},
                **_each(("relu", "dropout", "add", "multiply", "scale"), _VALUE),
                **_TAPS,
                "softmax": {"outputs": 3},
            },
            frozenset(MOVES),
        ),
    )
}
"""Every tool by the name ``--convention`` takes."""


def convention_of(name: str) -> Convention:
    """Return a tool's convention.

    Raises:
        ArgumentError: there is no tool of that name.
    """
    if name not in CONVENTIONS:
        hint = suggestion(name, CONVENTIONS) or f"; known: {', '.join(CONVENTIONS)}"
        raise ArgumentError(f"unknown convention '{name}'{hint}")
    return CONVENTIONS[name]
