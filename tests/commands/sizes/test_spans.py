"""Sizes in few words."""

from __future__ import annotations

import pytest

from cnnstat.commands.sizes.document import Tried
from cnnstat.commands.sizes.size_range import Steps
from cnnstat.commands.sizes.spans import runs, spans
from cnnstat.report.text import said


def words(numbers: list[int], steps: Steps) -> str:
    """Return what is said of the sizes of these numbers, of those in ``steps``."""
    sizes = steps.sizes
    tried = Tried(first=sizes[0], last=sizes[-1], step=steps.step, count=steps.count)
    return said(spans([(sizes[first], sizes[last]) for first, last in runs(numbers)], tried))


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([], "none"),
        (range(1, 101), "every size that was tried"),
        (range(30, 101), "30 to 100, the last that was tried"),
        (range(30, 41), "30 to 40"),
        ([100], "100"),
        ([32], "32"),
        (range(32, 101, 32), "32k (32, 64, ..., 96)"),
        (range(3, 101, 8), "8k + 3 (3, 11, ..., 99)"),
        ([10, 20, 30], "10, 20, 30"),  # it does not go on, so it is no pattern
        ([n for n in range(32, 101) if n % 32 < 16], "32 to 47, 64 to 79, ..., 96 to 100, every 32"),
        ([n for n in range(8, 101) if n % 32 < 16], "8 to 15, 32 to 47, 64 to 79, 96 to 100"),
        ([1, 3, 4, 9, 20, 40, 70], "1, 3 to 4, 9, 20, 40 and 1 more up to 70"),
    ],
)
def test_sizes_from_1_to_100(sizes: range | list[int], expected: str) -> None:
    assert words([size - 1 for size in sizes], Steps((1, 1), 1, 100)) == expected


def test_steps_and_oblong_sizes() -> None:
    assert words([0, 2, 4], Steps((32,), 32, 6)) == "64k + 32 (32, 96, ..., 160)"
    assert words([1, 2], Steps((32, 64), 32, 6)) == "64×96 to 96×128"
    assert words([0, 2, 4], Steps((1, 2), 1, 5)) == "1×2, 3×4, ..., 5×6, every 2"
