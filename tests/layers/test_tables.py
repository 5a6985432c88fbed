"""Rows of connection tables by the pattern that they are rotations of."""

from __future__ import annotations

import random

import pytest

from cnnstat.layers.conv import _pattern, runs


@pytest.mark.parametrize("seed", range(20))
def test_rotations_have_one_pattern_and_others_another(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(50):
        maps = rng.randint(1, 9)
        row = tuple(rng.sample(range(maps), rng.randint(1, maps)))
        turns = {tuple(sorted((i + by) % maps for i in row)) for by in range(maps)}
        other = tuple(sorted(rng.sample(range(maps), len(row))))
        assert all(_pattern(turn, maps) == _pattern(row, maps) for turn in turns)
        assert (_pattern(other, maps) == _pattern(row, maps)) == (other in turns)


class Counted(int):
    """A number that counts how often it is compared."""

    compared = 0

    def __lt__(self, other: int) -> bool:
        Counted.compared += 1
        return int(self) < int(other)

    def __eq__(self, other: object) -> bool:
        Counted.compared += 1
        return int(self) == other

    __hash__ = int.__hash__

    def __sub__(self, other: int) -> Counted:
        return Counted(int(self) - int(other))

    def __mod__(self, other: int) -> Counted:
        return Counted(int(self) % int(other))


@pytest.mark.parametrize("maps", [500, 1000])
def test_a_long_row_is_gone_through_once(maps: int) -> None:
    Counted.compared = 0
    assert list(runs((tuple(map(Counted, range(maps))),), maps)) == [(1, maps)]
    assert Counted.compared <= 6 * maps
