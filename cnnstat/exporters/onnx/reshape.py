"""Layers that lay the same numbers out otherwise, or take a part of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.exporters.onnx.writer import Place
    from cnnstat.layers.dropout import Dropout
    from cnnstat.layers.reshape import ChannelShuffle, Permute, PixelShuffle, PixelUnshuffle
    from cnnstat.layers.slice import Slice, Split


def flatten(layer: Any, at: Place) -> str:
    """Write Flatten."""
    return at.add("Flatten", at.x, axis=1)


def reshape(layer: Any, at: Place) -> str:
    """Write Reshape, with every size but the batch as a number."""
    return _laid_out(at, at.x, at.shape)


def _laid_out(at: Place, x: str, shape: Sequence[int]) -> str:
    return at.add("Reshape", x, at.integers("shape", [0, *shape]))


def permute(layer: Permute, at: Place) -> str:
    """Write Transpose; the batch stays first."""
    return at.add("Transpose", at.x, perm=[0, *(axis + 1 for axis in layer.order)])


def channel_shuffle(layer: ChannelShuffle, at: Place) -> str:
    """Write (groups, channels/groups), turned."""
    channels, *sizes = at.shapes[0]
    split = _laid_out(at, at.x, [layer.groups, channels // layer.groups, *sizes])
    turned = at.add("Transpose", split, perm=[0, 2, 1, *range(3, 3 + len(sizes))])
    return _laid_out(at, turned, at.shape)


def pixel_shuffle(layer: PixelShuffle, at: Place) -> str:
    """Write DepthToSpace, channel by channel (CRD)."""
    return at.add("DepthToSpace", at.x, blocksize=layer.factor, mode="CRD")


def pixel_unshuffle(layer: PixelUnshuffle, at: Place) -> str:
    """Write it by hand: SpaceToDepth puts the cells of a square before the channels."""
    channels, height, width = at.shapes[0]
    factor = layer.factor
    squares = _laid_out(at, at.x, [channels, height // factor, factor, width // factor, factor])
    return _laid_out(at, at.add("Transpose", squares, perm=[0, 1, 3, 5, 2, 4]), at.shape)


def split(layer: Split, at: Place) -> str:
    """Write Slice of the part: one output of a Split would be made where the first part is taken."""
    axis = at.axis(layer.axis)
    size = at.shapes[0][axis - 1] // layer.parts
    return sliced(at, at.x, [axis], [layer.take * size], [(layer.take + 1) * size])


def slice_(layer: Slice, at: Place) -> str:
    """Write Slice."""
    axis = at.axis(layer.axis)
    stop = at.shapes[0][axis - 1] if layer.stop is None else layer.stop
    return sliced(at, at.x, [axis], [layer.start], [stop])


def sliced(at: Place, x: str, axes: Sequence[int], starts: Sequence[int], stops: Sequence[int]) -> str:
    """Write Slice along some axes."""
    names = at.integers("starts", starts), at.integers("ends", stops), at.integers("axes", axes)
    return at.add("Slice", x, *names)


def dropout(layer: Dropout, at: Place) -> str:
    """Write Dropout, which keeps all values where it has no training mode."""
    return at.add("Dropout", at.x, at.numbers("ratio", layer.rate))


def identity(layer: Any, at: Place) -> str:
    """Write Identity."""
    return at.add("Identity", at.x)


def drop_path(layer: Any, at: Place) -> str:
    """Write Identity: ONNX has nothing that drops samples, and inference drops none."""
    at.remark("drops samples in training only; in ONNX it is Identity")
    return at.add("Identity", at.x)
