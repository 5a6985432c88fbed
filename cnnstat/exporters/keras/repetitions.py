"""Repetitions of a layer or a block, as loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.exporters.keras.said import Chain
from cnnstat.exporters.keras.sharing import PAD
from cnnstat.exporters.keras.steps import steps_lines
from cnnstat.exporters.source.expression_text import text_of
from cnnstat.exporters.source.forward import Statement, Val
from cnnstat.exporters.source.layout import Doc, Generator
from cnnstat.exporters.source.loops import Loop
from cnnstat.exporters.source.repeats import (
    one_text,
    repeated_widths,
    repetitions,
    widths_after,
)
from cnnstat.exporters.source.uses import Use
from cnnstat.graph.nodes import LayerNode

if TYPE_CHECKING:
    from cnnstat.exporters.keras.function import Function
    from cnnstat.exporters.source.forward import Names
    from cnnstat.exporters.source.scopes import Member
    from cnnstat.spec.model import Entry


def repeated(
    function: Function,
    entry: Entry,
    title: str,
    found: dict[int, Member],
    sources: list[Val],
    numbers: list[int],
) -> None:
    """Add the repetitions of a layer or a block."""
    uses = [Use(i, item, counted=True) for i, member in found.items() for item in member.items]
    is_layer = isinstance(uses[0].item.made, LayerNode)
    counts = [len(member.items) for member in found.values()]
    operand = entry.repeat.value if entry.repeat else None
    whole = [Use(i, member.items[0]) for i, member in found.items()]
    count = function.args.choose(counts, whole, function.args.written(operand), "repeat")
    widths = repeated_widths(function, uses, sources, is_layer)
    stores = any(function.network.stores(use.item.made) for use in uses)
    tied = stores and entry.weights is not None and entry.weights.name == title
    if tied:
        alone, klass = one_text(function, entry, whole, sources, is_layer, fresh=True)
        assert isinstance(alone, Chain)
        target = function.lend(title, whole, alone, sources)
    docs, klass = repetitions(function, entry, uses, found, sources, widths, count, counts, is_layer)
    inside = [Val("", [], widths + sources[0].widths), *sources[1:]]
    if tied:
        docs = function.through_one(docs, target)
    elif stores and entry.weights is not None:
        target, several = function.lent(entry, title, uses)
        end = "" if all(each == several for each in counts) else text_of(count)
        docs = function.through_each(docs, target, end) if several else function.through_one(docs, target)
    elif stores and function.lends_weights(title):
        apart = not is_layer and len({function.widths_read(use) for use in uses}) > 1
        if apart and isinstance(docs[0], Generator):
            # Models are made for the channels that they read, which are others for the first.
            heads = [Use(use.instance, use.item) for use in uses if not use.item.index]
            head, klass = one_text(function, entry, heads, sources, is_layer, fresh=False)
            tail, _ = one_text(
                function, entry, [use for use in uses if use.item.index], inside, is_layer, fresh=False
            )
            docs = [head, function.generated(tail, count, 1)]
        docs = function.lend_each(title, uses, docs, inside)
    final = function.verified(numbers, widths_after(function, uses, sources, is_layer, count, widths))
    read = function.network.taps.items_read(function.scopes, title)
    loop = Loop(function.network, title, [*found.values()], klass, sources, read, final, function.verified)
    targets = [*dict.fromkeys(loop.carried.values()), *loop.lists.values()]
    reads = [*sources, *(loop.carried.values() if isinstance(docs[0], Generator) else ())]
    function.forward.statements.append(
        Statement(targets, reads, lambda names: "", lambda names: _loop_lines(loop, docs, names), True)
    )
    function.items[title] = loop.item
    function.put(title, loop.main)


def _loop_lines(loop: Loop, docs: list[Doc], names: Names) -> list[str]:
    """Return what applies each of some texts, or a loop over it."""
    pad = " " * PAD
    found = [f"{pad}{names(val)}: list[KerasTensor] = []" for val in loop.lists.values()]
    before = {k: names(source) for k, source in enumerate(loop.sources)}
    after = before | {k: names(val) for k, val in loop.carried.items()}
    current = before
    for doc in docs:
        results = loop.results(names)
        if isinstance(doc, Generator):
            found += [
                f"{pad}{after[k]} = {current[k]}" for k in loop.carried if after[k] not in (current[k], "_")
            ]
            current = after
            found.append(f"{pad}{doc.loop}:")
        inside = 2 * PAD if isinstance(doc, Generator) else PAD
        inner = doc.item if isinstance(doc, Generator) else doc
        found += steps_lines(inner, ", ".join(results.values()), [*current.values()], inside)
        found += [f"{' ' * inside}{names(val)}.append({results[tap]})" for tap, val in loop.lists.items()]
        current = after
    return found
