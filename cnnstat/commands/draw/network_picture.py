"""Analysis -> Picture: which items are drawn, what stands in them, and the arrows between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.analysis import LayerRow
from cnnstat.analysis.outline import outline
from cnnstat.base.text import visible
from cnnstat.commands.draw.picture import Arrow, Box, Item, Picture
from cnnstat.commands.draw.repeats import repeats_of
from cnnstat.commands.draw.wording import (
    family_of,
    figure_lines,
    hover,
    operation,
    shape_text,
    shapes_text,
    short,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnnstat.analysis import Analysis, Row
    from cnnstat.commands.draw.picture import Mark
    from cnnstat.commands.draw.repeats import Repeats, Run


class Chosen(Struct, frozen=True):
    """What is to be drawn.

    Blocks below ``depth`` levels are folded; ``repeats``: each repetition is drawn, also where they are
    equal; ``figures`` are the keys of those that stand in items.
    """

    depth: int | None = None
    repeats: bool = False
    figures: tuple[str, ...] = ()


def picture_of(analysis: Analysis, chosen: Chosen, marks: Mapping[str, Mark] | None = None) -> Picture:
    """Return what is drawn of a network; ``marks`` say what became of layers, by their names."""
    repeats = repeats_of(analysis, each=chosen.repeats)
    graph = analysis.graph
    drawn = [(node.number, node.number + 1, None, ()) for node in graph.inputs] + [
        (numbers.start, numbers.stop, row, inside)
        for row, inside in outline(analysis, chosen.depth)
        if repeats.drawn[(numbers := _numbers(analysis, row)).start] == numbers.start
    ]
    item_of = {
        number: place for place, (start, stop, _, _) in enumerate(drawn) for number in range(start, stop)
    }
    item_at = [item_of[number] for number in repeats.drawn]
    pairs = _pairs(analysis, repeats, item_at)
    shapes = _shapes(analysis, pairs, item_at)
    outputs = {item_at[number] for number in graph.outputs}
    items = []
    for place, (start, _, row, _) in enumerate(drawn):
        shape = shapes_text(shapes.get(place, ()))
        if row is None:
            node = graph.inputs[start]
            text = shape_text(node.shape)
            own, hint = short(node.path), visible(f"{node.path}: {text}")
            item = Item(place, "input", "input", node.path, own, "", (), text, node.shape, hint)
        else:
            item = _item(place, row, shape, repeats, chosen, marks or {}, output=place in outputs)
        items.append(item)
    arrows = _arrows(len(items), {(item_at[source], item_at[target]) for source, target in pairs})
    boxes = tuple(_boxes(analysis, [inside for *_, inside in drawn], repeats))
    counts = analysis.totals.counts
    inputs = ", ".join(map(shape_text, graph.input_shapes))
    subtitle = f"input {inputs}; {counts.params:,} params, {counts.macs:,} MACs"
    return Picture(short(analysis.name), subtitle, tuple(items), arrows, boxes)


def _numbers(analysis: Analysis, row: Row) -> range:
    first = len(analysis.graph.inputs)
    return range(first + row.layers.start, first + row.layers.stop)


def _pairs(analysis: Analysis, repeats: Repeats, item_at: Sequence[int]) -> list[tuple[int, int]]:
    """Return who reads whom among the nodes that are drawn, from one item to a later one."""
    return [
        (source, node.number)
        for node in analysis.graph.layers
        if repeats.drawn[node.number] == node.number
        for source in node.inputs
        if item_at[source] < item_at[node.number]
    ]


def _shapes(
    analysis: Analysis, pairs: Sequence[tuple[int, int]], item_at: Sequence[int]
) -> dict[int, tuple[str, ...]]:
    """Return the shapes that each item hands on, each once."""
    found: dict[int, dict[str, None]] = {}
    for number in (*(source for source, _ in pairs), *analysis.graph.outputs):
        found.setdefault(item_at[number], {})[shape_text(analysis.shapes[number])] = None
    return {place: tuple(texts) for place, texts in found.items()}


def _item(
    place: int,
    row: Row,
    shape: str,
    repeats: Repeats,
    chosen: Chosen,
    marks: Mapping[str, Mark],
    *,
    output: bool,
) -> Item:
    own = row.name.rpartition(".")[2]
    run = repeats.runs.get(row.name)
    if isinstance(row, LayerRow):
        kind, family, said = "layer", family_of(row), operation(row)
        plain = said == row.type and own.rstrip("0123456789_") == row.type
    else:
        kind, family, said, plain = "block", "block", short(row.type), False
        if times := repeats.times.get(row.name):
            said = f"{said} × {times}" if times > 1 else said
    if run:
        own, said, plain = _run_title(own, run), f"{said} × {run.times}", False
    return Item(
        number=place,
        kind="layer" if kind == "layer" else "block",
        family=family,
        path=row.name,
        title=short(own),
        operation="" if plain else said,
        figures=figure_lines(row, chosen.figures, each=run is not None),
        shape=shape or short(shape_text(row.output_shape)),
        size=row.output_shape,
        hover=hover(row, said),
        mark=marks.get(row.name, ""),
        output=output,
    )


def _run_title(own: str, run: Run) -> str:
    return f"{own} to {run.last.path.rpartition('.')[2]}"


def _arrows(count: int, pairs: set[tuple[int, int]]) -> tuple[Arrow, ...]:
    """Return the arrows; one past items that lie on another way to where it leads is a skip."""
    sources: list[list[int]] = [[] for _ in range(count)]
    for source, target in sorted(pairs):
        sources[target].append(source)
    above = [0] * count  # for each item, those that lead to it, as bits
    found: list[Arrow] = []
    for target, reads in enumerate(sources):
        for source in reads:
            skip = any(above[other] >> source & 1 for other in reads)
            found.append(Arrow(source, target, skip))
        for source in reads:
            above[target] |= above[source] | 1 << source
    return tuple(found)


def _boxes(analysis: Analysis, insides: Sequence[tuple[str, ...]], repeats: Repeats) -> Iterator[Box]:
    """Yield the blocks that are open, each before those that stand in it.

    A repeat whose repetitions are all equal is one box with what stands in one of them.
    """
    members: dict[str, list[int]] = {}
    for place, inside in enumerate(insides):
        for path in inside:
            members.setdefault(path, []).append(place)
    positions: dict[str, int] = {}
    count = 0
    for path, items in members.items():
        outer, _, own = path.rpartition(".")
        run, times = repeats.runs.get(path), repeats.times.get(path, 1)
        if run and run.whole:
            positions[path] = positions[outer]
            continue
        positions[path], count = count, count + 1
        kind = short(analysis.named[path].type)
        if run:
            own, times = _run_title(own, run), run.times
        named = own.rstrip("0123456789_") == kind
        title = (short(own) if named else f"{short(own)} · {kind}") + (f" × {times}" if times > 1 else "")
        whole = any(run.whole for first, run in repeats.runs.items() if first.rpartition(".")[0] == path)
        yield Box(title, tuple(items), positions.get(outer), visible(path), bool(run) or whole)
