"""What other tools count: each tool as a table of weights on what a layer has.

Read from the sources named below. Those of PyTorch (fvcore to torch) were held against what the tools print
for whole networks and for single layers of nearly every kind (torch 2.13, one sample, inference);
convnet-burden and Netscope are known from their source alone. A network is taken to be written with the
modules of the tool's own framework: ``global_avg_pool`` is `AdaptiveAvgPool2d(1)`, ``add`` is ``a + b``.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from cnnstat.errors import Misfit, suggestion

Weights: TypeAlias = dict[str, dict[str, int]]
"""For a kind of layer (`cnnstat.analysis.counted.kind_of`), how often each of its measures counts."""


class Convention(Struct, frozen=True):
    """How one tool counts: its version, what it calls its figure, and where its rules stand.

    ``backward`` says that it can count a backward pass, too. Kinds without weights count nothing; of the
    ``unknown`` ones it cannot be said what the tool would print, for it has no such layer.
    """

    name: str
    tool: str
    prints: str
    source: str
    weights: Weights
    unknown: frozenset[str]
    backward: bool = False


_MACS = {"macs": 1}
_WITH_BIAS = {"macs": 1, "biases": 1}
_TWICE = {"macs": 2}
_VALUE = {"outputs": 1}
_INPUT = {"inputs": 1}
_TAPS = {"window": 1}
_ROUGH_NORM = {"outputs": 4, "scaled": 1}  # fvcore: "5 is just a rough estimate"

_NORMS = ("layer_norm", "group_norm", "instance_norm")
_POOLS = ("max_pool", "avg_pool", "adaptive_max_pool", "adaptive_avg_pool")
_CLASSIC = ("rbf", "subsample")
_CURVES = ("elu", "selu", "gelu", "silu", "hard_swish", "hard_sigmoid", "sigmoid", "tanh", "scaled_tanh")
_UPSAMPLE = ("upsample_nearest", "upsample_linear", "upsample_bilinear")
_PYRAMID = "spatial_pyramid_pool"


def _each(kinds: tuple[str, ...], weights: dict[str, int]) -> Weights:
    return dict.fromkeys(kinds, weights)


CONVENTIONS: dict[str, Convention] = {
    convention.name: convention
    for convention in (
        Convention(
            "fvcore",
            "fvcore 0.1.5.post20221221",
            "FlopCountAnalysis.total()",
            "facebookresearch/fvcore, fvcore/nn/flop_count.py and jit_handles.py",
            {
                **_each(("conv", "transposed_conv", "linear"), _MACS),
                "batch_norm": {"outputs": 1, "scaled": 1},
                **_each(_NORMS, _ROUGH_NORM),
                "adaptive_avg_pool": {"inputs_2d": 1},
                "upsample_nearest": {"outputs_2d": 1},
                "upsample_bilinear": {"outputs": 4},
            },
            frozenset((*_CLASSIC, _PYRAMID)),
        ),
        Convention(
            "torchinfo",
            "torchinfo 1.8.0",
            "Total mult-adds",
            "TylerYep/torchinfo, torchinfo/layer_info.py, calculate_macs",
            {
                **_each(("conv", "linear"), _WITH_BIAS),
                "transposed_conv": {"spread": 1, "biases": 1},
                **_each(("batch_norm", "prelu", *_NORMS), {"params": 1}),
            },
            frozenset(_CLASSIC),
        ),
        Convention(
            "ptflops",
            "ptflops 0.7.5, aten backend",
            "computational complexity (MACs)",
            "sovrasov/flops-counter.pytorch, ptflops/aten_ops.py",
            _each(("conv", "transposed_conv", "linear"), _WITH_BIAS),
            frozenset(_CLASSIC),
        ),
        Convention(
            "thop",
            "thop 0.1.1.post2209072238",
            "profile(), total_ops (MACs)",
            "Lyken17/pytorch-OpCounter, thop/vision/basic_hooks.py and calc_func.py",
            {
                **_each(("conv", "linear"), _MACS),
                "transposed_conv": {"spread": 1},
                **_each(("batch_norm", "layer_norm", "instance_norm"), {"outputs": 2, "scaled": 2}),
                "prelu": _VALUE,
                "avg_pool": _VALUE,
                "adaptive_avg_pool": {"areas": 1},
                "softmax": {"outputs": 3, "rows": -1},
                "upsample_nearest": _VALUE,
                "upsample_linear": {"outputs": 5},
                "upsample_bilinear": {"outputs": 11},
            },
            frozenset((*_CLASSIC, _PYRAMID)),
        ),
        Convention(
            "calflops",
            "calflops 0.3.2 (DeepSpeed's profiler counts alike)",
            "FLOPs, forward",
            "MrYxJ/calculate-flops.pytorch, calflops/pytorch_ops.py",
            {
                "conv": {"macs": 2, "biases": 1},
                "linear": _TWICE,
                "batch_norm": {"outputs": 1, "scaled": 1},
                **_each(_NORMS, _ROUGH_NORM),
                **_each(("relu", "leaky_relu", "prelu", "elu", "gelu", "silu"), _INPUT),
                **_each(_POOLS, _INPUT),
                "softmax": _INPUT,
            },
            # It takes the sizes of a transposed convolution for those of a forward one.
            frozenset((*_CLASSIC, _PYRAMID, "transposed_conv", "local_response_norm", *_UPSAMPLE)),
        ),
        Convention(
            "torch",
            "torch 2.13 FlopCounterMode",
            "get_total_flops()",
            "pytorch/pytorch, torch/utils/flop_counter.py",
            _each(("conv", "transposed_conv", "linear"), _TWICE),
            frozenset(_CLASSIC),
            backward=True,
        ),
        Convention(
            "distill",
            "receptive_field (Distill 2019, with TensorFlow's profiler)",
            "flops",
            "google-research/receptive_field",
            {
                **_each(("conv", "linear"), {"macs": 2, "biases": 1}),
                "batch_norm": _VALUE,
                **_each(_POOLS, _TAPS),
            },
            frozenset((*_CLASSIC, _PYRAMID, "transposed_conv", "multiply", "scale", "local_response_norm"))
            | frozenset((*_NORMS, *_CURVES, *_UPSAMPLE, "prelu", "leaky_relu", "relu6", "log_softmax")),
        ),
        Convention(
            "convnet-burden",
            "convnet-burden (MatConvNet)",
            "Estimated total flops",
            "albanie/convnet-burden, core/burden.m, computeFlops",
            {
                # A fully connected layer is a convolution there.
                **_each(("conv", "transposed_conv", "linear"), _WITH_BIAS),
                **_each(("relu", "leaky_relu"), {"outputs": 2}),
                **_each(_POOLS, {"steps": 2}),
                "add": _VALUE,
                "local_response_norm": {"outputs": 3, "rows": 2},  # values + (2 + 2·channels) per position
            },
            frozenset((*_CLASSIC, _PYRAMID, "multiply", "scale", "relu6", "prelu", "log_softmax"))
            | frozenset((*_NORMS, *_CURVES, *_UPSAMPLE)),
        ),
        Convention(
            "netscope",
            "Netscope CNN Analyzer",
            "macc, comp, add, div and exp, added up",
            "dgschwend/netscope, src/analyzer.coffee",
            {
                "conv": {"dense": 1},  # groups are not looked at
                "linear": _MACS,
                "batch_norm": {"outputs": 2},
                "local_response_norm": {"summed": 1, "outputs": 4},
                **_each(("relu", "dropout", "add", "multiply", "scale"), _VALUE),
                **_each(_POOLS, _TAPS),
                "softmax": {"outputs": 3},
            },
            frozenset((*_CLASSIC, _PYRAMID, "transposed_conv", "log_softmax", "leaky_relu", "relu6", "prelu"))
            | frozenset((*_NORMS, *_CURVES, *_UPSAMPLE)),
        ),
    )
}
"""Every tool by the name ``--convention`` takes."""


def convention_of(name: str) -> Convention:
    """Return a tool's convention.

    Raises:
        Misfit: there is no tool of that name.
    """
    if name not in CONVENTIONS:
        hint = suggestion(name, CONVENTIONS) or f"; known: {', '.join(CONVENTIONS)}"
        raise Misfit(f"unknown convention '{name}'{hint}", code="convention/unknown")
    return CONVENTIONS[name]
