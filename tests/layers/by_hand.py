"""What layers come to for small inputs, worked out by hand.

A figure that is not in a row is zero; ``trainable`` stands there only where it differs from params.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.layers.published import Case

BY_HAND: list[Case] = [
    (
        "one row in, three out; 2·(3·4 + 1) parameters; four of six products land",
        "type: transposed_conv, filters: 2, kernel: 4, stride: 3, padding: 1",
        "3x2",
        # the canvas has 7 places, of which 1 to 5 stay: the outermost product of each input is cut
        {"shape": "2x5", "params": 26, "macs": 48, "padding_macs": 12, "connections": 36 + 10}
        | {"additions": 10, "reads": "for_weights"},
    ),
    (
        "groups share nothing: each filter reads half of the maps",
        "type: transposed_conv, filters: 4, kernel: [1, 2], stride: [1, 2], groups: 2, bias: false",
        "6x2x3",
        {"shape": "4x2x6", "params": 24, "macs": 144, "connections": 144, "reads": "for_weights"},
    ),
    (
        "units as a multiple of the input's",
        "{type: linear, units: $in / 2}",
        "6",
        {"shape": "3", "params": 21, "macs": 18, "connections": 21, "additions": 3, "reads": "for_weights"},
    ),
    (
        "code words that are learned",
        "type: rbf, units: 2, learned: true",
        "3",
        {
            "shape": "2",
            "params": 6,
            "macs": 6,
            "connections": 6,
            "additions": 6,
            "reads": "inputs for_weights",
        },
    ),
    (
        "5 rows by windows of 2, the last of which has one row",
        "type: subsample, rounding: ceil",
        "1x5",
        {"shape": "1x3", "params": 2, "macs": 3, "connections": 8, "additions": 5, "reads": "for_weights"},
    ),
    (
        "windows of 3 on 4 + 2·1: 2 + 3 + 3 + 2 inputs per axis",
        "type: max_pool, kernel: 3, stride: 1, padding: 1",
        "2x4x4",
        {"shape": "2x4x4", "connections": 200, "comparisons": 168, "reads": "inputs"},
    ),
    (
        "the same for the mean",
        "type: avg_pool, kernel: 3, stride: 1, padding: 1",
        "2x4x4",
        {"shape": "2x4x4", "connections": 200, "additions": 168, "divisions": 32},
    ),
    (
        "all 12 inputs of each map",
        "type: global_max_pool",
        "2x3x4",
        {"shape": "2x1x1", "connections": 24, "comparisons": 22, "reads": "inputs"},
    ),
    (
        "a signal",
        "type: global_avg_pool",
        "2x7",
        {"shape": "2x1", "connections": 14} | {"additions": 12, "divisions": 2},
    ),
    (
        "bins 0-2, 1-4 of 4 rows by 3 are [0,1], [1,2], [2,3]",
        "type: adaptive_max_pool, size: 3",
        "1x4",
        {"shape": "1x3", "connections": 6, "comparisons": 3, "reads": "inputs"},
    ),
    (
        "more bins than rows: 2 rows, 3 bins [0], [0,1], [1]",
        "type: adaptive_avg_pool, size: [3, 1]",
        "2x2x5",
        {"shape": "2x3x1", "connections": 40, "additions": 34, "divisions": 6},
    ),
    (
        "one factor and one offset per channel, folded",
        "type: batch_norm",
        "3x4x5",
        {
            "shape": "3x4x5",
            "params": 6,
            "buffers": 6,
            "multiplications": 60,
            "additions": 60,
            "reads": "inputs for_weights",
        },
    ),
    (
        "no affine map, but buffers",
        "type: batch_norm, affine: false",
        "7",
        {"shape": "7", "buffers": 14, "multiplications": 7, "additions": 7, "reads": "inputs for_weights"},
    ),
    (
        "one mean of 24 values: 3n - 1 additions and n for the shift, 3n products",
        "type: layer_norm",
        "2x3x4",
        {"shape": "2x3x4", "params": 48, "additions": 95, "multiplications": 72, "divisions": 3, "roots": 1}
        | {"reads": "inputs for_weights"},
    ),
    (
        "12 means of 2 values",
        "type: layer_norm, axes: channels",
        "2x3x4",
        {"shape": "2x3x4", "params": 4, "additions": 84, "multiplications": 72, "divisions": 36, "roots": 12}
        | {"reads": "inputs for_weights"},
    ),
    (
        "2 means of 12 values, no affine map",
        "type: group_norm, groups: 2, affine: false",
        "4x2x3",
        {
            "shape": "4x2x3",
            "additions": 70,
            "multiplications": 48,
            "divisions": 6,
            "roots": 2,
            "reads": "inputs for_weights",
        },
    ),
    (
        "a mean for each map; without parameters unless asked for",
        "type: instance_norm",
        "4x6",
        {
            "shape": "4x6",
            "additions": 68,
            "multiplications": 48,
            "divisions": 12,
            "roots": 4,
            "reads": "inputs for_weights",
        },
    ),
    (
        "with parameters",
        "type: instance_norm, affine: true",
        "4x6",
        {"shape": "4x6", "params": 8, "additions": 92, "multiplications": 72, "divisions": 12, "roots": 4}
        | {"reads": "inputs for_weights"},
    ),
    (
        "sums of 3 among 4 channels: 2 + 3 + 3 + 2 squares at 2 places",
        "type: local_response_norm, size: 3",
        "4x2",
        {"shape": "4x2", "additions": 20, "multiplications": 16, "divisions": 8, "exponentials": 8}
        | {"reads": "inputs"},
    ),
    (
        "sums of 9 among 3 channels: all of them",
        "type: local_response_norm, size: 9",
        "3x1x1",
        {"shape": "3x1x1", "additions": 9, "multiplications": 6, "divisions": 3, "exponentials": 3}
        | {"reads": "inputs"},
    ),
    (
        "a factor per channel",
        "type: scale",
        "3x4",
        {"shape": "3x4", "params": 3, "multiplications": 12, "reads": "for_weights"},
    ),
    ("nothing at inference", "type: dropout", "3x4", {"shape": "3x4"}),
    ("nothing at inference", "type: drop_path", "3x4x2", {"shape": "3x4x2"}),
    ("nothing", "type: identity", "5", {"shape": "5"}),
    (
        "a slope per channel",
        "type: prelu",
        "2x3",
        {"shape": "2x3", "params": 2}
        | {"comparisons": 6, "multiplications": 6, "reads": "inputs for_weights"},
    ),
    (
        "one slope",
        "type: prelu, shared: true",
        "2x3",
        {"shape": "2x3", "params": 1}
        | {"comparisons": 6, "multiplications": 6, "reads": "inputs for_weights"},
    ),
    (
        "10 scores: 9 comparisons, 10 subtractions and 9 additions, 10 exponentials, 10 divisions",
        "type: softmax",
        "10",
        {
            "shape": "10",
            "comparisons": 9,
            "additions": 19,
            "exponentials": 10,
            "divisions": 10,
            "reads": "output",
        },
    ),
    (
        "2 rows in each of 3 channels, of 5 scores",
        "type: softmax, axis: width",
        "3x2x5",
        {"shape": "3x2x5", "comparisons": 24, "additions": 54, "exponentials": 30, "divisions": 30}
        | {"reads": "output"},
    ),
    (
        "4 rows of 3 numbers, one scale and shift for each number",
        "type: layer_norm, axes: height",
        "2x3x2",
        # 3·12 - 4 for the means, 12 for the shift; 2·12 and 12 for the scale
        {"shape": "2x3x2", "params": 6, "additions": 44, "multiplications": 36, "divisions": 12, "roots": 4}
        | {"reads": "inputs for_weights"},
    ),
    (
        "a transformer's MLP: 5 tokens, each 3·4 products and 4 biases",
        "type: linear, units: 4, axis: channels",
        "3x5",
        {"shape": "4x5", "params": 16, "macs": 60, "connections": 80, "additions": 20}
        | {"reads": "for_weights"},
    ),
    (
        "along the rows of 2 columns of 3 channels",
        "{type: linear, units: 2 * $in, axis: height, bias: false}",
        "3x4x2",
        {"shape": "3x8x2", "params": 32, "macs": 192, "connections": 192, "reads": "for_weights"},
    ),
    (
        "CBAM, section 3: the largest of 3 channels at 4 places",
        "type: reduce, axes: [channels], mode: max",
        "3x2x2",
        {"shape": "1x2x2", "connections": 12, "comparisons": 8, "reads": "inputs"},
    ),
    (
        "CBAM, section 3: the mean of each map, as of a global pool",
        "type: reduce, axes: [height, width]",
        "3x2x2",
        {"shape": "3x1x1", "connections": 12, "additions": 9, "divisions": 3},
    ),
    (
        "sums without the axis",
        "type: reduce, axes: [height], mode: sum, keepdims: false",
        "3x2x4",
        {"shape": "3x4", "connections": 24, "additions": 12},
    ),
    (
        "one matrix: 3 rows of 4 by 4 rows of 5",
        "type: matmul",
        "3x4 + 4x5",
        {"shape": "3x5", "macs": 60, "reads": "others"},
    ),
    (
        "2 heads: scores of 5 queries and 6 keys of 4 numbers, scaled",
        "type: matmul, transpose_a: true, scale: 0.5",
        "2x4x5 + 2x4x6",
        {"shape": "2x5x6", "macs": 240, "multiplications": 60, "reads": "others"},
    ),
    (
        "both transposed",
        "type: matmul, transpose_a: true, transpose_b: true",
        "4x3 + 5x4",
        {"shape": "3x5", "macs": 60, "reads": "others"},
    ),
    ("a positional embedding", "type: parameter", "4x3", {"shape": "4x3", "params": 12}),
    ("a class token", "type: parameter, shape: [0, 1]", "4x3", {"shape": "4x1", "params": 4}),
    ("a bound", "type: clamp, min: 0", "2x3", {"shape": "2x3", "comparisons": 6, "reads": "inputs"}),
    (
        "two bounds",
        "type: clamp, min: 0, max: 6",
        "2x3",
        {"shape": "2x3", "comparisons": 12, "reads": "inputs"},
    ),
    (
        "half the channels, each a sigmoid and a product",
        "type: glu",
        "4x3",
        {"shape": "2x3", "exponentials": 6, "additions": 6, "divisions": 6, "multiplications": 6}
        | {"reads": "inputs"},
    ),
    (
        "a window of 3x3 on 2x2, of which PyTorch takes the four that there are",
        "type: avg_pool, kernel: 3, stride: 2, rounding: ceil",
        "1x2x2",
        {"shape": "1x1x1", "connections": 4, "additions": 3, "divisions": 1},
    ),
    (
        "half the rows",
        "type: glu, axis: height",
        "2x4x1",
        {"shape": "2x2x1", "reads": "inputs"}
        | dict.fromkeys(("exponentials", "additions", "divisions", "multiplications"), 4),
    ),
    ("the first less the second", "type: subtract", "2x3 + 2x3", {"shape": "2x3", "additions": 6}),
    (
        "a row for all",
        "type: subtract, broadcast: true",
        "2x3 + 2x1",
        {"shape": "2x3", "additions": 6},
    ),
    (
        "two of three",
        "type: maximum",
        "2x3 + 2x3 + 2x3",
        {"shape": "2x3", "comparisons": 12, "reads": "inputs"},
    ),
    ("5 of 4x1x1", "type: add, broadcast: true", "4x1x1 + 4x1x5", {"shape": "4x1x5", "additions": 20}),
    ("positions add up", "type: concat, axis: length", "2x3 + 2x4", {"shape": "2x7"}),
    ("rows add up", "type: concat, axis: height", "2x3x4 + 2x1x4", {"shape": "2x4x4"}),
    ("the third of three", "type: split, parts: 3, take: 2, axis: width", "2x4x6", {"shape": "2x4x2"}),
    ("channels stay", "type: reshape, shape: [0, -1]", "2x6x3", {"shape": "2x18"}),
    ("the positions of a second input", "type: reshape", "4x6 + 7x2x3", {"shape": "4x2x3"}),
    (
        "an even window of 4 among 5 channels: two before, one behind",
        "type: local_response_norm, size: 4",
        "5x1",
        # squares: 2 + 3 + 4 + 4 + 3
        {"shape": "5x1", "additions": 16, "multiplications": 10, "divisions": 5, "exponentials": 5}
        | {"reads": "inputs"},
    ),
    (
        "over the channels at each of 4 places",
        "type: softmax",
        "3x2x2",
        {"shape": "3x2x2", "comparisons": 8, "additions": 20, "exponentials": 12, "divisions": 12}
        | {"reads": "output"},
    ),
    (
        "10 scores: one logarithm, 10 more subtractions, no division",
        "type: log_softmax",
        "10",
        {"shape": "10", "comparisons": 9, "additions": 29, "exponentials": 11, "reads": "output"},
    ),
    ("two of three", "type: add", "2x3 + 2x3 + 2x3", {"shape": "2x3", "additions": 12}),
    (
        "a gate for each channel",
        "type: multiply",
        "4x1x1 + 4x2x3",
        {"shape": "4x2x3", "multiplications": 24, "reads": "others"},
    ),
    ("channels add up", "type: concat", "2x3x4 + 1x3x4 + 5x3x4", {"shape": "8x3x4"}),
    ("vectors", "type: concat", "2 + 3", {"shape": "5"}),
    ("the second of three", "type: split, parts: 3, take: 1", "6x2", {"shape": "2x2"}),
    ("a range of rows", "type: slice, axis: height, start: 1, stop: 3", "2x5x4", {"shape": "2x2x4"}),
    ("to the end", "type: slice, start: 1", "3x4", {"shape": "2x4"}),
    ("of a vector", "type: slice, stop: 2", "9", {"shape": "2"}),
    ("one size is worked out", "type: reshape, shape: [4, -1]", "2x6x3", {"shape": "4x9"}),
    ("channels last", "type: permute, order: [1, 2, 0]", "2x3x4", {"shape": "3x4x2"}),
    ("no change of shape", "type: channel_shuffle, groups: 3", "6x2x2", {"shape": "6x2x2"}),
    ("12 = 3·2·2", "type: pixel_shuffle, factor: 2", "12x2x3", {"shape": "3x4x6"}),
    ("and back", "type: pixel_unshuffle, factor: 2", "3x4x6", {"shape": "12x2x3"}),
    ("repeats", "type: upsample, scale: [2, 3]", "2x3x4", {"shape": "2x6x12"}),
    (
        "4 neighbours for each of 50 values",
        "type: upsample, size: 5, mode: bilinear",
        "2x3x4",
        {"shape": "2x5x5", "multiplications": 200, "additions": 150},
    ),
    (
        "2 neighbours on a signal",
        "type: upsample, scale: 2, mode: bilinear, align_corners: true",
        "1x3",
        {"shape": "1x6", "multiplications": 12, "additions": 6},
    ),
    ("top, bottom, left, right", "type: pad, padding: [1, 2, 3, 4]", "2x5x5", {"shape": "2x8x12"}),
    ("both axes", "type: pad, padding: [1, 2]", "2x5x5", {"shape": "2x7x9"}),
    ("both sides", "type: pad, padding: [1, 2]", "2x5", {"shape": "2x8"}),
    ("to the second input's size", "type: upsample", "2x3x4 + 7x5x9", {"shape": "2x5x9"}),
    (
        "4 neighbours for each of 30 values",
        "type: upsample, mode: bilinear",
        "2x3x4 + 7x5x3",
        {"shape": "2x5x3", "multiplications": 120, "additions": 90},
    ),
    ("up to the second input's size", "type: pad", "2x5x5 + 7x8x5", {"shape": "2x8x5"}),
    (
        "5 + 3 - 1 rows and 4 + 2 - 2 columns in bins, for 2 maps",
        "type: adaptive_max_pool",
        "2x5x4 + 7x3x2",
        {"shape": "2x3x2", "connections": 56, "comparisons": 44, "reads": "inputs"},
    ),
    ("margins", "type: crop, margins: [1, 0, 2, 2]", "2x5x5", {"shape": "2x4x1"}),
    ("a size", "type: crop, size: [3, 4]", "2x5x5", {"shape": "2x3x4"}),
    ("every third row", "type: zero_pad_shortcut, filters: 2 * $in, stride: 3", "2x7x6", {"shape": "4x3x2"}),
]

# Operations per value, and what backward reads; y is a function of one value.
ACTIVATIONS: dict[str, dict[str, Any]] = {
    "type: relu": {"comparisons": 1, "reads": "output"},
    "type: relu6": {"comparisons": 2, "reads": "output"},
    "type: leaky_relu": {"comparisons": 1, "multiplications": 1, "reads": "inputs"},
    "type: elu": {
        "comparisons": 1,
        "exponentials": 1,
        "additions": 1,
        "multiplications": 1,
        "reads": "inputs",
    },
    "type: selu": {
        "comparisons": 1,
        "exponentials": 1,
        "additions": 1,
        "multiplications": 1,
        "reads": "inputs",
    },
    "type: gelu": {"exponentials": 1, "additions": 1, "multiplications": 3, "reads": "inputs"},
    "type: gelu, approximate: tanh": {"exponentials": 1, "additions": 4, "multiplications": 7, "divisions": 1}
    | {"reads": "inputs"},
    "type: silu": {"exponentials": 1, "additions": 1, "divisions": 1, "reads": "inputs"},
    "type: hard_swish": {"comparisons": 2, "additions": 1, "multiplications": 1, "divisions": 1}
    | {"reads": "inputs"},
    "type: hard_sigmoid": {"comparisons": 2, "additions": 1, "divisions": 1, "reads": "inputs"},
    "type: sigmoid": {"exponentials": 1, "additions": 1, "divisions": 1, "reads": "output"},
    "type: tanh": {
        "exponentials": 1,
        "additions": 2,
        "multiplications": 1,
        "divisions": 1,
        "reads": "output",
    },
    "type: abs": {"comparisons": 1, "reads": "inputs"},
    "type: hard_tanh": {"comparisons": 2, "reads": "output"},
    "type: softsign": {"comparisons": 1, "additions": 1, "divisions": 1, "reads": "inputs"},
    "type: softplus": {"exponentials": 2, "additions": 1, "reads": "inputs"},
    "type: softplus, beta: 2": {
        "exponentials": 2,
        "additions": 1,
        "multiplications": 1,
        "divisions": 1,
        "reads": "inputs",
    },
    "type: mish": {"exponentials": 3, "additions": 3, "multiplications": 2, "divisions": 1}
    | {"reads": "inputs"},
    "type: power": {},
    "type: power, scale: -1, shift: 1": {"multiplications": 1, "additions": 1},
    "type: power, exponent: 2, scale: 3": {"multiplications": 2, "reads": "inputs"},
    "type: power, exponent: 0.5": {"roots": 1, "reads": "inputs"},
    "type: power, exponent: -1": {"divisions": 1, "reads": "inputs"},
    "type: power, exponent: 1.5, shift: 1": {"additions": 1, "exponentials": 1, "reads": "inputs"},
    "type: scaled_tanh": {"exponentials": 1, "additions": 2, "multiplications": 3, "divisions": 1}
    | {"reads": "output"},
}
