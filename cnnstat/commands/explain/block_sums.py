"""The figures of a block and of the whole network, as sums of their parts."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from cnnstat.analysis.by_type import by_type
from cnnstat.analysis.memory import alive_at_peak, backward_reads, stored_activations
from cnnstat.analysis.model import COUNTED, flops_of
from cnnstat.analysis.outline import outline
from cnnstat.base.arithmetic import Term, term, total
from cnnstat.commands.explain.derivations import counted, field_words, step
from cnnstat.commands.explain.document import StepEntry
from cnnstat.report.text import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnnstat.analysis import Analysis, Row

_WORD = re.compile(r"[A-Za-z_]\w*(\.\w+)*")
_LONGEST = 24
"""Of a sum of more parts, those of one type are one."""


def parts_of_blocks(analysis: Analysis) -> dict[str, tuple[Row, ...]]:
    """Return what each block consists of, by its name: layers, and blocks one level below it."""
    groups = {row.name: row for row in analysis.groups}
    parts: dict[str, dict[str, Row]] = {name: {} for name in groups}
    for row, inside in outline(analysis):
        for block, part in pairwise((*(groups[name] for name in inside), row)):
            parts[block.name][part.name] = part
    return {name: tuple(inside.values()) for name, inside in parts.items()}


def sums(rows: Sequence[Row], within: str = "") -> dict[str, Term]:
    """Return the figures that add up over rows; ``within`` is the block whose name theirs begin with."""
    figures = {key: _sum(rows, key, within) for key in COUNTED}
    return {**figures, "flops": flops_of(figures["macs"].value)}


def block_steps(row: Row, last: str, figures: dict[str, Term]) -> Iterator[StepEntry]:
    """Yield the sums of a block, and the ``last`` of its layers, whose shape and field are its own."""
    yield StepEntry("shape", "output", f"{shown(row.output_shape, 'shape')}, that of {last}")
    yield from counted(figures)
    yield StepEntry("receptive_field", "field", f"{field_words(row.field, row.output_shape)}, that of {last}")


def total_steps(analysis: Analysis, figures: dict[str, Term]) -> Iterator[StepEntry]:
    """Yield the totals as sums over blocks, and the memory."""
    yield from counted(figures)
    totals, sizes = analysis.totals, stored_activations(analysis.graph, analysis.shapes)
    yield step("inference_memory_bytes", totals.inference_memory)
    alive = alive_at_peak(analysis.graph, sizes)
    yield from _together("inference_memory_bytes", "alive at once", analysis, alive, sizes)
    yield step("training_memory_bytes", totals.training_memory)
    kept = backward_reads(analysis.graph, [row.calculated for row in analysis.rows])
    yield from _together("training_memory_bytes", "read back", analysis, kept, sizes)
    alive = alive_at_peak(analysis.graph, sizes, kept)
    yield from _together("training_memory_bytes", "alive in training", analysis, alive, sizes)
    settings = analysis.settings
    said = f"{settings.dtype}, batch {settings.batch}, optimiser {settings.optimizer}"
    yield StepEntry("settings", "memory for", said)


def _sum(rows: Iterable[Row], key: str, within: str) -> Term:
    counts = [(row, getattr(row.counts, key)) for row in rows if getattr(row.counts, key)]
    if len(counts) <= _LONGEST:
        return total(term(_within(row.name, within), number) for row, number in counts)
    kinds = by_type((row for row, _ in counts), (number for _, number in counts))
    return total(term(f"{len(numbers)} {kind}", sum(numbers)) for kind, numbers in kinds.items())


def _within(name: str, block: str = "") -> str:
    """Return a name without that of its block; with it where it is a number, and else in quotes where it
    would look like arithmetic: ``layer1.0``, ``'3x3'``.
    """
    short = name.removeprefix(f"{block}.")
    kept = name if short.isdigit() else short
    return kept if _WORD.fullmatch(kept) else f"'{kept}'"


def _together(
    figure: str, label: str, analysis: Analysis, numbers: Sequence[int], sizes: Sequence[int]
) -> Iterator[StepEntry]:
    """Yield the sum of the activations of nodes, if they are few enough to be named."""
    if 0 < len(numbers) <= _LONGEST:
        names = (_within(analysis.graph.name(number)) for number in numbers)
        yield step(figure, total(map(term, names, (sizes[number] for number in numbers))), label)
