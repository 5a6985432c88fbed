"""The attributes that all sliding windows have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.importers.onnx.axes import compact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.importers.onnx.nodes.value import Node


def sizes_of(node: Node, name: str, rank: int) -> list[int]:
    """Return a size for each axis; 1 where the attribute is left out."""
    return [*(node.attributes.get(name) or [1] * rank)]


def padding_of(
    node: Node, sizes: Sequence[int], kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> dict[str, Any]:
    """Return the option `padding`, none where there is none.

    `SAME_UPPER` is our `same`; `SAME_LOWER`, which puts an odd row in front, has no word and becomes numbers.
    """
    word = node.attributes.get("auto_pad", b"NOTSET")
    if word == b"SAME_UPPER":
        return {"padding": "same"}
    if word == b"SAME_LOWER":
        each = zip(sizes, kernel, stride, dilation, strict=True)
        totals = [max((-(-n // s) - 1) * s + d * (k - 1) + 1 - n, 0) for n, k, s, d in each]
        return sides([total - total // 2 for total in totals], [total // 2 for total in totals])
    pads = node.attributes.get("pads") if word == b"NOTSET" else None
    pads = pads or [0] * (2 * len(kernel))
    return sides(pads[: len(kernel)], pads[len(kernel) :])


def sides(before: Sequence[int], after: Sequence[int]) -> dict[str, Any]:
    """Return the option `padding` for rows at both ends of each axis."""
    if not any((*before, *after)):
        return {}
    if [*before] == [*after]:
        return {"padding": compact(before)}
    return {"padding": [each for pair in zip(before, after, strict=True) for each in pair]}
