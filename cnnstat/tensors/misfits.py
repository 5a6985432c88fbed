"""Why a file's tensors are not those of a network, in words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cnnstat.tensors.common import first_few, shape_text, shown
from cnnstat.tensors.modules import Group, kinds, plain_shape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnnstat.executor.kernel import Array


def misshapen(parameters: Mapping[str, Array], held: Mapping[str, Array]) -> list[str]:
    """Return the names of those tensors that have another shape in the file."""
    return [
        name
        for name, own in parameters.items()
        if name in held and plain_shape(held[name].shape) != plain_shape(own.shape)
    ]


def name_misfits(parameters: Mapping[str, Array], held: Mapping[str, Array]) -> str:
    """Say what keeps names that mostly fit from fitting."""
    wrong = [
        f"{shown(name)} is {shape_text(held[name].shape)} instead of {shape_text(parameters[name].shape)}"
        for name in misshapen(parameters, held)
    ]
    lists = {
        "missing": [shown(name) for name in parameters if name not in held],
        "left over": [shown(name) for name in held if name not in parameters],
        "wrong shape": wrong,
    }
    return "; ".join(f"{what}: {first_few(names)}" for what, names in lists.items() if names)


def same_kinds(layers: Sequence[Group], modules: Sequence[Group]) -> bool:
    """Say whether there are as many modules of each kind as layers."""
    return Counter(layer.kind for layer in layers) == Counter(module.kind for module in modules)


def first_misfit(layers: list[Group], modules: list[Group]) -> str:
    """Name the first layer that finds no module, and the module in its place; else the first left over."""
    counts = f"the network has {len(layers)} layers with tensors, the file {len(modules)}"
    wanted = _unpaired(layers, modules)
    if wanted is None:
        left = _unpaired(modules, layers)
        assert left is not None
        return f"does not fit the network: {_described(modules[left])} is left over ({counts})"
    there = _described(modules[wanted]) if wanted < len(modules) else "nothing"
    misfit = f"layer {_described(layers[wanted])}; the file has there {there} ({counts})"
    return f"does not fit the network: {misfit}{folded_norms(layers, modules)}"


def folded_norms(layers: Sequence[Group], modules: Sequence[Group]) -> str:
    """Return what is likely where a file has none of the network's batch norms, and the way out."""
    if not _has_norms(layers) or _has_norms(modules):
        return ""
    why = "it may be that its batch norms are folded into the layers before them; export it without"
    return f"; {why}: torch.onnx.export(model.eval(), ..., dynamo=True, optimize=False)"


def _has_norms(groups: Sequence[Group]) -> bool:
    return any("running_mean" in group.names for group in groups)


def _unpaired(groups: list[Group], others: list[Group]) -> int | None:
    """Return the place of the first group for which the others of its kind do not suffice."""
    left = {kind: len(those) for kind, those in kinds(others).items()}
    for place, group in enumerate(groups):
        left[group.kind] = left.get(group.kind, 0) - 1
        if left[group.kind] < 0:
            return place
    return None


def _described(group: Group) -> str:
    if [*group.names.values()] == [group.name]:
        return f"'{shown(group.name)}' ({shape_text(*group.shapes.values())})"
    tensors = [f"{shown(role)} {shape_text(shape)}" for role, shape in group.shapes.items()]
    return f"'{shown(group.name)}' with {first_few(tensors)}"


def doubt_text(layers: list[Group], modules: list[Group]) -> str:
    """Say which layers and modules may be paired in more than one way, and the way out."""
    own, given = (first_few([f"'{shown(group.name)}'" for group in groups]) for groups in (layers, modules))
    return (
        f"layers {own} have the same shapes, and neither names nor order say for certain which of the file's "
        f"{given} is which; give its tensors the network's names, or a map of both by --names"
    )
