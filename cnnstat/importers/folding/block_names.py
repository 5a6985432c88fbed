"""What to call a block: as the model's modules are called, else after what is in it."""

from __future__ import annotations

import re
from collections import Counter
from os.path import commonprefix
from typing import TYPE_CHECKING

from cnnstat.layers import LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.importers.folding.kinds import Kind
    from cnnstat.importers.tree import Line, Module

_SHORT = {"batch_norm": "bn", "layer_norm": "ln", "group_norm": "gn", "depthwise_conv": "depthwise"}
_FEW = 3


def name_of(kind: Kind, *, repeated: bool) -> str:
    """Return what to call a kind; ``repeated`` says that its modules are 0, 1, ... of a repeat.

    These have the name of what repeats them, and other modules with a number none of their own.
    """
    longest = max(kind.modules, key=lambda module: len(module.lines))
    content = _by_content(longest)
    names = {module.path[-1] for module in kind.modules}
    numbered = any(name.isdigit() for name in names)
    if content and (numbered or len(names) > 1):
        return content
    if numbered and not repeated:
        return "block"
    if numbered:
        names = {_unnumbered(module.path) for module in kind.modules}
    name = re.sub(r"[_0-9-]+$", "", commonprefix(sorted(names))) or min(names)
    if len(name) < 2 or name in LAYERS:
        return content or ("block" if len(name) < 2 else f"{name}s")
    return name


def _unnumbered(path: tuple[str, ...]) -> str:
    return next((name for name in reversed(path) if not name.isdigit()), "block")


def _by_content(module: Module) -> str:
    """Return the name that people have for what is in a module; none where they have none."""
    types = Counter(line.type for line in _leaves(module))
    own = [line.type for line in module.lines]
    if "add" in own[-2:]:
        kernels = [line.options.get("kernel") for line in module.lines if line.type == "conv"]
        if len(kernels) == _FEW and kernels[0] == kernels[2] == 1:
            return "bottleneck"
        if types["softmax"] and types["layer_norm"]:
            return "encoder_layer"
        return "inverted_residual" if types["depthwise_conv"] and types["conv"] else "residual"
    if own[-1] == "multiply" and types["global_avg_pool"]:
        return "squeeze_excitation"
    if all(own) and 1 < len(own) <= _FEW:
        return "_".join(_SHORT.get(each, each) for each in own)
    return "attention" if types["softmax"] and types["matmul"] else ""


def _leaves(module: Module) -> Iterator[Line]:
    for line in module.lines:
        if line.module is None:
            yield line
        else:
            yield from _leaves(line.module)
