"""What the calculator refuses the executor refuses by itself, and what the one takes the other takes."""

from __future__ import annotations

import pytest

import cnnstat
from cnnstat.executor.kernels import KERNELS
from cnnstat.layers import LAYERS

REFUSED = [
    ("2, 5, 5", "type: transposed_conv, filters: 3, kernel: 3, output_padding: 2"),
    ("2, 5, 5", "type: transposed_conv, filters: 3, kernel: 3, stride: 2, output_padding: 2"),
    ("2, 5, 5", "type: transposed_conv, filters: 3, kernel: 3, stride: [3, 1], output_padding: [2, 1]"),
    ("2, 6", "type: transposed_conv, filters: 3, kernel: 3, stride: 2, dilation: 3, output_padding: 3"),
    ("2, 4, 8", "type: conv, filters: 3, kernel: 3, dilation: 3, stride: 1, padding: 1, rounding: ceil"),
    ("2, 7, 2", "type: conv, filters: 3, kernel: 1, stride: [3, 4], padding: same, rounding: exact"),
    ("2, 5, 2", "type: subsample, kernel: [1, 4], stride: [1, 2], rounding: ceil"),
    ("3, 9, 9", "type: avg_pool, kernel: 1, padding: 4"),
    ("3, 2, 1", "type: max_pool, kernel: 1, padding: [3, 1, 1, 2]"),
    ("3, 1", "type: max_pool, kernel: 2, dilation: 3, stride: 6, padding: same"),
    ("6, 9, 6", "type: group_norm, groups: 4"),
    ("8, 2", "type: transposed_conv, filters: 1, kernel: 3, groups: 2"),
    ("3, 4, 7", "type: transposed_conv, filters: 2, kernel: 3, groups: 2"),
    ("1, 3", "type: pad, padding: [0, 3], mode: reflect"),
    ("1, 5, 3", "type: pad, padding: 4, mode: circular"),
    ("1, 3", "type: pad, padding: 1, mode: replicate, value: 2"),
    ("3, 4", "type: linear, units: 2"),
    ("3, 4", "type: linear, units: 2, axis: height"),
    ("3, 4, 5", "type: softmax, axis: length"),
    ("3", "type: log_softmax, axis: length"),
    ("3, 4", "type: layer_norm, axes: width"),
    ("3, 4", "type: reduce, axes: [height]"),
    ("3, 4, 5", "type: reduce, axes: [height, width, height]"),
    ("3, 4", "type: reduce, axes: [channels, length], keepdims: false"),
    ("2, 4, 5", "type: split, parts: 2, take: 0, axis: width"),
    ("3, 4", "type: glu"),
    ("3, 4", "type: clamp"),
    ("3, 4", "type: clamp, min: 2, max: 1"),
    ("3, 4, 5", "type: parameter, shape: [0, 1]"),
    ("3, 4", "type: reshape"),
    ("3, 4", "type: reshape, shape: [3, 2, 0]"),
    ("3, 4", "type: matmul, from: [input, input]"),
    ("2, 3, 4", "type: matmul, from: [input, input]"),
    ("6", "type: matmul, from: [input, input]"),
    ("2, 4, 4", "type: upsample, scale: 2, align_corners: true"),
    ("2, 4, 4", "type: upsample, scale: 2, size: 8"),
    ("2, 4, 4", "type: upsample"),
    ("2, 4, 4", "type: crop, margins: 1, size: 2"),
    ("2, 4, 4", "type: crop"),
    ("2, 4, 4", "type: pad"),
    ("2, 4, 4", "type: adaptive_avg_pool"),
    ("2, 4, 4", "type: upsample, from: [input, input], size: 4"),
    ("2, 4, 4", "type: pad, from: [input, input], padding: 1"),
    ("2, 4, 4", "type: adaptive_max_pool, from: [input, input], size: 1"),
    ("6, 4, 4", "type: conv, filters: $in / 4, kernel: 1"),
    ("6, 4, 4", "type: conv, filters: $in - 6, kernel: 1"),
    ("6, 4, 4", "type: conv, filters: sqrt($in), kernel: 1"),
    ("6, 4, 4", "type: conv, filters: $in > 3, kernel: 1"),
    ("6, 4, 4", "type: conv, filters: 8 / ($in - 6), kernel: 1"),
    ("6, 4, 4", "type: conv, filters: $in ** 10 ** 9, kernel: 1"),
    ("6, 4, 4", "type: conv, filters: 4, groups: $in - 1, kernel: 1"),
    ("6", "type: linear, units: log2($in)"),
    ("2, 4, 4, 4", "type: pixel_shuffle, factor: 1"),
    ("2, 4, 4, 1", "type: spatial_pyramid_pool, levels: [2, 1]"),
    ("4, 4", "type: pixel_unshuffle, factor: 2"),
    *(
        ("6", f"type: {line}")
        for line in (
            *("conv, filters: 2, kernel: 1", "depthwise_conv, kernel: 1", "subsample", "instance_norm"),
            *("transposed_conv, filters: 2, kernel: 1", "max_pool, kernel: 1", "avg_pool, kernel: 1"),
            *("global_avg_pool", "global_max_pool", "adaptive_avg_pool, size: 1", "pad, padding: 1"),
            *("adaptive_max_pool, size: 2", "zero_pad_shortcut, filters: 6", "upsample, scale: 2"),
            *("crop, margins: 0", "spatial_pyramid_pool, levels: [1]"),
        )
    ),
]

TAKEN = [
    ("1, 3", "type: pad, padding: [0, 2], mode: reflect"),
    ("1, 5, 3", "type: pad, padding: 3, mode: circular"),
    ("1, 5, 3", "type: pad, padding: 9, mode: replicate"),
    ("2, 4, 8", "type: conv, filters: 3, kernel: 3, dilation: 3, stride: 4, padding: 1, rounding: ceil"),
    ("2, 5, 2", "type: subsample, kernel: [1, 4], rounding: ceil"),
    ("3, 4", "type: linear, units: 2, axis: length"),
    ("6, 5", "type: local_response_norm, size: 4"),
    ("4, 4", "type: matmul, from: [input, input]"),
    ("3, 4", "type: matmul, from: [input, input], transpose_b: true"),
    ("4, 3", "type: glu"),
    ("3, 4, 5", "type: parameter, shape: [0, 1, 0]"),
    ("3, 4", "type: reshape, shape: [0, 2, 2]"),
    ("6, 4, 4", 'type: conv, filters: "divisible($in / 4, 8)", kernel: 1'),
    ("6, 4, 4", "type: conv, filters: 4 if $in > 8 else 2 * $in, groups: round($in / 4), kernel: 1"),
    ("8", "type: linear, units: 1 + 2 ** log2($in)"),
    ("4, 4, 4", "type: zero_pad_shortcut, filters: $in + 3"),
    ("6, 4, 4", "type: group_norm, groups: abs(4 - $in)"),
    ("6, 4, 4", "type: transposed_conv, filters: $in ** 2 / 4, kernel: 2, groups: $in // 2"),
    ("2, 5, 5", "type: transposed_conv, filters: 3, kernel: 3, stride: 2, output_padding: 1"),
    ("2, 4, 4", "type: pad, from: [input, input]"),
    ("2, 4, 4", "type: adaptive_max_pool, from: [input, input]"),
    ("2, 6", "type: transposed_conv, filters: 3, kernel: 3, stride: 2, dilation: 3, output_padding: 2"),
    ("2, 6", "type: transposed_conv, filters: 3, kernel: 3, stride: 3, dilation: 2, output_padding: 2"),
    ("2, 7, 2", "type: conv, filters: 3, kernel: 1, stride: [3, 4], padding: same, rounding: ceil"),
    ("2, 7, 5", "type: conv, filters: 3, kernel: 3, stride: 2, padding: same, rounding: exact"),
    ("3, 9, 9", "type: avg_pool, kernel: 5, padding: 4"),
    ("3, 1", "type: max_pool, kernel: 3, dilation: 3, stride: 6, padding: same"),
    ("6, 9, 6", "type: group_norm, groups: 3"),
    ("1, 2, 4", "type: max_pool, kernel: 3, padding: same, stride: [1, 2], dilation: [3, 2]"),
    ("7, 8, 1", "type: max_pool, kernel: 3, padding: 3, stride: 2, dilation: 3, rounding: ceil"),
]


def both(shape: str, line: str) -> tuple[bool, bool]:
    """Return whether the calculator takes a layer, and whether the executor does."""
    graph = cnnstat.loads(f"input: [{shape}]\nlayers:\n  - {{{line}}}\n")
    try:
        cnnstat.analyze(graph)
        calculated = True
    except cnnstat.SpecError:
        calculated = False
    try:
        cnnstat.Network(graph)
        executed = True
    except ValueError:
        executed = False
    return calculated, executed


@pytest.mark.parametrize(("shape", "line"), REFUSED)
def test_the_executor_refuses_by_itself_what_the_calculator_refuses(shape: str, line: str) -> None:
    assert both(shape, line) == (False, False)


@pytest.mark.parametrize(("shape", "line"), TAKEN)
def test_both_take_what_is_next_to_it(shape: str, line: str) -> None:
    assert both(shape, line) == (True, True)


@pytest.mark.parametrize("kind", ["pad", "upsample", "crop", "adaptive_avg_pool"])
def test_both_refuse_a_second_input_of_other_axes(kind: str) -> None:
    above = "{name: line, type: reshape, shape: [2, 16]}\n  - {"
    assert both("2, 4, 4", f"name: a, type: {kind}, from: [input, input]") == (True, True)
    lines = f"{above[1:]}type: {kind}, from: [input, line]"
    assert both("2, 4, 4", lines) == (False, False)


def test_both_refuse_to_frame_a_map_to_less_than_it_has() -> None:
    lines = "name: low, type: max_pool, kernel: 2}\n  - {type: pad, from: [input, low]"
    assert both("2, 4, 4", lines) == (False, False)
    assert both("2, 4, 4", lines.replace("[input, low]", "[low, input]")) == (True, True)


@pytest.mark.parametrize("kind", KERNELS)
def test_both_halves_take_inputs_of_as_many_axes(kind: str) -> None:
    assert KERNELS[kind].axes == LAYERS[kind].ranks


def test_a_layer_that_the_executor_refuses_is_named() -> None:
    layers = "- {name: up, type: transposed_conv, filters: 3, kernel: 3, output_padding: 2}"
    with pytest.raises(ValueError, match=r"up \(transposed_conv\): 2 more rows leave room"):
        cnnstat.Network(cnnstat.loads(f"input: [2, 5, 5]\nlayers:\n  {layers}\n"))
