"""A model itself beside the spec that it was read as: which of its inputs and outputs is which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.importers.spec_text import spec_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnstat.importers.draft import Draft


class Original(Struct, frozen=True):
    """What a model's own inputs and outputs are called in its spec.

    ``inputs`` are the spec's names by the model's own, empty where no layer reads one. ``results`` has the
    path of a layer for each output of the model, in its order, empty where none works it out. ``turned`` are
    inputs that the model takes with their channels last.
    """

    inputs: dict[str, str]
    results: tuple[str, ...]
    turned: frozenset[str] = frozenset()


def original(draft: Draft, inputs: Iterable[str], turned: frozenset[str] = frozenset()) -> Original:
    """Return what a model with these inputs is, of which a draft was made."""
    text = spec_text(draft)
    results = tuple(text.paths[name] if name else "" for name in draft.results)
    return Original({name: text.inputs.get(name, "") for name in inputs}, results, turned)
