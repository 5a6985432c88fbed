"""The figures of a block and of the whole network, as sums of their parts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnnstat.analysis.by_type import by_type
from cnnstat.analysis.memory import activations, alive_at_peak, backward_reads
from cnnstat.analysis.model import STORED, flops_of
from cnnstat.analysis.outline import folded
from cnnstat.base.arithmetic import Term, term, total
from cnnstat.base.figures import FIGURES
from cnnstat.commands.explain.derivations import brief_field, counted, step
from cnnstat.report.columns import count
from cnnstat.report.model import Derivation
from cnnstat.report.text import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis import Analysis, Row
    from cnnstat.graph.nodes import Group

_WORD = re.compile(r"[A-Za-z_]\w*(\.\w+)*")
_LONGEST = 24
"""A sum of more parts is told by the types of its layers."""


def sums(rows: Sequence[Row], within: str = "") -> dict[str, Term]:
    """Return the figures that add up over rows; ``within`` is the block whose name theirs begin with."""
    figures = {key: _sum(rows, key, within) for key in STORED}
    return {**figures, "flops": flops_of(figures["macs"].value)}


class Blocks:
    """The blocks of a network by their paths, and what each consists of."""

    def __init__(self, analysis: Analysis) -> None:
        self.rows, self._layer = {row.name: row for row in analysis.groups}, analysis.layer
        self.groups = {group.path: group for group in analysis.graph.groups}
        self._starting: dict[int, list[Group]] = {}
        for group in sorted(self.groups.values(), key=lambda group: len(group.path)):
            if group.stop > group.start:
                self._starting.setdefault(group.start, []).append(group)

    def parts(self, block: Group) -> Iterator[Row]:
        """Yield what a block consists of: layers, and blocks one level below it."""
        number = block.start
        while number < block.stop:
            # Of blocks that begin at one layer, the outermost one has the shortest path.
            inside = (g for g in self._starting.get(number, ()) if g.path.startswith(f"{block.path}."))
            part = next(inside, None)
            yield self.rows[part.path] if part else self._layer(number)
            number = part.stop if part else number + 1


def block_steps(analysis: Analysis, group: Group, row: Row, inside: Sequence[Row]) -> tuple[Derivation, ...]:
    """Return the sums of a block over its parts, and the layer that its shape and field are those of."""
    last = analysis.graph.name(group.output)
    shape = Derivation("shape", "output", text=f"{shown(row.output_shape, 'shape')}, that of {last}")
    field = Derivation("receptive_field", "field", text=f"{brief_field(row)}, that of {last}")
    return (shape, *counted(sums(inside, group.path)), field)


def total_steps(analysis: Analysis) -> tuple[Derivation, ...]:
    """Return the totals as sums over blocks, and the memory."""
    return (*counted(sums(folded(analysis, 1))), *_memory(analysis), _settings(analysis))


def _sum(rows: Sequence[Row], key: str, within: str) -> Term:
    counts = [(row, count(row, key)) for row in rows if count(row, key)]
    if len(counts) <= _LONGEST:
        return total(term(_within(row.name, within), number) for row, number in counts)
    kinds = by_type((row for row, _ in counts), (number for _, number in counts))
    return total(term(f"{len(numbers)} {kind}", sum(numbers)) for kind, numbers in kinds.items())


def _within(name: str, block: str) -> str:
    """Return a name without that of its block; with it where it is a number, and else in quotes where it
    would look like arithmetic: ``layer1.0``, ``'3x3'``.
    """
    short = name.removeprefix(f"{block}.")
    told = name if short.isdigit() else short
    return told if _WORD.fullmatch(told) else f"'{told}'"


def _memory(analysis: Analysis) -> Iterator[Derivation]:
    totals = analysis.totals
    yield step("inference_memory_bytes", FIGURES["inference_memory_bytes"].label, totals.inference_memory)
    sizes = activations(analysis.shapes)
    alive = alive_at_peak(analysis.graph, sizes)
    yield from _together("inference_memory_bytes", "alive at once", analysis, alive, sizes)
    yield step("training_memory_bytes", FIGURES["training_memory_bytes"].label, totals.training_memory)
    kept = backward_reads(analysis.graph, [row.calculated for row in analysis.rows])
    yield from _together("training_memory_bytes", "read back", analysis, kept, sizes)


def _together(
    figure: str, label: str, analysis: Analysis, numbers: Sequence[int], sizes: Sequence[int]
) -> Iterator[Derivation]:
    """Yield the sum of the activations of nodes, if they are few enough to be named."""
    if 0 < len(numbers) <= _LONGEST:
        names = (_within(analysis.graph.name(number), "") for number in numbers)
        yield step(figure, label, total(map(term, names, (sizes[number] for number in numbers))))


def _settings(analysis: Analysis) -> Derivation:
    settings = analysis.settings
    told = f"{settings.dtype}, batch {settings.batch}, optimiser {settings.optimizer}"
    return Derivation("settings", "memory for", text=told)
