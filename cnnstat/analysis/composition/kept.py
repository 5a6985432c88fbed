"""What training keeps of a piece for the backward pass.

It follows from the form alone, from which inputs depend on trained numbers, and on which outputs the loss
depends.
"""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.analysis.backward_cost import NeededGradients

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis.composition.form import Form, LeafForm

Flags: TypeAlias = tuple[bool, ...]
Key: TypeAlias = tuple[Flags, Flags]
"""Which inputs of a piece depend on trained numbers, and on which of its nodes the loss depends."""


class Graded(Struct, frozen=True):
    """The inputs and the exported memories that the backward pass reads, and the keys of the children."""

    inputs: Flags
    exported: Flags
    keys: tuple[Key, ...]


def graded(form: Form, key: Key) -> Graded:
    """Return what the backward pass keeps of a piece."""
    found = form.cache.graded.get(key)
    if found is None:
        found = _of_leaf(form.leaf, *key) if form.leaf else _of_list(form, *key)
        form.cache.graded[key] = found
    return found


def _of_leaf(leaf: LeafForm, depends: Flags, needed: Flags) -> Graded:
    inputs = tuple([needed[0] and each for each in depends[: leaf.values]])
    need = NeededGradients(needed[0] and leaf.trained, inputs)
    kept = [*need.keep_inputs(leaf.reads)]
    kept += [False] * (leaf.arity - len(kept))
    own = need.keep_output(leaf.reads)
    if leaf.view:
        return Graded((kept[0] or own, *kept[1:]), (), ())
    return Graded(tuple(kept), (own,), ())


def _of_list(form: Form, depends: Flags, needed: Flags) -> Graded:
    before, after = _forward(form, depends), _backward(form, needed)
    keys = tuple(
        [
            (
                tuple([before[source] for source in place.sources]),
                tuple(after[place.start : place.start + len(place.form.exported)]),
            )
            for place in form.places
        ]
    )
    kept = kept_within(form, keys)
    exported = tuple([form.arity + at in kept for at in form.exported_memories])
    return Graded(tuple([i in kept for i in range(form.arity)]), exported, keys)


def kept_within(form: Form, keys: Sequence[Key | None]) -> set[int]:
    """Return the memories that the backward pass reads, of those that children share."""
    kept: set[int] = set()
    own = form.arity
    for place, key in zip(form.places, keys, strict=True):
        if key is not None:
            found = graded(place.form, key)
            kept.update(form.storage[source] for source in compress(place.sources, found.inputs))
            kept.update(compress(range(own, own + len(found.exported)), found.exported))
            own += len(found.exported)
    return kept


def _depending(form: Form, depends: Flags) -> Flags:
    """Return which nodes of a piece depend on trained numbers, given which of its inputs do."""
    if form.leaf is not None:
        return (form.leaf.trained or any(depends[: form.leaf.values]),)
    found = form.cache.depending.get(depends)
    if found is None:
        nodes = _forward(form, depends)
        found = form.cache.depending[depends] = tuple([nodes[node] for node in form.exported])
    return found


def _forward(form: Form, depends: Flags) -> list[bool]:
    nodes = [*depends]
    for place in form.places:
        nodes += _depending(place.form, tuple([nodes[source] for source in place.sources]))
    return nodes


def _needing(form: Form, needed: Flags) -> Flags:
    """Return on which inputs of a piece the loss depends, given on which of its nodes it does."""
    if form.leaf is not None:
        values = form.leaf.values
        return tuple([needed[0] and (values is None or i < values) for i in range(form.arity)])
    found = form.cache.needing.get(needed)
    if found is None:
        found = form.cache.needing[needed] = tuple(_backward(form, needed)[: form.arity])
    return found


def _backward(form: Form, needed: Flags) -> list[bool]:
    nodes = [False] * len(form.storage)
    for node in compress(form.exported, needed):
        nodes[node] = True
    for place in reversed(form.places):
        own = tuple(nodes[place.start : place.start + len(place.form.exported)])
        for source in compress(place.sources, _needing(place.form, own)):
            nodes[source] = True
    return nodes
