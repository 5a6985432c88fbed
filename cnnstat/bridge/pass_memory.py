"""The numbers that are alive in each pass of a run: the walk of the executor, repeated with known sizes.

It follows what is alive: arrays until their last reader or the way back is done with them, views with what
they are views of, and what each kernel takes beside them (`kernel_memory`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil, prod
from typing import TYPE_CHECKING

from cnnstat.analysis.memory import freed
from cnnstat.bridge.kernel_memory import OF_PLUGIN, TRAINED, WORKING, gathered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnstat.analysis import Analysis
    from cnnstat.analysis.model import LayerRow
    from cnnstat.bridge.kernel_memory import Working


@dataclass(slots=True)
class _Alive:
    """Arrays that are alive: the numbers of each, and how many hold it."""

    numbers: dict[object, int] = field(default_factory=dict)
    holders: dict[object, int] = field(default_factory=dict)
    total: int = 0

    def hold(self, array: object, numbers: int) -> None:
        """Count one more who holds an array, which has so many numbers."""
        if array not in self.holders:
            self.numbers[array] = numbers
            self.holders[array] = 0
            self.total += numbers
        self.holders[array] += 1

    def drop(self, array: object) -> None:
        """Let one who holds an array go; nobody may be left."""
        self.holders[array] -= 1
        if not self.holders[array]:
            del self.holders[array]
            self.total -= self.numbers.pop(array)


def _params(row: LayerRow) -> int:
    """Return the parameters that a layer computes with, whosever they are."""
    return row.calculated.params.value


def _trained(row: LayerRow) -> int:
    return row.calculated.trainable.value


def _thrown_away(row: LayerRow) -> int:
    """Return the numbers that a layer draws for their shapes alone: it uses those of another."""
    return 0 if row.node.owns else _params(row) + row.calculated.buffers.value


class Passes:
    """A network walked with so many samples, for the numbers alive in each of its passes."""

    def __init__(self, analysis: Analysis, batch: int, width: int, *, training: bool = False) -> None:
        self.analysis, self.batch, self.width = analysis, batch, width
        self.kernels = TRAINED if training else WORKING
        self.inputs = len(analysis.graph.inputs)
        self.sizes = [batch * prod(shape) for shape in analysis.shapes]
        self.root = list(range(len(self.sizes)))
        for row in analysis.rows:
            if self._working(row).shares:
                self.root[row.number] = self.root[row.node.inputs[0]]
        self.freed = freed(analysis.graph, self.root)

    def drawing(self) -> int:
        """Return the peak of the first pass, which draws parameters, some by what goes through."""
        return self._peak(
            self._beside(row) + 2 * max(self._ends(row)) * (row.type == "batch_norm") + _thrown_away(row)
            for row in self.analysis.rows
        )

    def measuring(self) -> int:
        """Return the peak of the pass that measures: ones go through each layer, too, with one sample."""
        ones = Passes(self.analysis, 1, self.width) if self.batch > 1 else self
        return self._peak(max(self._beside(row), ones.counting(row)) for row in self.analysis.rows)

    def counting(self, row: LayerRow) -> int:
        """Return the numbers of ones that count connections; where these are many, in twice the width."""
        into, out = self._ends(row)
        counted = into + out + _params(row) + self._beside(row)
        if not row.counts.connections:
            return 0
        return 2 * counted if max(self.sizes[source] for source in row.node.inputs) >> 24 else counted

    def way_back(self) -> int:
        """Return the peak of a pass forward that keeps what the way back needs, and of this."""
        peak, alive = 0, _Alive()
        kept: list[list[object]] = []
        for number in range(self.inputs):
            alive.hold(number, self.sizes[number])
        for row in self.analysis.rows:
            peak = max(peak, alive.total + self._new(row) + self._beside(row))
            self._put_out(row, alive)
            kept.append(self._kept(row, alive))
            for source in self.freed[row.number]:
                alive.drop(source)
        return max(peak, self._back(alive, kept))

    def _kept(self, row: LayerRow, alive: _Alive) -> list[object]:
        working, into = self._working(row), max(self._ends(row))
        held: list[object] = []
        if "input" in working.keeps:
            held += [self.root[source] for source in row.node.inputs]
        if "output" in working.keeps:
            held.append(self.root[row.number])
        for array in held:
            alive.hold(array, 0)
        more = row.counts.macs * self.batch if row.type == "rbf" else ceil(working.more * into)
        alive.hold(("kept", row.number), more)
        return [*held, ("kept", row.number)]

    def _back(self, alive: _Alive, kept: list[list[object]]) -> int:
        """Go back with what is kept; each gradient lives until its layer has gone back."""
        gradient: dict[int, object] = {}
        for number in self.analysis.graph.outputs:
            gradient[number] = ("gradient", number)
            alive.hold(gradient[number], 2 * self.sizes[number])  # with the weights that the loss gives them
        peak = alive.total
        for row, held in zip(reversed(self.analysis.rows), reversed(kept), strict=True):
            given = gradient.pop(row.number, None)
            if given is not None:
                for source in dict.fromkeys(row.node.inputs):
                    passed = self._working(row).passes and source not in gradient
                    came = given if passed else ("gradient", source, row.number)
                    alive.hold(came, self.sizes[source])
                    if source in gradient:
                        peak = max(peak, alive.total + self.sizes[source] + self._beside_back(row))
                        alive.drop(gradient[source])
                    gradient[source] = came
                trained = ("trained", row.node.owner)
                # Beside what came of the same tensors before, there is one more gradient, and the sum.
                more = 2 * _trained(row) if trained in alive.holders else 0
                alive.hold(trained, _trained(row))
                peak = max(peak, alive.total + more + self._beside_back(row))
                alive.drop(given)
            for array in held:
                alive.drop(array)
        return max(peak, alive.total)

    def checking(self) -> int:
        """Return the peak of the check of each layer alone, by numbers of twice the width."""
        return self._peak(map(self._alone, self.analysis.rows))

    def _alone(self, row: LayerRow) -> int:
        (read, out), trained = self._ends(row), _trained(row)
        moved = max(*(self.sizes[source] for source in row.node.inputs), trained)
        more = ceil(self._working(row).more * max(read, out))
        passes = max(self._beside_back(row), 2 * self._beside(row) + 2 * (read + out + trained))
        return 2 * read + 2 * trained + 6 * moved + 5 * out + more + passes

    def end_to_end(self) -> int:
        """Return the peak of the check of the network as a whole: it moves by complex numbers."""
        trained = self.analysis.totals.counts.trainable
        given = sum(self.sizes[: self.inputs])
        moved = (self._beside(row) + 3 * _trained(row) + max(self._ends(row)) for row in self.analysis.rows)
        largest = max(6 * _trained(row) for row in self.analysis.rows)
        return max(self.way_back() + largest, trained + 6 * given + 2 * self._peak(moved))

    def _peak(self, beside: Iterable[int]) -> int:
        """Return the peak of a pass whose layers take so much beside what is alive."""
        peak, alive = 0, _Alive()
        for number in range(self.inputs):
            alive.hold(number, self.sizes[number])
        given = alive.total
        for row, more in zip(self.analysis.rows, beside, strict=True):
            peak = max(peak, alive.total + self._new(row) + more)
            self._put_out(row, alive)
            for source in self.freed[row.number]:
                alive.drop(source)
        return peak + given  # whoever asked for the pass holds its input to the end

    def _working(self, row: LayerRow) -> Working:
        return self.kernels.get(row.type, OF_PLUGIN)

    def _new(self, row: LayerRow) -> int:
        return self.sizes[row.number] if self.root[row.number] == row.number else 0

    def _put_out(self, row: LayerRow, alive: _Alive) -> None:
        """Hold a new array until its last reader; one that is shared is held already."""
        if self._new(row):
            alive.hold(row.number, self.sizes[row.number])

    def _ends(self, row: LayerRow) -> tuple[int, int]:
        return sum(self.sizes[source] for source in row.node.inputs), self.sizes[row.number]

    def _gathered(self, row: LayerRow) -> int:
        given, made = self.analysis.shapes[row.node.inputs[0]], row.output_shape
        return gathered(row.node.layer, row.type, given, made, self.batch, self.width)

    def _beside(self, row: LayerRow) -> int:
        """Return what a layer takes on its way forward."""
        if row.type == "rbf":
            return 2 * row.counts.macs * self.batch
        if row.type in ("linear", "scale"):
            return 0
        if columns := self._gathered(row):
            return columns + 2 * _params(row)
        return ceil(self._working(row).forward * max(self._ends(row)))

    def _beside_back(self, row: LayerRow) -> int:
        """Return what a layer takes on its way back, beside the gradients that come of it."""
        if row.type == "rbf":
            return 2 * row.counts.macs * self.batch
        if columns := self._gathered(row):
            return columns + 4 * _params(row) + self.sizes[row.number]
        return ceil(self._working(row).backward * max(self._ends(row)))
