"""Rows of published tables: a layer, what it reads, and its figures with their source.

A figure that is not in a row is zero.
"""

from __future__ import annotations

from typing import Any

LENET = "LeCun, Bottou, Bengio, Haffner, Proc. IEEE 86(11), 1998, section II-B"
ALEXNET = "Krizhevsky, Sutskever, Hinton, NIPS 2012, section 3.5 (recomputed)"
SPP = "He, Zhang, Ren, Sun, arXiv:1406.4729"
TABLE_I = (
    "[[0,1,2],[1,2,3],[2,3,4],[3,4,5],[0,4,5],[0,1,5],[0,1,2,3],[1,2,3,4],[2,3,4,5],[0,3,4,5],"
    "[0,1,4,5],[0,1,2,5],[0,1,3,4],[1,2,4,5],[0,2,3,5],[0,1,2,3,4,5]]"
)

Case = tuple[str, str, str, dict[str, Any]]

PUBLISHED: list[Case] = [
    (
        f"{LENET}, C1: 156 parameters, 122,304 connections",
        "type: conv, filters: 6, kernel: 5",
        "1x32x32",
        {"shape": "6x28x28", "params": 156, "connections": 122_304, "macs": 117_600, "additions": 4704}
        | {"reads": "for_weights"},
    ),
    (
        f"{LENET}, S2: 12 parameters, 5,880 connections; (a1 + a2 + a3 + a4)·w + b",
        "type: subsample",
        "6x28x28",
        {"shape": "6x14x14", "params": 12, "connections": 5880, "macs": 1176, "additions": 4704}
        | {"reads": "for_weights"},
    ),
    (
        f"{LENET}, C3 and Table I: 1,516 parameters, 151,600 connections",
        f"type: conv, filters: 16, kernel: 5, table: {TABLE_I}",
        "6x14x14",
        {"shape": "16x10x10", "params": 1516, "connections": 151_600, "macs": 150_000, "additions": 1600}
        | {"reads": "for_weights"},
    ),
    (
        f"{LENET}, S4: 32 parameters, 2,000 connections",
        "type: subsample, kernel: 2",
        "16x10x10",
        {"shape": "16x5x5", "params": 32, "connections": 2000, "macs": 400, "additions": 1600}
        | {"reads": "for_weights"},
    ),
    (
        f"{LENET}, C5: 48,120 connections",
        "type: conv, filters: 120, kernel: 5",
        "16x5x5",
        {"shape": "120x1x1", "params": 48_120, "connections": 48_120, "macs": 48_000, "additions": 120}
        | {"reads": "for_weights"},
    ),
    (
        f"{LENET}, F6: 10,164 parameters",
        "type: linear, units: 84",
        "120",
        {"shape": "84", "params": 10_164, "connections": 10_164, "macs": 10_080, "additions": 84}
        | {"reads": "for_weights"},
    ),
    (
        f"{LENET}, output: 840 connections without bias, fixed code words",
        "type: rbf, units: 10",
        "84",
        {"shape": "10", "params": 840, "trainable": 0, "connections": 840, "macs": 840, "additions": 840}
        | {"reads": "inputs for_weights"},
    ),
    (
        f"{ALEXNET}: conv1, 34,944 parameters, 105,415,200 multiply-adds",
        "type: conv, filters: 96, kernel: 11, stride: 4",
        "3x227x227",
        {"shape": "96x55x55", "params": 34_944, "macs": 105_415_200, "connections": 105_705_600}
        | {"additions": 290_400, "reads": "for_weights"},
    ),
    (
        f"{ALEXNET}: conv2 on two GPUs, 307,456 parameters, 223,948,800 multiply-adds",
        "type: conv, filters: 256, kernel: 5, padding: 2, groups: 2",
        "96x27x27",
        # 27 windows of 5, less 2 + 1 taps at each end: 129 taps per axis
        {"shape": "256x27x27", "params": 307_456, "macs": 223_948_800, "additions": 186_624}
        | {"padding_macs": 223_948_800 - 256 * 48 * 129**2, "connections": 256 * 48 * 129**2 + 186_624}
        | {"reads": "for_weights"},
    ),
    (
        "Simonyan and Zisserman, arXiv:1409.1556, section 2.3: 3x3 from C to C maps has 9·C² weights",
        "type: conv, filters: 64, kernel: 3, padding: 1, bias: false",
        "64x224x224",
        # 224 windows of 3, less one tap at each end: 670 taps per axis
        {"shape": "64x224x224", "params": 36_864, "macs": 1_849_688_064, "connections": 64 * 64 * 670**2}
        | {"padding_macs": 1_849_688_064 - 64 * 64 * 670**2, "reads": "for_weights"},
    ),
    (
        f"{SPP}, section 2.3: 13x13 and levels 6, 3, 2, 1 give 50 bins, a 12,800-d vector",
        "type: spatial_pyramid_pool, levels: [6, 3, 2, 1]",
        "256x13x13",
        # windows 3, 5, 7, 13
        {"shape": "12800", "connections": 256 * (18**2 + 15**2 + 14**2 + 13**2)}
        | {"comparisons": 256 * (18**2 + 15**2 + 14**2 + 13**2 - 50), "reads": "inputs"},
    ),
    (
        f"{SPP}, Fig. 3 (lecture 000): 16x256-d, 4x256-d and 256-d",
        "type: spatial_pyramid_pool, levels: [4, 2, 1], mode: avg, bins: adaptive",
        "256x13x13",
        # bins of 13 rows: 4 share 3 rows, 2 share 1
        {"shape": "5376", "connections": 256 * (16**2 + 14**2 + 13**2), "divisions": 5376}
        | {"additions": 256 * (16**2 + 14**2 + 13**2 - 21)},
    ),
    (
        "lecture 000: global average pooling, 10@5x5 to 10@1, no parameters",
        "type: global_avg_pool",
        "10x5x5",
        {"shape": "10x1x1", "connections": 250, "additions": 240, "divisions": 10},
    ),
    (
        "lecture 001: 32x32x3, 10 filters 5x5, stride 1, pad 2: 760 parameters",
        "type: conv, filters: 10, kernel: 5, padding: 2",
        "3x32x32",
        {"shape": "10x32x32", "params": 760, "macs": 768_000, "padding_macs": 768_000 - 30 * 154**2}
        | {"connections": 30 * 154**2 + 10_240, "additions": 10_240, "reads": "for_weights"},
    ),
    ("lecture 001: 32x32x3 stretched, 3072", "type: flatten", "3x32x32", {"shape": "3072"}),
    (
        "lecture 003: 5 to 5, filter 3, padding 1: 13 connections, not 15",
        "type: conv, filters: 1, kernel: 3, padding: 1, bias: false",
        "1x5",
        {
            "shape": "1x5",
            "params": 3,
            "macs": 15,
            "padding_macs": 2,
            "connections": 13,
            "reads": "for_weights",
        },
    ),
    (
        "lecture 003: fully connected 5 to 5: 25 connections",
        "type: linear, units: 5, bias: false",
        "5",
        {"shape": "5", "params": 25, "macs": 25, "connections": 25, "reads": "for_weights"},
    ),
    (
        "lecture 004: W' = (W - F)/S + 1; 28, 2, 2 give 14",
        "type: max_pool, kernel: 2",
        "6x28x28",
        {"shape": "6x14x14", "connections": 4704, "comparisons": 3528, "reads": "inputs"},
    ),
    (
        "Szegedy et al., arXiv:1409.4842, Table 1: 112x112x64 to 56x56x64 with 3x3/2, rounded up",
        "type: max_pool, kernel: 3, stride: 2, rounding: ceil",
        "64x112x112",
        # the last window of each axis lacks one row
        {"shape": "64x56x56", "connections": 64 * 167**2, "comparisons": 64 * (167**2 - 56**2)}
        | {"reads": "inputs"},
    ),
    (
        "He et al., arXiv:1512.03385, section 3.3, option A: no extra parameter",
        "type: zero_pad_shortcut, filters: 32, stride: 2",
        "16x32x32",
        {"shape": "32x16x16"},
    ),
    (
        "Ronneberger et al., arXiv:1505.04597, Fig. 1: up-convolution 2x2, 1024x28x28 to 512x56x56",
        "type: transposed_conv, filters: 512, kernel: 2, stride: 2",
        "1024x28x28",
        {"shape": "512x56x56", "params": 2_097_664, "macs": 1_644_167_168, "reads": "for_weights"}
        | {"connections": 1_644_167_168 + 512 * 56**2, "additions": 512 * 56**2},
    ),
    (
        "Ronneberger et al., arXiv:1505.04597, Fig. 1: 64x64 is cropped to 56x56",
        "type: crop",
        "512x64x64 + 512x56x56",
        {"shape": "512x56x56"},
    ),
    (
        "Howard et al., arXiv:1704.04861, Table 1: depthwise 3x3 on 112x112x32, 32·9 weights",
        "type: depthwise_conv, kernel: 3, padding: same, bias: false",
        "32x112x112",
        {"shape": "32x112x112", "params": 288, "macs": 3_612_672, "connections": 32 * 334**2}
        | {"padding_macs": 3_612_672 - 32 * 334**2, "reads": "for_weights"},
    ),
]
