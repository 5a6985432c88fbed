"""What each kernel of the executor takes beside what it reads and puts out, in numbers.

tests/bridge/test_memory.py holds the table against what NumPy allocates, layer by layer.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from cnnstat.executor.kernels.im2col import COLUMNS, MOST, PIECE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.layers import Layer
    from cnnstat.layers.base import Shape


@dataclass(frozen=True, slots=True)
class Working:
    """What a kernel keeps for the way back, and what it takes on its way forward and back.

    Numbers are counted in the larger of what it reads and what it puts out. `keeps` says whether the way back
    holds the inputs and the output, and `more` what it holds beside them. What `shares` puts out is in the
    memory of its first input: a view of it, or the very array, as NumPy happens to do it. (The `view` of a
    layer and of a kernel is narrower, and counts in what the network needs: a part of the input in any tool.)
    What `passes` gives back views of the gradient that it gets.
    """

    keeps: str = ""
    more: float = 0
    forward: float = 1
    backward: float = 1
    shares: bool = False
    passes: bool = False


_SAME = Working(forward=0, backward=0, shares=True, passes=True)
_AT_Y = Working("output", forward=2, backward=2)
_AT_X = Working("input", forward=3, backward=3)
_NORM = Working("", more=1, forward=3, backward=4)
_BINS = Working("", forward=4, backward=6)

WORKING: dict[str, Working] = {
    **dict.fromkeys(("conv", "depthwise_conv", "transposed_conv", "linear"), Working("input", backward=1)),
    "rbf": Working("input"),
    "subsample": Working("", more=1, forward=3, backward=3),
    "max_pool": Working("input output", more=1, forward=1, backward=1),
    "avg_pool": Working(forward=2, backward=3),
    "global_avg_pool": Working(forward=1, backward=1),
    "adaptive_avg_pool": _BINS,
    **dict.fromkeys(("global_max_pool", "adaptive_max_pool"), Working("input output", 1, 4, 6)),
    "spatial_pyramid_pool": Working("input output", 3, 6, 8),
    "batch_norm": Working("input", forward=1, backward=2),
    **dict.fromkeys(("layer_norm", "group_norm", "instance_norm"), _NORM),
    "local_response_norm": Working("input", more=2, forward=3, backward=5),
    "scale": Working("input", forward=0, backward=2),
    **dict.fromkeys(("dropout", "drop_path", "identity", "flatten", "reshape"), _SAME),
    **dict.fromkeys(("relu", "relu6", "sigmoid", "tanh", "scaled_tanh"), _AT_Y),
    **dict.fromkeys(("leaky_relu", "prelu", "hard_swish", "hard_sigmoid"), _AT_X),
    **dict.fromkeys(("elu", "selu", "silu"), Working("input", forward=4, backward=5)),
    "gelu": Working("input", forward=5, backward=8),
    **dict.fromkeys(("softmax", "log_softmax"), Working("output", forward=3, backward=3)),
    "add": Working(passes=True),
    "multiply": Working("input", forward=1, backward=3),
    **dict.fromkeys(("abs", "softsign", "clamp", "power"), Working("input", forward=4, backward=5)),
    "hard_tanh": _AT_Y,
    **dict.fromkeys(("softplus", "mish"), Working("input", forward=6, backward=9)),
    "glu": Working("input", more=1, forward=4, backward=4),
    "reduce": Working("input", more=1, forward=3, backward=3),
    "subtract": Working(forward=1, backward=2),
    "maximum": Working("input", more=2, forward=5, backward=5),
    "matmul": Working("input", forward=3, backward=4),
    "parameter": Working(forward=2, backward=2),
    "concat": Working(forward=0, backward=0, passes=True),
    **dict.fromkeys(("split", "slice", "crop"), Working(forward=0, backward=1, shares=True)),
    **dict.fromkeys(("permute", "channel_shuffle", "pixel_shuffle", "pixel_unshuffle"), Working()),
    "zero_pad_shortcut": Working(backward=1),
    "upsample": Working(forward=4, backward=6),
    "pad": Working(),
}
"""Every type of layer."""

TRAINED = {
    **WORKING,
    "batch_norm": Working("", more=1, forward=4, backward=4),
    **dict.fromkeys(("dropout", "drop_path"), Working(more=1, forward=4, backward=1)),
}
"""The same in training."""

OF_PLUGIN = Working("input output", more=2, forward=4, backward=6)
"""What a type of another package is taken to need: as much as most of ours, and rather more."""


def gathered(layer: Layer, kind: str, given: Shape, made: Shape, batch: int, width: int) -> int:
    """Return the numbers that a convolution gathers at a time: columns, and the frame they are cut from.

    One by table gathers the maps that some filters read, too, and adds to what these have put out.
    """
    if kind not in ("conv", "depthwise_conv", "transposed_conv"):
        return 0
    inner, outer = (made, given) if kind == "transposed_conv" else (given, made)
    options: Any = layer
    taps: int = prod(_each(options.kernel, len(outer) - 1))
    window = max(inner[0], outer[0]) * taps
    least = max(PIECE // width, min(COLUMNS * window, MOST // width), prod(outer[2:]) * window)
    columns = min(batch * prod(outer[1:]) * window, least)
    # Far taps or windows far apart frame more cells than they read.
    frame = min(batch, 1 + least // max(prod(outer[1:]) * window, 1)) * _padded(inner, options)
    if getattr(options, "table", None) is None:
        return columns + frame
    return columns + frame + batch * (prod(given) + 2 * prod(made))


def _padded(shape: Shape, options: Any) -> int:
    """Return the cells of a map within its padding, at most."""
    rank = len(shape) - 1
    cells: int = prod(n + extra for n, extra in zip(shape[1:], _extra(options, rank), strict=True))
    return shape[0] * cells


def _each(option: Any, rank: int) -> Sequence[int]:
    return (option,) * rank if isinstance(option, int) else tuple(option)


def _extra(options: Any, rank: int) -> Sequence[int]:
    """Return how many cells padding adds along each axis, at most."""
    padding = options.padding
    if isinstance(padding, int):
        return (2 * padding,) * rank
    if isinstance(padding, str):
        walked = zip(_each(options.kernel, rank), _each(options.dilation, rank), strict=True)
        return [kernel * dilation for kernel, dilation in walked]
    return (2 * max(padding),) * rank
