"""Layers that are one layer of the catalogue together, where operators have no word for it.

What is looked at are layers, not nodes, so it does not matter which operators an exporter had for them. The
last layer of a group becomes the whole; the others are left out, as nobody else reads them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.importers.onnx.groups import crops, norms, pools, products, sums
from cnnstat.importers.onnx.groups.near import Near

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnstat.importers.onnx.layers import Built
    from cnnstat.layers.base import Shape

_RULES: dict[str, tuple[Callable[[Near, Built], Built | None], ...]] = {
    "power": (products.scaled_tanh, products.scaled_product),
    "matmul": (products.turned_product,),
    "reshape": (products.shuffle, pools.along_a_row, pools.whole_map, norms.of_groups),
    "add": (norms.subsample, norms.norm, norms.affine_groups, sums.longer_sum),
    "max_pool": (pools.steps, pools.padded),
    "zero_pad_shortcut": (pools.shortcut,),
    "concat": (pools.pyramid,),
    "multiply": (norms.response_norm, products.gate),
    "reduce": (products.distance,),
    "slice": (crops.crop,),
    **dict.fromkeys(("conv", "depthwise_conv"), (pools.padded,)),
}
"""By the type of the last layer: what returns the whole, None where it is no such group."""


def grouped(built: list[Built], ends: Sequence[int], inputs: dict[str, Shape], *, says_trained: bool) -> None:
    """Put a layer in place of the last of each group.

    ``says_trained``: what training leaves is `frozen`; else nobody knows.
    """
    near = Near(built, ends, inputs, says_trained)
    for number in range(len(built)):
        for rule in _RULES.get(built[number].type, ()):
            found = None if built[number].kept else rule(near, built[number])
            if found is not None:
                near.put(number, found)
                break
