"""The names of a model's modules, as far as its file has them, and of the layers in them."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from cnnstat.base.module_names import names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnstat.importers.onnx.layers import Built
    from cnnstat.importers.onnx.nodes.value import Node, Value


def module_of(node: Node, tensors: dict[str, Value], tied: frozenset[str] = frozenset()) -> str:
    """Return the dotted name of the module that a layer is of.

    The names of ``tied`` weights say nothing of it, for several modules have them.

    A node that is called as what it puts out has the name of the layer. Else the name of its weight is best,
    then what the exporter notes beside a node, then the node's own name. A module
    `double_` of PyTorch's is the layer `double`.
    """
    return node.outputs[0] if node.own else names(_module(node, tensors, tied))


def _module(node: Node, tensors: dict[str, Value], tied: frozenset[str]) -> str:
    weight = tensors.get("weight")
    own = node.scope or node.name.startswith("/")
    if weight is not None and weight.at is not None and not (own and weight.at.key in tied):
        name, _, end = weight.at.key.rpartition(".")
        if name and end in _WEIGHTS and ":" not in name and "/" not in name and "\0" not in name:
            return name
    if node.scope:
        return node.scope
    if node.name.startswith("/"):
        return _from_slashes(node.name)
    if weight is not None and weight.at is not None and "/" in weight.at.key:
        return _scope_of(weight.at.key)
    return _scope_of(node.name)


_WEIGHTS = {"weight", "w_0"}
"""What PyTorch and Paddle call the weights of a layer."""

_INNER = {"batchnorm", "convolution", "depthwise", "moments", "Tensordot", "ReadVariableOp", "Cast"}
"""What TensorFlow calls parts of a layer."""


def _scope_of(name: str) -> str:
    """Return the scope of TensorFlow's `model/conv1/convolution/merged_input:0`: `model/conv1`."""
    parts = name.split("/")[:-1]
    while len(parts) > 1 and parts[-1] in _INNER:
        parts.pop()
    return "/".join(parts)


def _without_model(paths: Iterable[str]) -> dict[str, str]:
    """Return TensorFlow's scopes as dotted names, without what most begin with, and most end with.

    That is the name of the model, and the number of a function that was traced more than once.
    """
    parted = {path: path.split("/") for path in dict.fromkeys(paths) if "/" in path}
    model, often = next(iter(Counter(each[0] for each in parted.values()).most_common(1)), ("", 0))
    if 2 * often > len(parted):
        parted = {path: each[each[0] == model :] for path, each in parted.items()}
    ends = Counter(found[0] for each in parted.values() if (found := re.findall(r"_\d+$", each[-1])))
    end, often = next(iter(ends.most_common(1)), ("", 0))
    end = end if 2 * often > len(parted) else ""
    return {path: ".".join(each).removesuffix(end) for path, each in parted.items()}


def _from_slashes(name: str) -> str:
    """Return the module of `/layer1/layer1.0/conv1/Conv`: `layer1.0.conv1`."""
    parts = name.strip("/").split("/")[:-1]
    found: list[str] = []
    for part in parts:
        if found and part.startswith(f"{found[-1]}."):
            found[-1] = part
        else:
            found.append(part)
    return ".".join(found)


def names_in(built: list[Built], taken: set[str]) -> list[str]:
    """Return a dotted name for each layer, all different.

    A module without others in it that is a single layer is called as this one, a second call of it with a
    number behind (`relu`, `relu_2`); any other layer is its type behind the module.
    """
    tidy = _without_model(each.path for each in built)
    for each in built:
        each.path = tidy.get(each.path, each.path)
    kinds: dict[str, set[tuple[str, bool]]] = {}
    for each in built:
        kinds.setdefault(each.path, set()).add((each.kind, bool(each.tensors)))
    counts = Counter(each.path for each in built)
    parents = {path.rpartition(".")[0] for path in _with_parents(counts)}
    found: list[str] = []
    numbers: Counter[str] = Counter()
    for each in built:
        again = len(kinds[each.path]) == 1 and not each.tensors
        alone = each.path and (counts[each.path] == 1 or again) and each.path not in parents
        name = each.path if alone else f"{each.path}.{each.kind}".lstrip(".")
        if not alone or counts[each.path] > 1 or name in taken:
            stem = name
            numbers[stem] += 1
            name = stem if numbers[stem] == 1 else f"{stem}_{numbers[stem]}"
            while name in taken:
                numbers[stem] += 1
                name = f"{stem}_{numbers[stem]}"
        taken.add(name)
        found.append(name)
    return found


def _with_parents(paths: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for path in paths:
        parts = path.split(".")
        found.update(".".join(parts[: end + 1]) for end in range(len(parts)))
    return found
