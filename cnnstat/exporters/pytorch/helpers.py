"""What PyTorch lacks, as it stands in front of a network that needs it."""

from __future__ import annotations

import re

from cnnstat.exporters.pytorch.helper_layers import LAYERS
from cnnstat.exporters.pytorch.helper_pools import POOLS
from cnnstat.exporters.pytorch.helper_windows import WINDOWS

_FUNCTIONS = {
    "divisible": '''
def divisible(value: float, by: int = 8) -> int:
    """Round to a multiple of `by`, at least `by` and never below 90 % of the value."""
    rounded = max(by, int(value + by / 2) // by * by)
    return rounded if rounded >= 0.9 * value else rounded + by
''',
    "center_crop": '''
def center_crop(x: Tensor, size: Sequence[int]) -> Tensor:
    """Return the middle of a map."""
    for axis, length in enumerate(size, 2):
        x = x.narrow(axis, (x.shape[axis] - length) // 2, length)
    return x
''',
    "pad_to": '''
def pad_to(x: Tensor, size: Sequence[int], mode: str = "constant", value: float = 0.0) -> Tensor:
    """Put a frame around a map that makes it as large as asked."""
    more = [length - n for n, length in zip(x.shape[2:], size, strict=True)]
    sides = [side for n in reversed(more) for side in (n // 2, n - n // 2)]
    return nn.functional.pad(x, sides, mode=mode, value=value if mode == "constant" else None)
''',
}
_TEXTS = {name: text.strip("\n") for name, text in {**_FUNCTIONS, **WINDOWS, **POOLS, **LAYERS}.items()}
_NEEDED = "pad_sides"
"""The one function that others call."""


def text_of(names: set[str]) -> list[str]:
    """Return the texts of helpers, what they need before them."""
    found: dict[str, str] = {}
    for name in names:
        rank = re.search(r"(\d)d$", name)
        text = _TEXTS[re.sub(r"\dd$", "Nd", name)]
        if f"{_NEEDED}(" in text:
            found[_NEEDED] = _TEXTS[_NEEDED]
        found[name] = text.replace("Nd", f"{rank[1]}d").replace("RANK", rank[1]) if rank else text
    return [found[name] for name in sorted(found, key=lambda name: (name[0].isupper(), name))]


def names() -> set[str]:
    """Return the names that helpers have."""
    return {name.replace("Nd", f"{rank}d") for name in _TEXTS for rank in (1, 2, 3)}
