"""Padding is padding: `pad` above a convolution counts as the convolution's own padding does."""

from __future__ import annotations

import numpy as np
import pytest

import cnnstat
from cnnstat.bridge.program import Network
from cnnstat.bridge.verify import verify
from cnnstat.executor.kernels import KERNELS
from cnnstat.layers import LAYERS
from cnnstat.layers.activation import Activation

FIGURES = ("shape", "macs", "padding_macs", "connections", "params", "receptive_field")

PAIRS = [
    ("1, 4, 4", "conv, filters: 1, kernel: 3, bias: false", "0", "1", "1"),
    ("2, 7, 5", "conv, filters: 3, kernel: 3, stride: 2", "0", "1", "1"),
    ("2, 7, 5", "conv, filters: 3, kernel: [3, 2], stride: [2, 3]", "0", "[0, 2, 1, 3]", "[0, 2, 1, 3]"),
    ("2, 7, 5", "conv, filters: 3, kernel: 3, dilation: 2", "[1, 0]", "[2, 1]", "[3, 1]"),
    ("4, 6, 7", "conv, filters: 6, kernel: 3, groups: 2, bias: false", "1", "2", "3"),
    ("3, 6, 7", "conv, filters: 2, kernel: 3, table: [[0, 1], [2]]", "0", "1", "1"),
    ("3, 6, 7", "depthwise_conv, kernel: 3, multiplier: 2", "1", "1", "2"),
    ("3, 8, 8", "conv, filters: 2, kernel: 3, stride: 2", "0", "1", "1"),
    ("3, 9", "conv, filters: 2, kernel: 4, stride: 3", "0", "[3, 1]", "[3, 1]"),
    ("3, 2, 2", "conv, filters: 2, kernel: 1", "0", "3", "3"),
]
"""Input, convolution, its own padding, the padding above it, and both together."""

BETWEEN = [
    "",
    "  - {type: relu}\n",
    "  - {type: gelu}\n  - {type: scale}\n  - {type: dropout}\n  - {type: identity}\n",
]


def figures(text: str) -> list[object]:
    """Return the figures of the last layer, once they are measured, too."""
    verified = verify(cnnstat.loads(text))
    assert verified.differences == ()
    row = verified.analysis.rows[-1]
    counts = row.counts
    return [
        *(row.output_shape, row.field.sizes(row.output_shape), row.field.strides, row.field.paddings),
        *(row.leftover, row.leftover_input),
        *(counts.params, counts.macs, counts.padding_macs, counts.connections),
    ]


@pytest.mark.parametrize("between", BETWEEN, ids=["at once", "relu", "more"])
@pytest.mark.parametrize(("shape", "conv", "own", "above", "both"), PAIRS)
def test_pad_and_convolution_are_a_padded_convolution(
    shape: str, conv: str, own: str, above: str, both: str, between: str
) -> None:
    head = f"input: [{shape}]\nlayers:\n"
    apart = f"{head}  - {{type: pad, padding: {above}}}\n{between}  - {{type: {conv}, padding: {own}}}\n"
    assert figures(apart) == figures(f"{head}{between}  - {{type: {conv}, padding: {both}}}\n")


def test_the_figures_of_a_padded_map_of_four_by_four() -> None:
    layers = "  - {type: pad, padding: 1}\n  - {type: conv, filters: 1, kernel: 3, bias: false}\n"
    row = cnnstat.analyze(cnnstat.loads(f"input: [1, 4, 4]\nlayers:\n{layers}")).rows[-1]
    assert (row.counts.macs, row.counts.padding_macs, row.counts.connections) == (144, 44, 100)


def test_frames_add_up_and_follow_a_second_input() -> None:
    head = "input: [1, 4, 4]\nlayers:\n"
    conv = "  - {type: conv, filters: 2, kernel: 3}\n"
    twice = (
        f"{head}  - {{type: pad, padding: 1}}\n  - {{type: relu}}\n  - {{type: pad, padding: [0, 1]}}\n{conv}"
    )
    assert figures(twice) == figures(f"{head}  - {{type: conv, filters: 2, kernel: 3, padding: [1, 2]}}\n")
    large = "  - {name: large, type: upsample, scale: 2}\n  - {type: pad, from: [input, large]}\n"
    assert figures(head + large + conv) == figures(
        f"{head}  - {{type: conv, filters: 2, kernel: 3, padding: 2}}\n"
    )


@pytest.mark.parametrize(
    "between",
    [
        "  - {type: pad, padding: 1, value: 0.5}\n",
        "  - {type: pad, padding: 1}\n  - {type: pad, padding: 0, value: 0.5}\n",
        "  - {type: pad, padding: 1}\n  - {type: sigmoid}\n",
        "  - {type: pad, padding: 1}\n  - {type: batch_norm}\n",
        "  - {type: pad, padding: 1}\n  - {type: max_pool, kernel: 1}\n",
        "  - {type: pad, padding: 1}\n  - {type: conv, filters: 1, kernel: 1}\n",
    ],
    ids=["other value", "other frame", "sigmoid", "norm", "pool", "conv"],
)
def test_other_frames_are_values(between: str) -> None:
    conv = "  - {type: conv, filters: 1, kernel: 3, bias: false}\n"
    *_, padding_macs, connections = figures(f"input: [1, 4, 4]\nlayers:\n{between}{conv}")
    assert (padding_macs, connections) == (0, 144)


@pytest.mark.parametrize("line", ["max_pool, kernel: 3", "avg_pool, kernel: 3", "subsample, kernel: 3"])
def test_a_pool_reads_zeros_as_values(line: str) -> None:
    layers = f"  - {{type: pad, padding: 1}}\n  - {{type: {line}, stride: 1}}\n"
    row = verify(cnnstat.loads(f"input: [1, 4, 4]\nlayers:\n{layers}")).analysis.rows[-1]
    assert row.counts.connections in (144, 160)


def at_zero(kind: str, options: str = "") -> np.ndarray:
    network = Network(cnnstat.loads(f"input: [2, 3, 3]\nlayers: [{{type: {kind}{options}}}]\n"))
    y = network.forward(np.zeros((1, 2, 3, 3)))
    assert isinstance(y, np.ndarray)
    return y


BY_THEIR_OPTIONS = {"clamp": ", min: 0.5", "power": ", shift: 1"}
"""What is 0 at 0 with some options and not with these."""


@pytest.mark.parametrize("kind", [kind for kind, made in LAYERS.items() if issubclass(made, Activation)])
def test_an_activation_keeps_zeros_where_it_is_zero_at_zero(kind: str) -> None:
    zero = not at_zero(kind, BY_THEIR_OPTIONS.get(kind, "")).any()
    assert (LAYERS[kind].keeps_zeros, KERNELS[kind].keeps_zeros) == (zero, zero)


@pytest.mark.parametrize("kind", [kind for kind, made in LAYERS.items() if made.keeps_zeros])
def test_what_hands_a_frame_on_leaves_zeros_as_they_are(kind: str) -> None:
    assert not at_zero(kind).any()


def test_both_halves_know_what_keeps_zeros() -> None:
    assert {kind for kind, made in LAYERS.items() if made.keeps_zeros} == {
        kind for kind, kernel in KERNELS.items() if kernel.keeps_zeros
    }
