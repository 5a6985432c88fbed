"""The memory that a run takes: that of its largest pass (`pass_memory`), and what is held beside it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress
from math import ceil, prod
from typing import TYPE_CHECKING

from cnnstat.analysis.receptive_field import lost
from cnnstat.base.dtypes import BYTES
from cnnstat.bridge.pass_memory import Passes
from cnnstat.executor.measure.poison import HORIZON, LARGEST, PIECE
from cnnstat.layers.base import places

if TYPE_CHECKING:
    from cnnstat.analysis import Analysis

OWN = 4 << 20
"""Bytes of what Python holds of a run, whatever the network, and of each layer and unit besides; of units
whose fields the calculator does not know there are arrays alone."""
OF_LAYER = 8 << 10
OF_UNIT = 160
OF_ARRAYS = 24
SLACK = 1.03
"""What is taken of the system for an array is a little more than the array."""
ON_AXIS = 4 * PIECE
ON_LONG_AXIS = 4 * LARGEST
AXIS_ARRAYS = 9
"""Of the runs that measure fields: the bytes of an array of most runs and of the longest one, and how many
such arrays there are at once."""


@dataclass(frozen=True, slots=True)
class Uses:
    """What a run does beside measuring and going back once.

    `checked` is with how many samples gradients are checked, 0 where they are not; `outputs` whether those of
    all layers are kept, `engine` whether another engine puts them out, too; `weights` whether some are read,
    `saved` whether they are written all at once. `reading` are the bytes that reading an input takes.
    """

    checked: int = 0
    training: bool = False
    outputs: bool = False
    engine: bool = False
    weights: bool = False
    saved: bool = False
    reading: int = 0


def running_bytes(analysis: Analysis, uses: Uses | None = None) -> int:
    """Return the bytes that a run takes beside what the program holds already, and rather more than less."""
    uses = uses or Uses()
    width, batch = BYTES[analysis.settings.dtype], analysis.settings.batch
    once, whole = Passes(analysis, 1, width), Passes(analysis, batch, width, training=uses.training)
    measured = Passes(analysis, batch, width)
    stored = sum(row.counts.params + row.counts.buffers for row in analysis.rows)
    given = batch * sum(map(prod, analysis.graph.input_shapes))
    outputs = batch * analysis.totals.counts.activations * (uses.outputs + uses.engine)
    needs = [
        once.drawing(),
        outputs + max(measured.measuring(), once.measuring()),
        whole.way_back(),
    ]
    if uses.engine:  # the model's messages, their bytes, and what the engine makes of these
        needs.append(outputs + 3 * stored + measured.measuring())
        # Where rounding is measured, three passes side by side, two of them in numbers of twice the width.
        needs.append(2 * stored + 5 * measured.measuring())
    if uses.saved:
        needs.append(2 * stored + given)
    if uses.weights:
        needs.append((10 + width) * max(row.counts.params for row in analysis.rows) // width)
    if uses.checked:
        needs += [
            Passes(analysis, uses.checked, width, training=uses.training).checking(),
            whole.end_to_end(),
        ]
    beside = SLACK * max(width * max(needs), uses.reading + 2 * width * given, _on_axes(analysis))
    rows = len(analysis.rows)
    return ceil(OWN + OF_LAYER * rows + SLACK * width * stored + beside + _compared(analysis))


def _on_axes(analysis: Analysis) -> int:
    """Return the bytes that the runs on one axis take: pieces of arrays, and one on a far longer input."""
    given = max(analysis.input_shape[1:], default=0)
    units = max((max(row.output_shape[1:], default=0) for row in analysis.rows), default=0)
    most = max(units, given)
    if not given:
        return 0
    pieces = min(max(ON_AXIS, 4 * most), 4 * given * most)
    longer = min(8 * (HORIZON + given) * most // given, ON_LONG_AXIS)
    return AXIS_ARRAYS * max(pieces, longer) + ON_AXIS


def _compared(analysis: Analysis) -> int:
    """Return the bytes of the fields of all units along each axis.

    All are kept as arrays; those that the calculator knows, too, Python compares one by one.
    """
    units = [sum(row.output_shape[1:]) for row in analysis.rows]
    of_known = [0, *compress(units, _known(analysis))]
    return OF_UNIT * (sum(of_known) + max(of_known)) + OF_ARRAYS * sum(units)


def _known(analysis: Analysis) -> list[bool]:
    """Say of each layer whether the calculator may know what each of its units sees."""
    found = [True] * len(analysis.graph.inputs)
    axes = len(places(analysis.input_shape))
    for row in analysis.rows:
        read = zip(row.node.values, row.calculated.footprints, strict=True)
        seen = [(i, footprint) for i, footprint in read if not analysis.fields[i].unseen]
        found.append(all(found[i] and not lost(footprint, axes) for i, footprint in seen))
    return found[len(analysis.graph.inputs) :]
