"""Networks small enough to run in a test: of one layer, of every layer type, and the bundled ones on less."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

import cnnstat
from cnnstat.base.axes import rank_of
from cnnstat.base.errors import Misfit
from cnnstat.layers import LAYERS
from cnnstat.layers.base import size_of
from cnnstat.spec import bundled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.graph.model import Graph
    from cnnstat.layers import Layer
    from tests.executor.cases import Case

LAYER = "layer"
"""The name of the layer that a case is about."""


def network_of(case: Case) -> Graph:
    """Return a network of a case's layer alone, or of several slices of one input and the layer behind."""
    shapes = [shape[1:] for shape in case.shapes]
    whole = tuple(max(sizes) for sizes in zip(*shapes, strict=True))
    branches: list[str] = []
    names = ["input"]
    if len(shapes) > 1:
        names = [f"x{i}" for i in range(len(shapes))]
        for name, shape in zip(names, shapes, strict=True):
            branches += _sliced(name, whole, shape)
    options = {name: _written(value) for name, value in case.given.items()}
    layer = json.dumps({"type": case.type, "name": LAYER, "from": names} | options)
    layers = "".join(f"  - {line}\n" for line in (*branches, layer))
    return cnnstat.loads(f"input: {json.dumps(whole)}\nlayers:\n{layers}", case.id)


def _sliced(name: str, whole: tuple[int, ...], shape: tuple[int, ...]) -> Iterator[str]:
    """Yield the lines that cut a shape out of the input, the last of them called `name`."""
    source = "input"
    for axis, size, full in zip(("channels", *rank_of(whole).axes[1:]), shape, whole, strict=True):
        if size < full:
            cut = f"{name}_{axis}"
            yield f"{{type: slice, name: {cut}, from: {source}, axis: {axis}, stop: {size}}}"
            source = cut
    yield f"{{type: identity, name: {name}, from: {source}}}"


def _written(value: Any) -> Any:
    """Return an option as it is written in a spec."""
    return f"{value.numerator} * $in / {value.denominator}" if isinstance(value, Fraction) else value


_BY_HAND = """
input: [4, 16, 12]
layers:
  - {type: conv, filters: 8, kernel: 3, padding: 1}
  - {type: batch_norm}
  - {type: relu}
  - {type: depthwise_conv, kernel: 3, padding: same}
  - {type: relu6}
  - {type: max_pool, kernel: 2}
  - {type: transposed_conv, filters: 4, kernel: 3, stride: 2, padding: 1}
  - {type: leaky_relu}
  - {type: subsample}
  - {type: scaled_tanh}
  - {type: zero_pad_shortcut, filters: 8, stride: 2}
  - {type: prelu}
  - {type: upsample, scale: 2, mode: bilinear}
  - {type: avg_pool, kernel: 3, stride: 1, padding: 1}
  - {type: layer_norm, axes: channels}
  - {type: local_response_norm}
  - {name: stem, type: scale, init: 1.0}

  - {type: dropout}
  - {type: drop_path}
%s  - {type: channel_shuffle, groups: 2}
  - {type: pixel_shuffle, factor: 2}
  - {type: tanh}
  - {type: pixel_unshuffle, factor: 2}
  - {type: pad, padding: 1}
  - {type: crop, margins: 1}
  - {name: branch, type: identity}
  - {name: difference, type: subtract, from: [stem, branch]}
  - {name: largest, type: maximum, from: [stem, difference]}
  - {name: mixed, type: linear, axis: channels, units: $in}
  - {name: kept, type: clamp, min: -1.5, max: 2}
  - {name: gates, type: glu}
  - {name: both, type: concat, from: [gates, gates]}
  - {name: offset, type: parameter}
  - {name: all, type: add, from: [stem, both, offset]}
  - {name: strongest, type: reduce, axes: [channels], mode: max}
  - {name: sum, type: multiply, from: [all, strongest]}

  - {type: global_avg_pool}
  - {name: gate, type: sigmoid}
  - {name: gated, type: multiply, from: [sum, gate]}
  - {type: group_norm, groups: 2}
  - {name: normal, type: instance_norm}
  - {name: peak, type: global_max_pool, from: sum}
  - {name: shares, type: softmax, from: sum}
  - {name: left, type: split, from: shares, parts: 2, take: 0}
  - {name: right, type: slice, from: sum, start: 4}
  - {name: halves, type: concat, from: [left, right]}
  - {name: coarse, type: adaptive_avg_pool, size: [3, 2]}
  - {type: permute, order: [0, 2, 1]}
  - {name: table, type: reshape, shape: [4, 4, 3]}
  - {name: scores, type: matmul, from: [table, table], transpose_b: true, scale: 0.5}
  - {name: peaks, type: adaptive_max_pool, size: 1}
  - {name: bins, type: spatial_pyramid_pool, from: normal, levels: [1, 2]}
  - {name: flat_peak, type: flatten, from: peak}
  - {name: flat_peaks, type: flatten, from: peaks}
  - {type: concat, from: [bins, flat_peak, flat_peaks]}
  - {type: linear, units: 6}
  - {type: log_softmax}
  - {type: rbf, units: 5}
"""


def _keeps_shapes(kind: type[Layer]) -> bool:
    """Say whether a type can stand between any two layers: one map in, the same size out, all by default."""
    if kind.arity[0] > 1 or any(field.required for field in msgspec.structs.fields(kind)):
        return False
    try:
        return size_of(kind().sizes((_MAP,))) == _MAP
    except Misfit:
        return False


_MAP = (8, 16, 12)
_OTHERS = [
    f"  - {{type: {name}}}\n"
    for name, kind in LAYERS.items()
    if f"type: {name}" not in re.findall(r"type: \w+", _BY_HAND) and _keeps_shapes(kind)
]
EVERY_TYPE = _BY_HAND % "".join(_OTHERS)
"""A network in which every layer type stands, on maps that no side is equal to another of.

A new type that keeps its input's shape finds its place by itself; any other is put into `_BY_HAND`.
"""

SIDES = (16, 32, 48, 64, 75, 96, 128, 188, 224, 299)
LENGTHS = (64, 1024, 4096, 16384)
"""Sizes that are tried in turn for an input, of maps and of signals."""

TYPICAL = (
    *("alexnet", "autoencoder", "convnext-tiny", "densenet121", "efficientnet-b0", "googlenet"),
    *("lecture-32x32x3", "lecture-39x39", "lenet5", "lenet5-full", "lenet5-gap", "mnasnet0.5"),
    *("mobilenet-v1-0.25", "mobilenet-v2", "mobilenet-v3-small", "nin-cifar10", "regnet-y-400mf", "resnet18"),
    *("resnet20", "shufflenet-v2-0.5", "squeezenet1.1", "vgg11", "waveform-m3", "waveform-m5"),
)
"""One network for each kind of block. The others, deeper or wider, wait for `pytest -m slow`."""


def every_architecture(*heavy: str) -> list[Any]:
    """Return the names of all bundled networks, marked as slow where they are heavy or not typical."""
    slow = {name for name in bundled.names() if name not in TYPICAL or name in heavy}
    return [pytest.param(name, marks=pytest.mark.slow if name in slow else ()) for name in bundled.names()]


def reduced(name: str) -> tuple[Graph, tuple[int, ...]]:
    """Return an architecture and the smallest input that fits it."""
    graph = cnnstat.load(name)
    channels, *sizes = graph.input_shape
    for side in SIDES if len(sizes) > 1 else LENGTHS:
        shape = (channels, *(side for _ in sizes))
        try:
            cnnstat.analyze(graph, input_shape=shape)
        except cnnstat.SpecError:
            continue
        return graph, shape
    return graph, graph.input_shape
