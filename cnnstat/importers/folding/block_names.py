"""What to call blocks: as the classes or the names of the model's modules, else after what is in them."""

from __future__ import annotations

import re
from collections import Counter
from itertools import takewhile
from typing import TYPE_CHECKING

from cnnstat.layers import LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cnnstat.importers.block_names import BlockNames
    from cnnstat.importers.folding.kinds import Kind
    from cnnstat.importers.tree import Line, Module

_SHORT = {"batch_norm": "bn", "layer_norm": "ln", "group_norm": "gn", "depthwise_conv": "depthwise"}
_FEW = 3
_CONTAINERS = {"sequential", "module_list", "module_dict", "module"}


def names_of(
    kinds: Sequence[Kind], repeated: Sequence[bool], classes: Mapping[str, str], free: BlockNames
) -> list[str]:
    """Return a name for each kind, all different; of those that are called alike the first keeps the name.

    ``repeated`` says that modules of a kind are repetitions 0, 1, ...: these have the name of what repeats
    them, and other modules with a number none of their own. ``classes`` are those of modules, where known.
    """
    wanted = [_wanted(kind, each, classes) for kind, each in zip(kinds, repeated, strict=True)]
    counts = Counter(first for first, _ in wanted)
    return [free.new(first if counts[first] == 1 else second) for first, second in wanted]


def _wanted(kind: Kind, repeated: bool, classes: Mapping[str, str]) -> tuple[str, str]:
    """Return what a kind is best called, and what else where others are called so, too."""
    content = _by_content(kind)
    own = {classes.get(".".join(module.path), "") for module in kind.modules}
    if len(own) == 1 and (name := _snake(own.pop())) and name not in _CONTAINERS:
        return name, content or name
    names = {module.path[-1] for module in kind.modules}
    numbered = any(name.isdigit() for name in names)
    if content and (numbered or len(names) > 1):
        return content, content
    if numbered and not repeated:
        name = _only_layer(kind) or "block"
        return name, name
    if numbered:
        names = {_unnumbered(module.path) for module in kind.modules}
    shared = _beginning(names).rstrip("_-") or _ending(names).strip("_-0123456789") or min(names)
    name = re.sub(r"[_0-9-]+$", "", shared) or shared
    if len(name) < 2 or name in LAYERS:
        name = content or ("block" if len(name) < 2 else f"{name}s")
        return name, name
    return name, shared


def _beginning(names: Iterable[str]) -> str:
    """Return what all names begin with."""
    columns = zip(*names, strict=False)
    return "".join(column[0] for column in takewhile(lambda column: len({*column}) == 1, columns))


def _ending(names: Iterable[str]) -> str:
    return _beginning(name[::-1] for name in names)[::-1]


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower().strip("_")


def _unnumbered(path: tuple[str, ...]) -> str:
    return next((name for name in reversed(path) if not name.isdigit()), "block")


def _only_layer(kind: Kind) -> str:
    """Return what to call modules of a single layer: after it, but not as it is called itself."""
    (first, *others) = {line.type for module in kind.modules for line in module.lines}
    if others or not first or any(len(module.lines) > 1 for module in kind.modules):
        return ""
    name = first.rpartition("_")[2]
    return f"{name}_layer" if name in LAYERS else name


def _by_content(kind: Kind) -> str:
    """Return the name that people have for what is in modules; none where they have none."""
    module = max(kind.modules, key=lambda module: len(module.lines))
    types = Counter(line.type for line in _leaves(module))
    by_name: dict[str, set[str]] = {}
    for line in (line for each in kind.modules for line in each.lines):
        by_name.setdefault(line.name, set()).add(line.type)
    own = [line.type if len(by_name[line.name]) == 1 else "act" for line in module.lines]
    if "add" in own[-2:] and types["conv"] + types["linear"]:
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
