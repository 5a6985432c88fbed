"""Hostile receptive fields: patterns that repeat only after thousands of outputs, and joins of such."""

from __future__ import annotations

from tests.hostile.repeated import Kind, listed, repeated

SIGNAL = "input: [1, 8192]\nlayers:\n"
ENLARGED = f"{SIGNAL}  - {{type: upsample, size: 8191, name: u}}\n"


def pool(number: int, more: str = "") -> str:
    """Return a pool that keeps the size, wider than the one above."""
    return f"  - {{type: max_pool, kernel: {2 * number + 3}, stride: 1, padding: {number + 1}{more}}}\n"


def join(number: int) -> str:
    """Return a pool that meets the map that all of them come from."""
    return f"{pool(number, f', name: p{number}')}  - {{type: add, from: [p{number}, u]}}\n"


def two_strides(head: str) -> Kind:
    """Return pools behind a join of different strides, whose patterns repeat at different times."""
    branches = (
        "  - {type: upsample, size: 8191, name: a}\n  - {type: crop, size: 4000, name: x}\n"
        "  - {type: upsample, size: 8179, from: input}\n  - {type: crop, size: 4000, name: y}\n"
        "  - {type: add, from: [x, y]}\n"
    )
    return repeated(pool, f"{head}{branches}")


KINDS: dict[str, Kind] = {
    "equal pools": repeated("  - {type: max_pool, kernel: 1}\n", ENLARGED),
    "pools": repeated(pool, ENLARGED),
    "pools of a signal that grows by one": repeated(
        pool, "input: [1, 8190]\nlayers:\n  - {type: upsample, size: 8191}\n"
    ),
    "pools behind a pattern too long": repeated(
        pool, "input: [1, 1000000]\nlayers:\n  - {type: upsample, size: 999991}\n"
    ),
    "dilated pools of holes": repeated(
        lambda i: f"  - {{type: max_pool, kernel: 2, dilation: {i % 50 + 1}, stride: 1}}\n",
        "input: [1, 900]\nlayers:\n"
        "  - {type: transposed_conv, filters: 1, kernel: 5, dilation: 700, stride: 1009, name: u}\n",
    ),
    "upsamplings": repeated(lambda i: f"  - {{type: upsample, size: {8191 - i}}}\n", SIGNAL),
    "bilinear upsamplings": repeated(
        lambda i: f"  - {{type: upsample, mode: bilinear, size: {8191 - i}}}\n", SIGNAL
    ),
    "adaptive pools": repeated(lambda i: f"  - {{type: adaptive_avg_pool, size: {8191 - i}}}\n", SIGNAL),
    "adaptive pools of one map": listed(
        lambda i: f"  - {{type: adaptive_avg_pool, size: {8191 - i}, name: a{i}, from: input}}\n",
        lambda i: f"a{i}",
        SIGNAL,
        "outputs: [",
        "]\n",
    ),
    "transposed convolutions": repeated(
        lambda i: (
            f"  - {{type: transposed_conv, filters: 1, kernel: {8191 - i}, stride: 8191}}\n"
            "  - {type: crop, size: 8}\n"
        ),
        "input: [1, 8]\nlayers:\n",
    ),
    "joins": repeated(join, ENLARGED),
    "two strides": two_strides(SIGNAL),
    "layers behind two strides": repeated("  - {type: relu}\n", two_strides(SIGNAL)(0)),
    "layers behind two strides that are known": repeated(
        "  - {type: relu}\n",
        f"{ENLARGED}  - {{type: crop, size: 4000, name: x}}\n"
        "  - {type: crop, size: 4000, name: y, from: input}\n  - {type: add, from: [x, y]}\n",
    ),
    "one map joined with itself": listed(
        lambda i: "", lambda i: "u", ENLARGED, "  - {type: concat, from: [", "]}\n"
    ),
    "strides": repeated(
        "  - {type: max_pool, kernel: 1, stride: 2}\n  - {type: upsample, scale: 2}\n",
        "input: [1, 64, 64]\nlayers:\n",
    ),
}
