"""Modules whose numbers an entry uses: how they are read, and that they do the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.exporters.pytorch.constructor import Constructor
from cnnstat.exporters.source.said import UnsaidError
from cnnstat.exporters.source.scopes import Scope

if TYPE_CHECKING:
    from cnnstat.exporters.source.network import Network
    from cnnstat.exporters.source.said import Said
    from cnnstat.exporters.source.scopes import Made
    from cnnstat.exporters.source.uses import Use
    from cnnstat.spec.model import Entry


def lent(lending: Constructor, entry: Entry, said: Said | None, uses: list[Use] | None = None) -> str:
    """Return the module whose numbers an entry uses.

    Raises:
        UnsaidError: that one would do something else.
    """
    assert entry.weights is not None
    first, *rest = entry.weights.name.split(".")
    if first not in lending.docs:
        raise UnsaidError(f"weights of '{entry.weights.name}'")
    own, kind = lending.docs[first]
    if said is not None and not rest and kind != said:
        raise UnsaidError(f"weights of '{entry.weights.name}' in a layer with other options")
    if uses is not None and not rest:
        for a, b in zip(own, uses, strict=False):
            if not lending.network.alike(a.item.made, b.item.made):
                raise UnsaidError(f"weights of '{entry.weights.name}' in a block with other options")
    elif rest:
        _check_path(lending, first, rest, entry)
    klass = lending
    text = lending.lends.get(first) or lending.attribute(first, stores=True)
    for before, part in zip((first, *rest), rest, strict=False):
        if not part.isdigit():
            klass = klass.docs[before][1] if not before.isdigit() else klass
        elif isinstance(klass.docs.get(before, ((), None))[1], Constructor):
            klass = klass.docs[before][1]
        if part.isdigit():
            text += f"[{part}]"
        else:
            text = (klass.lends.get(part) or klass.attribute(part, stores=True)).replace("self", text, 1)
    return text


def _check_path(klass: Constructor, first: str, rest: list[str], entry: Any) -> None:
    """Refuse to use a module of a path that does something else."""
    for scope in klass.scopes:
        borrower = next(m for m in scope.members if m.entry is entry)
        member = next(m for m in scope.members if m.name == first)
        parts = list(rest)
        made: Made = member.items[0].made
        while parts:
            part = parts.pop(0)
            if part.isdigit():
                made = member.items[int(part)].made
                continue
            assert isinstance(made, Scope)
            member = next(m for m in made.members if m.name == part)
            made = member.items[0].made
        if not klass.network.alike(made, borrower.items[0].made):
            raise UnsaidError(f"weights of '{entry.weights.name}' in a layer with other options")


def repetitions_of(network: Network, scope: Scope, reference: str) -> int:
    """Return how many repetitions a path stands for, 0 for what is not repeated."""
    path = f"{scope.path}.{reference}" if scope.path else reference
    known = {group.path for group in network.graph.groups} | {node.path for node in network.graph.layers}
    count = 0
    while f"{path}.{count}" in known:
        count += 1
    return count
