"""Sizes in few words."""

from __future__ import annotations

import pytest

from cnnstat.commands.sizes.size_range import Steps
from cnnstat.commands.sizes.spans import spans


@pytest.mark.parametrize(
    ("sizes", "said"),
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
def test_sizes_from_1_to_100(sizes: range | list[int], said: str) -> None:
    assert spans([size - 1 for size in sizes], Steps((1, 1), 1, 100)) == said


def test_steps_and_oblong_sizes() -> None:
    assert spans([0, 2, 4], Steps((32,), 32, 6)) == "64k + 32 (32, 96, ..., 160)"
    assert spans([1, 2], Steps((32, 64), 32, 6)) == "64×96 to 96×128"
    assert spans([0, 2, 4], Steps((1, 2), 1, 5)) == "1×2, 3×4, ..., 5×6, every 2"
