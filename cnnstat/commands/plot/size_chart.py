"""SizeSearches -> Chart: what networks cost at the input sizes that they accept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from cnnstat.base.figures import FIGURES
from cnnstat.base.text import bytes_text
from cnnstat.commands.plot.chart import Axis, Chart, Panel, Point, Rule, Series, distinct, label, merged
from cnnstat.commands.plot.heading import LONGEST, bundles
from cnnstat.report.document import NetworkDocument
from cnnstat.report.layers import without
from cnnstat.report.text import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.commands.plot.chart import Unit
    from cnnstat.commands.sizes.size_search import SizeSearch

DEFAULT = ("macs", "inference_memory_bytes")
"""The figures without a choice."""


def size_chart(searches: Sequence[SizeSearch], figures: Sequence[str] = DEFAULT) -> Chart:
    """Return a panel for each of these figures, with a line for each network."""
    names = distinct(tuple(search.graph.spec.name for search in searches))
    what = " and ".join(FIGURES[key].label for key in figures)
    title = f"{names[0]}: {what} by input size" if len(names) == 1 else f"{what} by input size"
    lines = tuple(line for name, search in zip(names, searches, strict=True) for line in _lines(name, search))
    panels = tuple(_panel(names, searches, key, last=key == figures[-1]) for key in figures)
    return Chart(title[:1].upper() + title[1:], lines, panels)


def _lines(name: str, search: SizeSearch) -> Iterator[str]:
    """Say how many sizes are accepted, and what the network costs at its own."""
    tried = f"{sizes(search.steps.sizes[0])} to {sizes(search.steps.sizes[-1])}"
    head = NetworkDocument(
        command="plot",
        name=name,
        source="",
        input_shape=search.input_shape,
        without=search.graph.without or UNSET,
    )
    counts = f"{len(search.accepted):,} of {search.steps.count:,} sizes are accepted ({tried})"
    said = f"{label(name + ''.join(without(head)), LONGEST)}: {counts}"
    cost, own = search.own.cost, sizes(search.input_shape[1:])
    if cost is None:
        yield f"{said}; its own, {own}, is refused"
    else:
        yield f"{said}; at its own, {own}, {cost.macs:,} MACs, {bytes_text(cost.inference_memory_bytes)}"


def _panel(names: Sequence[str], searches: Sequence[SizeSearch], key: str, *, last: bool) -> Panel:
    unit: Unit = "bytes" if key.endswith("_bytes") else "count"
    series: list[Series] = []
    for name, search in zip(names, searches, strict=True):
        series += _series(name, search, key)
    return Panel(
        _across(searches, last=last),
        Axis(FIGURES[key].label, unit),
        tuple(series),
        _own(names, searches, last=last),
    )


def _across(searches: Sequence[SizeSearch], *, last: bool) -> Axis:
    square = all(len(set(search.input_shape[1:])) == 1 for search in searches)
    title = "input size" if square else "input size, on its first axis"
    return Axis(title, "places", zero=False, marked=last)


def _series(name: str, search: SizeSearch, key: str) -> Iterator[Series]:
    """Yield runs of sizes that are accepted as a line, and those whose neighbours are refused as points."""
    found = []
    for bundle in bundles(len(search.outcomes)):
        some = [search.outcomes[number] for number in bundle]
        outcome = next((each for each in some if each.accepted), some[0])
        cost = outcome.cost
        found.append(Point(outcome.size[0], getattr(cost, key) if cost else None, sizes(outcome.size)))
    alone = [
        point
        for before, point, after in zip([None, *found], found, [*found[1:], None], strict=False)
        if point.y is not None and all(each is None or each.y is None for each in (before, after))
    ]
    if len(alone) < sum(point.y is not None for point in found):
        yield Series(name, "line", tuple(found))
    if alone:
        yield Series(name, "points", tuple(alone))


def _own(names: Sequence[str], searches: Sequence[SizeSearch], *, last: bool) -> tuple[Rule, ...]:
    """Return a line at each network's own size; the last panel says it."""
    own = [search.input_shape[1] for search in searches]
    what = "own size " if len(set(own)) == 1 else ""
    text = f"{what}{{:,}}" if last else ""
    of = names if len(names) > 1 else ("",)
    return merged([Rule("x", size, text.format(size), name) for name, size in zip(of, own, strict=True)])
