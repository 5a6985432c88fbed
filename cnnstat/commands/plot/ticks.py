"""Where an axis is marked, and how: round steps, and a unit that all of its numbers share."""

from __future__ import annotations

from math import floor, log10

_UNITS = ((1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))
_STEPS = 6


def tick_step(high: float, steps: int = _STEPS) -> float:
    """Return 1, 2 or 5 times a power of ten: the smallest that goes into a value at most so many times."""
    rough = high / steps
    power = 10.0 ** floor(log10(rough)) if rough > 0 else 1.0
    found = next((factor * power for factor in (1, 2, 5) if factor * power >= rough), 10 * power)
    return int(found) if found >= 1 else found


def unit_of_bytes(high: float) -> tuple[int, str]:
    """Return how many bytes the unit has in which a value is more than 1, and what it is called."""
    return next(((size, name) for size, name in _UNITS if high >= size), (1, "B"))


def ticks(high: float, unit: str, steps: int = _STEPS) -> list[tuple[float, str]]:
    """Return the values that an axis from 0 is marked at, and their texts in a unit that they share."""
    size, name = unit_of_bytes(high) if unit == "bytes" else _thousands(high) if unit == "count" else (1, "")
    step = tick_step(high / size, steps)
    count = int(high / size / step + 1e-9) + 1
    texts = ((step * number, f"{step * number:.4g}") for number in range(count))
    if unit == "share":
        return [(value, f"{value:.0%}") for value, _ in texts]
    space = " " if unit == "bytes" else ""
    return [(value * size, f"{text}{space}{name}" if value else "0") for value, text in texts]


def _thousands(high: float) -> tuple[int, str]:
    return next(
        (
            (1000**power, name)
            for power, name in enumerate("KMGTP", 1)
            if 1000**power <= high < 1000 ** (power + 1)
        ),
        (1, ""),
    )
