"""Receptive fields of random networks against the sets of inputs that each unit really reads."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

import cnnstat
from tests.layers.test_windows import slid, transposed

if TYPE_CHECKING:
    from cnnstat.analysis import Analysis

Reads = list[set[int]]
"""For each unit of a signal, the input positions it reads; negative and far ones are padding."""

FAR = 10_000


def chain(rng: random.Random, reads: Reads) -> tuple[str, Reads]:
    """Return one random layer as YAML, and what its units read."""
    n = len(reads)
    kind = rng.choice(["conv", "conv", "pool", "up", "transposed", "crop"])
    if kind == "up":
        return "{type: upsample, scale: 2}", [reads[o // 2] for o in range(2 * n)]
    if kind == "crop":
        return "{type: crop, margins: [1, 2]}", reads[1 : n - 2]
    f, s = rng.randint(2, 3), rng.randint(1, 2)
    if kind == "transposed":
        painted = transposed(n, f, s, 0, 0, 1)
        layer = f"{{type: transposed_conv, filters: 1, kernel: {f}, stride: {s}}}"
        return layer, [set().union(*(reads[i] for i in inputs)) for inputs in painted]
    d = rng.randint(1, 2)
    taps = slid(n, f, s, 0, 0, d, "floor")
    windows = [set().union(*(reads[t] for t in window)) for window in taps]
    name = "conv, filters: 1" if kind == "conv" else "max_pool"
    return f"{{type: {name}, kernel: {f}, stride: {s}, dilation: {d}}}", windows


@pytest.mark.parametrize("seed", range(60))
def test_random_chains(seed: int) -> None:
    rng = random.Random(seed)
    reads: Reads = [{i} for i in range(60)]
    lines = []
    for _ in range(rng.randint(1, 6)):
        line, after = chain(rng, reads)
        if len(after) < 6:
            break
        lines.append(line)
        reads = after
    analysis = analyzed(60, lines)
    row = analysis.rows[-1]
    assert row.output_shape[1] == len(reads)
    for unit, inputs in enumerate(reads):
        ((low, high),) = row.field.region((unit,))
        if inputs:
            # Transposed convolutions bounds beyond the map's ends, where there is nothing to read.
            read = [i for i in (min(inputs), max(inputs)) if low <= i <= high]
            assert len(read) == 2, (lines, unit)
            if low >= 0 and high < 60 and not any("transposed" in line for line in lines):
                assert (low, high) == (min(inputs), max(inputs)), (lines, unit)


def analyzed(size: int, lines: list[str]) -> Analysis:
    body = "\n".join(f"  - {line}" for line in lines)
    return cnnstat.analyze(cnnstat.loads(f"input: [1, {size}]\nlayers:\n{body}\n"))


def field(lines: list[str], size: int = 32) -> tuple[object, object, object, bool]:
    row = analyzed(size, lines).rows[-1]
    return row.field.sizes(row.output_shape), row.field.strides, row.field.paddings, row.field.aligned


def test_transposed_convolution_has_two_phases() -> None:
    # Kernel 3, stride 2: even outputs read two inputs, odd ones one; the stride is a half.
    size, stride, padding, _ = field(["{type: transposed_conv, filters: 1, kernel: 3, stride: 2}"])
    assert (size, stride, padding) == ((2,), (Fraction(1, 2),), (1,))


def test_join_of_equal_strides_is_the_union() -> None:
    lines = [
        "{name: a, type: conv, filters: 1, kernel: 3, padding: 1}",
        "{name: b, type: conv, filters: 1, kernel: 7, padding: 3, from: input}",
        "{type: add, from: [a, b]}",
    ]
    assert field(lines) == ((7,), (1,), (3,), True)


def test_join_of_shifted_branches_is_not_aligned() -> None:
    lines = [
        "{name: a, type: conv, filters: 1, kernel: 3, padding: [2, 0]}",
        "{name: b, type: conv, filters: 1, kernel: 3, padding: 1, from: input}",
        "{type: add, from: [a, b]}",
    ]
    assert field(lines) == ((4,), (1,), (2,), False)


def test_join_of_different_strides_has_no_stride() -> None:
    lines = [
        "{name: a, type: conv, filters: 1, kernel: 1, stride: 2}",
        "{name: b, type: slice, axis: length, stop: 16, from: input}",
        "{type: add, from: [a, b]}",
    ]
    # Unit 15 reads inputs 30 (stride 2) and 15 (stride 1): 16 positions from end to end.
    assert field(lines) == ((16,), (None,), (0,), False)


def test_whole_and_unknown() -> None:
    text = "input: [2, 8, 8]\nlayers:\n  - {name: p, type: permute, order: [1, 0, 2]}\n  - {type: relu}\n"
    unknown = cnnstat.analyze(cnnstat.loads(text)).rows[-1]
    assert unknown.field.because == "p"
    gate = "  - {name: gate, type: global_avg_pool}\n  - {type: multiply, from: [input, gate]}\n"
    whole = f"input: [2, 8, 8]\nlayers:\n{gate}"
    assert all(row.field.whole for row in cnnstat.analyze(cnnstat.loads(whole)).rows)


def test_one_pass_over_a_graph_with_many_paths() -> None:
    # 2^60 paths; enumeration would never end.
    body = "".join(
        f"  - {{name: c{i}, type: conv, filters: 1, kernel: 3, padding: 1}}\n"
        f"  - {{name: a{i}, type: add, from: [c{i}, {'input' if i == 0 else f'a{i - 1}'}]}}\n"
        for i in range(60)
    )
    row = cnnstat.analyze(cnnstat.loads(f"input: [1, 9]\nlayers:\n{body}")).rows[-1]
    assert row.field.sizes(row.output_shape) == (121,)
