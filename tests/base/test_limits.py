"""Specs made to be slow end soon, with a reason."""

from __future__ import annotations

import pytest

import cnnstat
from cnnstat.base.limits import MAX_LAYERS, MAX_PROBLEMS


def tower(levels: int, call: str, last: str) -> str:
    """Return blocks that each hold two of the next."""
    blocks = "".join(
        f"  b{i}: {{params: {{x: 0}}, layers: [{call.format(n=i + 1)}, {call.format(n=i + 1)}]}}\n"
        for i in range(levels)
    )
    ground = f"  b{levels}: {{params: {{x: 0}}, layers: [{last}]}}\n"
    return f"input: [1, 8, 8]\nblocks:\n{blocks}{ground}layers: [{{type: b0}}]\n"


@pytest.mark.parametrize(
    ("levels", "call", "last"),
    [
        (25, "{{type: b{n}}}", "{type: relu}"),
        (40, "{{type: b{n}}}", "{type: relu}"),
        (25, "{{type: b{n}}}", "{type: relu, when: false}"),
        (25, "{{type: b{n}, x: 2 * $x + 1}}", "{type: relu, when: false}"),
    ],
)
def test_towers_of_blocks(levels: int, call: str, last: str) -> None:
    with pytest.raises(cnnstat.SpecError, match=rf"more than {MAX_LAYERS:,} layers|nest more than"):
        cnnstat.loads(tower(levels, call, last))


def test_problems_are_not_listed_without_end() -> None:
    lines = "".join(f"  - {{type: relu, from: nothing{i}}}\n" for i in range(2000))
    with pytest.raises(cnnstat.SpecError) as caught:
        cnnstat.loads(f"input: [1, 8, 8]\nlayers:\n{lines}")
    assert len(caught.value.problems) == MAX_PROBLEMS


def test_counts_beyond_machine_integers_are_exact() -> None:
    n = 1_000_000
    text = f"input: [{n}, {n}, {n}]\nlayers:\n  - {{type: conv, filters: {n}, kernel: {n}, padding: same}}\n"
    totals = cnnstat.analyze(cnnstat.loads(text)).totals.counts
    assert totals.params == n * (n**3 + 1)
    assert totals.macs == n**6
    # Along an axis, output o reads inputs o - 499,999 to o + 500,000: n·n less what both ends lack.
    taps = n * n - sum(range(500_000)) - sum(range(500_001))
    assert totals.connections == n * n * taps**2 + n**3


def test_many_strides_at_one_join_make_the_field_unknown() -> None:
    pools = "".join(
        f"  - {{name: p{s}, type: max_pool, kernel: 1, stride: {s}, from: input}}\n"
        f"  - {{name: c{s}, type: crop, size: 2}}\n"
        for s in range(1, 12)
    )
    names = ", ".join(f"c{s}" for s in range(1, 12))
    text = (
        f"input: [1, 64]\nlayers:\n{pools}  - {{name: sum, type: add, from: [{names}]}}\n  - {{type: relu}}\n"
    )
    assert cnnstat.analyze(cnnstat.loads(text)).rows[-1].field.because == "sum"
