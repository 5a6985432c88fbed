"""Analyses -> Chart: the activations alive while layer after layer runs, and what is alive at the peak."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.analysis import memory
from cnnstat.base.dtypes import BYTES
from cnnstat.base.text import bytes_text
from cnnstat.commands.plot.chart import (
    OTHER,
    REST,
    Axis,
    Bar,
    Chart,
    Panel,
    Point,
    Rule,
    Series,
    distinct,
    label,
)
from cnnstat.commands.plot.heading import bundles, heading, names_of, shared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis import Analysis

_NAMED = 8
"""Activations alive at the peak that have a colour of their own: the largest."""
_LISTED = 4
"""Those that are named in a line."""
_OTHERS = "not alive at the peak"
_MORE = "others alive at the peak"
_HUES = {_OTHERS: OTHER, _MORE: REST}


class Timeline(Struct, frozen=True):
    """What is alive while a network runs, in bytes, by the numbers of its nodes.

    ``sizes`` are those of their outputs, ``last`` the last node during which each is there, ``sums`` what is
    alive when a node has run. ``at_peak`` are the nodes whose outputs are alive when the sum is the largest,
    for the first time when the node ``peak`` has run.
    """

    sizes: tuple[int, ...]
    last: tuple[int, ...]
    sums: tuple[int, ...]
    at_peak: tuple[int, ...]
    peak: int


def timeline(analysis: Analysis, *, training: bool = False) -> Timeline:
    """Return what is alive in the forward pass; in ``training`` what the backward pass reads is kept."""
    graph, settings = analysis.graph, analysis.settings
    kept = memory.backward_reads(graph, [row.calculated for row in analysis.rows]) if training else ()
    stored = memory.stored_activations(graph, analysis.shapes)
    plan = memory.freed(graph, graph.holders, kept)
    last = [len(plan) - 1] * len(plan)
    for number, sources in enumerate(plan):
        for source in sources:
            last[source] = number
    each = BYTES[settings.dtype] * settings.batch
    sums = tuple(each * held for held, _ in memory.alive(stored, plan))
    return Timeline(
        sizes=tuple(each * size for size in stored),
        last=tuple(last),
        sums=sums,
        at_peak=memory.alive_at_peak(graph, stored, kept),
        peak=sums.index(max(sums)),
    )


def memory_chart(analyses: Sequence[Analysis], *, training: bool = False) -> Chart:
    """Return what is alive over time: of one network with what is there at the peak, of several the sums."""
    lines = [timeline(analysis, training=training) for analysis in analyses]
    what = "activations alive in training" if training else "activations alive"
    if len(analyses) == 1:
        title, panel = f"{label(analyses[0].name)}: {what}, layer after layer", _stack(analyses[0], lines[0])
    else:
        title, panel = f"{what.capitalize()}, layer after layer", _lines(analyses, lines)
    said = (_said(*each, training=training) for each in zip(analyses, lines, strict=True))
    longest = max(len(alive.sums) for alive in lines)
    return Chart(title, (*said, *shared(longest, "the largest sum")), (panel,))


def _said(analysis: Analysis, alive: Timeline, *, training: bool) -> str:
    graph, settings, totals = analysis.graph, analysis.settings, analysis.totals
    largest = sorted(alive.at_peak, key=lambda number: -alive.sizes[number])
    named = [f"{label(graph.name(each))} {bytes_text(alive.sizes[each])}" for each in largest[:_LISTED]]
    more = f" and {len(largest) - _LISTED} more" if len(largest) > _LISTED else ""
    peak, at = bytes_text(alive.sums[alive.peak]), label(graph.name(alive.peak))
    if training:
        figure = f"training memory, with gradients and {settings.optimizer}, is"
        whole = bytes_text(totals.training_memory_bytes)
    else:
        figure, whole = "inference memory is", bytes_text(totals.inference_memory_bytes)
    params = bytes_text(BYTES[settings.dtype] * totals.counts.params)
    return (
        f"{heading(analysis)} ({settings.dtype}, batch {settings.batch}): {peak} when {at} has run "
        f"({', '.join(named)}{more}); with {params} of parameters, {figure} {whole}"
    )


def _place(analysis: Analysis, number: int) -> int:
    """Return where a node stands on the axis: the first layer at 1, the only input at 0."""
    return number + 1 - len(analysis.graph.inputs)


def _stack(analysis: Analysis, alive: Timeline) -> Panel:
    """Return the activations of one network on top of each other, the largest of those at the peak below."""
    largest = sorted(alive.at_peak, key=lambda number: -alive.sizes[number])
    _, _, *names = distinct((_OTHERS, _MORE, *map(analysis.graph.name, largest[:_NAMED])))
    layers: dict[str, list[int]] = {name: [number] for name, number in zip(names, largest, strict=False)}
    layers[_MORE] = largest[_NAMED:]
    bars: dict[str, list[Bar]] = {name: [] for name in (*layers, _OTHERS)}
    for bundle in bundles(len(alive.sums)):
        step = max(bundle, key=lambda number: alive.sums[number])
        start, end = _place(analysis, bundle[0]) - 0.5, _place(analysis, bundle[-1]) + 0.5
        bottom = 0
        for name, numbers in layers.items():
            size = sum(alive.sizes[number] for number in numbers if number <= step <= alive.last[number])
            _put(bars[name], Bar(start, end, bottom, bottom + size))
            bottom += size
        runs = f"while {label(analysis.graph.name(step))} runs"
        _put(bars[_OTHERS], Bar(start, end, bottom, alive.sums[step], runs))
    series = [
        Series(name, "bars", bars=tuple(each), hue=_HUES.get(name, "")) for name, each in bars.items() if each
    ]
    return Panel(_across(), Axis("activations alive", "bytes"), tuple(series), (_peak(analysis, alive),))


def _put(bars: list[Bar], bar: Bar) -> None:
    """Add a bar, or make the last one longer where it goes on."""
    if bar.bottom == bar.top:
        return
    last = bars[-1] if bars else None
    if last and last.end == bar.start and replace(last, start=bar.start, end=bar.end) == bar:
        bars[-1] = replace(last, end=bar.end)
    else:
        bars.append(bar)


def _peak(analysis: Analysis, alive: Timeline, series: str = "") -> Rule:
    name = label(analysis.graph.name(alive.peak))
    return Rule("y", alive.sums[alive.peak], f"{bytes_text(alive.sums[alive.peak])} at {name}", series)


def _lines(analyses: Sequence[Analysis], lines: Sequence[Timeline]) -> Panel:
    """Return the sums of several networks, and their peaks as points."""
    series = []
    for name, analysis, alive in zip(names_of(analyses), analyses, lines, strict=True):
        points = []
        for bundle in bundles(len(alive.sums)):
            step = max(bundle, key=lambda number: alive.sums[number])
            at = label(analysis.graph.name(step))
            points.append(Point(_place(analysis, bundle[0]) - 0.5, alive.sums[step], at))
        points.append(Point(_place(analysis, len(alive.sums) - 1) + 0.5, points[-1].y))
        peak = label(analysis.graph.name(alive.peak))
        at_peak = Point(_place(analysis, alive.peak), alive.sums[alive.peak], peak)
        series += [Series(name, "step", tuple(points)), Series(name, "points", (at_peak,))]
    return Panel(_across(), Axis("activations alive", "bytes"), tuple(series))


def _across() -> Axis:
    return Axis("layer that has run", "places", zero=False)
