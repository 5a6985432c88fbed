"""Where an axis is marked, and how: round steps, and a unit that all of its numbers share."""

from __future__ import annotations

from math import ceil, floor, log10

_BINARY = ((1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))
_DECIMAL = ((10**15, "P"), (10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "K"))
_STEPS = 6


def tick_step(high: float, steps: int = _STEPS) -> float:
    """Return 1, 2 or 5 times a power of ten: the smallest that goes into a value at most so many times."""
    rough = high / steps
    power = 10.0 ** floor(log10(rough)) if rough > 0 else 1.0
    found = next((factor * power for factor in (1, 2, 5) if factor * power >= rough), 10 * power)
    return int(found) if found >= 1 else found


def scale_of(high: float, unit: str) -> tuple[int, str]:
    """Return by how much the numbers of an axis are divided, and what stands behind them."""
    if unit == "bytes":
        return next(((size, f" {name}") for size, name in _BINARY if high >= size), (1, " B"))
    if unit == "count":
        return next(((size, name) for size, name in _DECIMAL if high >= size), (1, ""))
    return 1, ""


def ticks(high: float, unit: str, steps: int = _STEPS) -> list[tuple[float, str]]:
    """Return the values that an axis from 0 is marked at, and their texts in a unit that they share.

    The last one is the value itself, or beyond it.
    """
    size, name = scale_of(high, unit)
    step = tick_step(high / size, steps)
    if unit in ("count", "places") and size == 1:
        step = max(step, 1)
    count = ceil(high / size / step - 1e-9)
    marks = [(step * number * size, step * number) for number in range(count + 1)]
    if unit == "share":
        return [(value, f"{value:.0%}") for value, _ in marks]
    return [(value, f"{part:,.10g}{name}" if value else "0") for value, part in marks]
