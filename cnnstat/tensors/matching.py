"""From a file's tensors to a network's: by names, else by structure, and never by a guess.

1. Names: the file has the network's tensors under their own names. `num_batches_tracked` is ignored, and so
   is a prefix that all names share (`module.`).
2. Structure: the tensors of a file make modules (what stands before the last dot), those of a network layers.
   A module fits a layer if both have the same tensors of the same shapes. There must be as many modules of
   each such kind as layers; which of them is which layer, `cnnstat.tensors.by_kind` decides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cnnstat.base import module_names
from cnnstat.base.files import FileError
from cnnstat.tensors.by_kind import Ambiguous
from cnnstat.tensors.common import shape_text, shown
from cnnstat.tensors.cuts import Cut, cuts
from cnnstat.tensors.heads import head_text, heads
from cnnstat.tensors.misfits import (
    doubt_text,
    first_misfit,
    folded_norms,
    misshapen,
    name_misfits,
    same_kinds,
)
from cnnstat.tensors.modules import Group, grouped, kinds, plain_shape, tree
from cnnstat.tensors.names_map import NamesMap, Part, mapped_parts
from cnnstat.tensors.npy import MAX_TENSORS
from cnnstat.tensors.numbers import check_finite
from cnnstat.tensors.tree_search import Search

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cnnstat.executor.kernel import Array

COUNTED = MAX_TENSORS.bit_length()
"""Bits for the number of layers of a kind."""
SAME = "same name"
COUNTER = "num_batches_tracked"
"""Steps of training that PyTorch's batch norm counted: nothing that inference needs."""


@dataclass(frozen=True, slots=True)
class Match:
    """What of a file is a tensor of the network, and why."""

    cut: Cut
    why: str

    @property
    def name(self) -> str:
        """Return the name of the file's tensor."""
        return self.cut.name


class _Named(NamedTuple):
    """A tensor as it was cut for the network, and why it is the one."""

    name: str
    why: str


def matched(
    parameters: Mapping[str, Array], tensors: Mapping[str, Array], source: str, names: NamesMap | None = None
) -> dict[str, Array]:
    """Return a file's tensors under the names, in the order and in the types of a network's `parameters`.

    `source` is the name of the file for messages.

    Raises:
        FileError: as `paired` says, or a number is too large for the network's type.
    """
    found = paired(parameters, tensors, source, names)
    return {
        name: cast(found[name].cut.of(tensors[found[name].name]), own, name, source)
        for name, own in parameters.items()
    }


def paired(
    parameters: Mapping[str, Array],
    tensors: Mapping[str, Array],
    source: str,
    names: NamesMap | None = None,
    params: Mapping[str, object] | None = None,
) -> dict[str, Match]:
    """Return for each of a network's `parameters` its name in a file, by names and shapes alone.

    What `names` maps is so; the rest is found out. `params` are the spec's, for messages.

    Raises:
        FileError: tensors are missing, left over or of another shape, which of them belongs where is not
            certain, or the map is wrong.
    """
    found: dict[str, Match] = {}
    own, held = dict(parameters), {name: tensor for name, tensor in tensors.items() if _counts(name)}
    for part in mapped_parts(names, own, held) if names else ():
        _check_tensor(part, parameters, tensors, names)
        ours = {_within(name, part.ours): own.pop(name) for name in part.own}
        theirs = {_within(name, part.theirs): held.pop(name) for name in part.given}
        inside = _paired(ours, theirs, f"{source}: {part.ours} as {part.theirs}", {})
        found |= {
            _joined(part.ours, name): Match(
                replace(match.cut, name=_joined(part.theirs, match.name)), names.source if names else ""
            )
            for name, match in inside.items()
        }
    if own or held:
        found |= _paired(own, held, source, params or {})
    return {name: found[name] for name in parameters}


def _check_tensor(
    part: Part, parameters: Mapping[str, Array], tensors: Mapping[str, Array], names: NamesMap | None
) -> None:
    """Let a tensor that a map pairs with another pass if both have one shape, and layers and blocks.

    Raises:
        FileError: they have not.
    """
    if names is None or part.ours not in parameters:
        return
    own = parameters[part.ours].shape
    if part.theirs not in tensors:
        raise FileError(names.source, f"'{shown(part.ours)}' is a tensor, '{shown(part.theirs)}' is none")
    given = tensors[part.theirs].shape
    if plain_shape(own) != plain_shape(given):
        shapes = f"'{shown(part.ours)}' is {shape_text(own)}, '{shown(part.theirs)}' {shape_text(given)}"
        raise FileError(names.source, shapes)


def _counts(name: str) -> bool:
    return name.rpartition(".")[2] != COUNTER


def _within(name: str, above: str) -> str:
    return name[len(above) + 1 :]


def _joined(above: str, name: str) -> str:
    return f"{above}.{name}" if name else above


def _paired(
    parameters: Mapping[str, Array],
    tensors: Mapping[str, Array],
    source: str,
    params: Mapping[str, object],
) -> dict[str, Match]:
    recut, cut = cuts(parameters, tensors)
    originals = _renamed(parameters, recut)
    held = {name: recut[original] for name, original in originals.items()}
    wrong = misshapen(parameters, held)
    if held.keys() == parameters.keys() and not wrong:
        found = {name: _Named(name, SAME) for name in parameters}
    else:
        layers, modules = grouped(parameters), grouped(held)
        others = heads(layers, modules)
        if others:
            raise FileError(source, head_text(others, layers, params))
        if _mostly_named(parameters, held) and (wrong or not same_kinds(layers, modules)):
            why = f"{name_misfits(parameters, held)}{folded_norms(layers, modules)}"
            raise FileError(source, f"does not fit the network: {why}")
        found = _by_structure(layers, modules, source, in_order=list(held) != sorted(held))
    return {name: Match(cut[originals[match.name]], match.why) for name, match in found.items()}


def _renamed(parameters: Mapping[str, Array], tensors: Iterable[str]) -> dict[str, str]:
    """Drop as much of the prefix shared by all names as lets the most names fit.

    Names may also be attributes of a module, `double_` for `double`, or those of Keras, which have no dots.
    Each name that is left is returned with the one in the file.
    """
    flat = {_flat(name): name for name in parameters}
    names = {name: name for name in tensors}
    ways = [names, {module_names.names(name): name for name in names}]
    if len(flat) == len(parameters):
        ways.append({flat.get(name, name): name for name in names})
    held = (held for way in ways if len(way) == len(names) for held in _without_prefix(way))
    return max(held, key=lambda held: len(held.keys() & parameters.keys()))


def _flat(name: str) -> str:
    """Return a name as one of a layer of Keras, which has no dots: ``layer1_0_conv1.weight``."""
    head, _, tail = name.rpartition(".")
    return f"{head.replace('.', '_')}.{tail}"


def _without_prefix(names: dict[str, str]) -> Iterator[dict[str, str]]:
    while True:
        yield names
        heads = {name.partition(".")[0] if "." in name else None for name in names}
        if len(heads) != 1 or None in heads:
            return
        names = {name.partition(".")[2]: original for name, original in names.items()}


def cast(tensor: Array, own: Array, name: str, source: str) -> Array:
    """Return a file's tensor in the type and the shape of a network's own, which may have more axes of one.

    Raises:
        FileError: a number is too large for it.
    """
    with np.errstate(over="ignore"):
        cast = tensor.astype(own.dtype, copy=False).reshape(own.shape)
    check_finite(source, f"{shown(name)}, as {own.dtype},", cast)
    return cast


def _mostly_named(parameters: Mapping[str, Array], held: Mapping[str, Array]) -> bool:
    return 2 * len(held.keys() & parameters.keys()) > len(parameters)


def _by_structure(
    layers: list[Group], modules: list[Group], source: str, *, in_order: bool
) -> dict[str, _Named]:
    """Return for each tensor of the network the file's name of it.

    Raises:
        FileError: the modules are others than the layers, or could be paired in more than one way.
    """
    if not same_kinds(layers, modules):
        raise FileError(source, first_misfit(layers, modules))
    worth = {kind: 1 << (COUNTED * number) for number, kind in enumerate(kinds(layers))}
    try:
        found = Search(layers, worth, in_order=in_order).pairs(tree(modules, worth))
    except Ambiguous as doubt:
        raise FileError(source, doubt_text(doubt.layers, doubt.modules)) from doubt
    return {
        name: _Named(pair.module.names[role], SAME if name == pair.module.names[role] else pair.why)
        for pair in found
        for role, name in pair.layer.names.items()
    }
