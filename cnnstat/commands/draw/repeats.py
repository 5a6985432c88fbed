"""Repeats whose repetitions are equal: which nodes stand for which others, where a run is drawn once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.graph.nodes import Group
    from cnnstat.layers.base import Shape

Reads: TypeAlias = tuple[int, ...]


class Part(Struct, frozen=True):
    """One repetition: its path, its type, and its nodes from ``start`` to ``stop`` (not included)."""

    path: str
    type: str
    start: int
    stop: int


class Run(Struct, frozen=True):
    """Repetitions that follow each other and are equal; the first stands for all."""

    first: Part
    last: Part
    times: int
    whole: bool
    """Whether these are all that the repeat has."""


class Repeats(Struct, frozen=True):
    """The runs by the path of their first repetition, and of each node the one that is drawn for it."""

    runs: dict[str, Run]
    drawn: tuple[int, ...]
    times: dict[str, int]
    """How many repetitions each repeat has, by its path."""


def repeats_of(analysis: Analysis, *, each: bool) -> Repeats:
    """Return the repeats of a network and their runs; none where ``each`` repetition is to be drawn."""
    parts = _parts(analysis)
    drawn = list(range(len(analysis.graph.nodes)))
    runs: dict[str, Run] = {}
    for path in sorted(parts, key=lambda path: (path.count("."), parts[path][0].start)):
        found = parts[path]
        if each or drawn[found[0].start] != found[0].start:
            continue
        for run in _runs(analysis, found):
            first, times = run[0], len(run)
            runs[first.path] = Run(first, run[-1], times, times == len(found))
            for later in run[1:]:
                for offset in range(later.stop - later.start):
                    drawn[later.start + offset] = first.start + offset
    for number in range(len(drawn)):
        while drawn[drawn[number]] != drawn[number]:
            drawn[number] = drawn[drawn[number]]
    return Repeats(runs, tuple(drawn), {path: len(found) for path, found in parts.items()})


def _parts(analysis: Analysis) -> dict[str, list[Part]]:
    """Return the repetitions of every repeat, in order, by its path; those without layers are left out."""
    graph = analysis.graph
    found: dict[str, list[Part]] = {}
    for group in _repeated(graph.groups):
        found.setdefault(group.path.rpartition(".")[0], []).append(
            Part(group.path, group.type, group.start, group.stop)
        )
    for node in graph.layers:
        path, dot, _ = node.path.rpartition(".")
        if node.index is not None and dot:
            found.setdefault(path, []).append(Part(node.path, node.type, node.number, node.number + 1))
    return found


def _repeated(groups: Sequence[Group]) -> Iterator[Group]:
    return (group for group in groups if group.index is not None and group.stop > group.start)


def _runs(analysis: Analysis, parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Yield the runs of at least two."""
    readers = _last_readers(analysis)
    run = [parts[0]]
    before, outside = _signature(analysis, parts[0])
    for part in parts[1:]:
        now, reads = _signature(analysis, part)
        last = run[-1]
        chained = all(
            there in (here, *range(last.start, last.stop))
            for here, there in zip(outside, reads, strict=False)
        )
        read_here = all(reader < part.stop for reader in readers[last.start : last.stop])
        if now == before and chained and read_here and part.start == last.stop:
            run.append(part)
        else:
            if len(run) > 1:
                yield run
            run = [part]
        before, outside = now, reads
    if len(run) > 1:
        yield run


def _last_readers(analysis: Analysis) -> list[int]:
    """Return for each node the last that reads it; one past all nodes for what the network puts out."""
    graph = analysis.graph
    found = [0] * len(graph.nodes)
    for node in graph.layers:
        for source in node.inputs:
            found[source] = node.number
    for number in graph.outputs:
        found[number] = len(graph.nodes)
    return found


def _signature(analysis: Analysis, part: Part) -> tuple[tuple[object, ...], Reads]:
    """Return what two repetitions have in common if they are equal; and the nodes outside that are read."""
    outside: dict[int, int] = {}
    found: list[tuple[object, ...]] = []
    inside = range(part.start, part.stop)
    for number in inside:
        node = analysis.layer(number).node
        reads = tuple(
            source - part.start if source in inside else -1 - outside.setdefault(source, len(outside))
            for source in node.inputs
        )
        owner = node.owner - part.start if node.owner in inside else -1 - node.owner
        path = node.path.removeprefix(part.path)
        found.append((path, node.type, node.layer, analysis.shapes[number], reads, owner, node.frozen))
    shapes: tuple[Shape, ...] = tuple(analysis.shapes[number] for number in outside)
    return (part.type, *found, shapes), tuple(outside)
