"""What the units really see, worked out layer by layer: with no more work than there is to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cnnstat
from cnnstat.analysis import clipped_fields
from cnnstat.analysis.analyze import analyze

if TYPE_CHECKING:
    import pytest

SLICES = """
input: [30]
layers:
  - {name: part, type: slice, start: 1, repeat: 29}
  - {name: all, type: concat, from: [part.*, input]}
  - {name: twice, type: concat, from: [all, all]}
"""


def test_a_vector_of_many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each number reads one of the inputs that are joined, so no other is asked what it sees of it."""
    looks = 0

    def counted(reading: object, above: object, unit: int) -> tuple[int, int]:
        nonlocal looks
        looks += 1
        return region(reading, above, unit)  # type: ignore[arg-type]

    region = clipped_fields._region
    monkeypatch.setattr(clipped_fields, "_region", counted)
    fields = [axes[0] for axes in clipped_fields.clipped_fields(analyze(cnnstat.loads(SLICES)))]
    parts = [tuple((i, i) for i in range(start, 30)) for start in (*range(1, 30), 0)]
    whole = sum(parts, ())
    assert fields == [*parts[:-1], whole, whole + whole]
    assert looks <= sum(map(len, fields))
