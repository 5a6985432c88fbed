"""Layers of another width in a file, mostly the classes of another data set: what a message says first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnnstat.tensors.common import shown
from cnnstat.tensors.modules import Group, kinds, plain_shape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnnstat.tensors.modules import Kind


@dataclass(frozen=True, slots=True)
class Head:
    """A layer that puts out `own` numbers in the network, and `given` in the file."""

    layer: Group
    module: Group
    own: int
    given: int


def heads(layers: Sequence[Group], modules: Sequence[Group]) -> list[Head]:
    """Return the layers that fit a module but for their width, if nothing else is amiss and all agree."""
    own, given = _left(layers, modules), _left(modules, layers)
    found: list[Head] = []
    for layer in own:
        fitting = [module for module in given if _narrow(module) == _narrow(layer)]
        if not fitting or _width(layer) is None:
            return []
        module = fitting[0]
        given.remove(module)
        found.append(Head(layer, module, *map(int, (_width(layer) or 0, _width(module) or 0))))
    return found if len({(head.own, head.given) for head in found}) == 1 and not given else []


def _left(groups: Sequence[Group], others: Sequence[Group]) -> list[Group]:
    """Return the groups for which the others of their kind do not suffice, the last ones of each kind."""
    counts: dict[Kind, int] = {kind: len(those) for kind, those in kinds(others).items()}
    found = []
    for group in groups:
        counts[group.kind] = counts.get(group.kind, 0) - 1
        if counts[group.kind] < 0:
            found.append(group)
    return found


def _width(group: Group) -> int | None:
    """Return how many numbers a layer puts out, if a weight says it."""
    shape = group.shapes.get("weight", ())
    return shape[0] if len(shape) > 1 else None


def _narrow(group: Group) -> frozenset[tuple[str, tuple[int, ...]]]:
    """Return roles and shapes without the width."""
    return frozenset((role, plain_shape(shape[1:])) for role, shape in group.shapes.items())


def head_text(found: Sequence[Head], layers: Sequence[Group], params: Mapping[str, object]) -> str:
    """Say which width the file has and which the network, and the parameter of the spec that sets it."""
    first = found[0]
    what = "classes" if any(head.layer is layers[-1] for head in found) else "outputs"
    names = ", ".join(shown(head.layer.name) for head in found)
    setting = [name for name, value in params.items() if value == first.own and not isinstance(value, bool)]
    way_out = f": --set {setting[0]}={first.given}" if len(setting) == 1 else ""
    return f"{names}: {first.given} {what} in the file, {first.own} in the spec{way_out}"
