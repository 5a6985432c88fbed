"""Maxout, one unit by hand: which channels it compares, and who gets its delta. For `cnnstat trace`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.commands.trace.families.family import Family
from cnnstat.commands.trace.working import Matrix, Part, Plane, Working, rows_of, step
from cnnstat.report.document import Real

if TYPE_CHECKING:
    from cnnstat.commands.trace.layer_run import Index, LayerRun


class Maxout(Family):
    """Which of some channels a maxout takes."""

    def value(self, run: LayerRun, unit: Index) -> Working:
        """Return the largest of the channels that a unit compares; the first, where several are."""
        channels, numbers, largest = self._compared(run, unit)
        axis = "channels" if len(unit) > 2 else "units"
        rows = rows_of([each] for each in numbers)
        shown = Plane("", (Matrix("input", rows, marked=((largest, 0),)),))
        steps = (step("largest", f"that of {channels[largest]}", numbers[largest]),)
        title = f"input: {axis} {channels[0]} to {channels[-1]}"
        return Working((Part(title, (shown,), steps),), Real(numbers[largest]))

    def share(self, run: LayerRun, number: int, cell: Index) -> Working:
        """Return the delta of the only unit that reads a number, if the number is the largest there."""
        sample, channel, *place = cell
        unit = (sample, channel // run.options.pieces, *place)
        channels, numbers, largest = self._compared(run, unit)
        won, delta = channels[largest] == channel, run.delta(unit)
        share = delta if won else 0.0
        said = "the delta of the unit" if won else f"{channels[largest]} is the largest, and gets the delta"
        rows = rows_of([each] for each in numbers)
        shown = Plane("", (Matrix("input", rows, marked=((largest, 0),)),))
        return Working((Part("", (shown,), (step(said, "", share),)),), Real(share))

    def _compared(self, run: LayerRun, unit: Index) -> tuple[range, list[float], int]:
        """Return the channels that a unit compares, their numbers, and which of them is the largest."""
        sample, group, *place = unit
        pieces = run.options.pieces
        channels = range(group * pieces, (group + 1) * pieces)
        numbers = [run.read((sample, each, *place)) for each in channels]
        return channels, numbers, numbers.index(max(numbers))


MAXOUT = Maxout()
