"""What some calls of a block have and others not: when it is there, and what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.exporters.source.repeats import (
    repeated_widths,
    repetitions,
    widths_after,
)
from cnnstat.exporters.source.scopes import Item
from cnnstat.exporters.source.uses import SplitError, Use
from cnnstat.graph.nodes import LayerNode

if TYPE_CHECKING:
    from cnnstat.exporters.source.build import Build
    from cnnstat.exporters.source.expressions import Tree
    from cnnstat.exporters.source.forward import Val
    from cnnstat.exporters.source.layout import Doc
    from cnnstat.exporters.source.scopes import Member, Scope
    from cnnstat.spec.model import Entry


def condition_of(build: Build, title: str, first: Entry, entry: Entry, present: dict[int, Member]) -> Tree:
    """Return what says whether an entry is there, of which ``first`` is the first alternative.

    Raises:
        SplitError: nothing says so, or it is read in more than one place, or reads something else.
    """
    if entry.when is None or [s.name for s in entry.inputs or ()] != [s.name for s in first.inputs or ()]:
        raise SplitError(title)
    everyone = [Use(i, _standing(scope)) for i, scope in enumerate(build.scopes)]
    condition = build.args.condition([i in present for i in range(len(everyone))], everyone, entry.when.value)
    build.network.check_plain(uses_of(present), build.scopes, title)
    return condition


def uses_of(present: dict[int, Member], *, counted: bool = False) -> list[Use]:
    """Return all places of an entry."""
    return [Use(i, item, counted=counted) for i, member in present.items() for item in member.items]


def branch(
    build: Build, title: str, entry: Entry, present: dict[int, Member], sources: list[Val]
) -> tuple[list[Doc], list[Tree]]:
    """Return what makes an entry that some calls have, and what its channels may be said by.

    Raises:
        SplitError: no text makes it in all these calls.
    """
    whole = [Use(i, member.items[0]) for i, member in present.items()]
    is_layer = isinstance(whole[0].item.made, LayerNode)
    if entry.repeat is not None:
        uses = uses_of(present, counted=True)
        counts = [len(member.items) for member in present.values()]
        count = build.args.choose(counts, whole, build.args.written(entry.repeat.value), "repeat")
        inner = repeated_widths(build, uses, sources, is_layer)
        docs, _ = repetitions(build, entry, uses, present, sources, inner, count, counts, is_layer)
        return docs, widths_after(build, uses, sources, is_layer, count, inner)
    if is_layer:
        said, trees, doc = build.layer(entry, whole, sources)
        return [doc], build.widths_of(said, trees, sources)
    klass, doc = build.block_call(whole, sources)
    if klass.taps:
        raise SplitError(title)
    return [doc], build.widths_of_call(klass, whole, sources, None)


def _standing(scope: Scope) -> Item:
    """Return something that has no index, to stand for a call as a whole."""
    return Item((), (), scope.params, None, scope, scope.output, {}, 0, 0)
