"""Where an axis is marked, and how: round steps, and a unit that all of its numbers share."""

from __future__ import annotations

from math import ceil, floor, log, log10

_BINARY = ((1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))
_DECIMAL = ((10**15, "P"), (10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "K"))
_SECONDS = ((1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))
_STEPS = 6


def tick_step(high: float, steps: int = _STEPS) -> float:
    """Return 1, 2 or 5 times a power of ten: the smallest that goes into a value at most so many times."""
    rough = high / steps
    power = 10.0 ** floor(log10(rough)) if rough > 0 else 1.0
    found = next((factor * power for factor in (1, 2, 5) if factor * power >= rough), 10 * power)
    return int(found) if found >= 1 else found


def scale_of(high: float, unit: str) -> tuple[float, str]:
    """Return by how much the numbers of an axis are divided, and what stands behind them."""
    if unit == "bytes":
        return next(((size, f" {name}") for size, name in _BINARY if high >= size), (1, " B"))
    if unit == "seconds":
        return next(((size, f" {name}") for size, name in _SECONDS if high >= size), (1e-9, " ns"))
    if unit == "count":
        return next(((size, name) for size, name in _DECIMAL if high >= size), (1, ""))
    return 1, ""


def ticks(high: float, unit: str, steps: int = _STEPS, low: float = 0) -> list[tuple[float, str]]:
    """Return the values that an axis is marked at, and their texts in a unit that they share.

    Of an axis from 0 the last one is the value itself, or beyond it; of another one all are within.
    """
    size, name = scale_of(high, unit)
    step = tick_step((high - low) / size, steps)
    if unit in ("count", "places") and size == 1:
        step = max(step, 1)
    count = ceil(high / size / step - 1e-9) if not low else floor(high / size / step + 1e-9)
    first = ceil(low / size / step - 1e-9)
    marks = [(step * number * size, step * number) for number in range(first, count + 1)]
    if unit == "share":
        return [(value, f"{value:.0%}") for value, _ in marks]
    return [(value, f"{part:,.10g}{name}" if value else "0") for value, part in marks]


def log_ticks(low: float, high: float, unit: str, steps: int = _STEPS) -> list[tuple[float, str]]:
    """Return the powers of ten, of bytes of two, that a logarithmic axis is marked at, and their texts."""
    base = _base(unit)
    first, last = floor(log(low, base) + 1e-9), ceil(log(high, base) - 1e-9)
    step = max(1, ceil((last - first) / steps))
    values = (_power(base, power) for power in range(first, last + 1, step))
    return [(value, text_of(value, unit)) for value in values]


def log_ends(low: float, high: float, unit: str = "count") -> tuple[float, float]:
    """Return from where to where a logarithmic axis goes: powers, the first not above, the last not below."""
    base = _base(unit)
    first, last = floor(log(low, base) + 1e-9), ceil(log(high, base) - 1e-9)
    return _power(base, first), _power(base, max(last, first + 1))


def _base(unit: str) -> int:
    return 2 if unit == "bytes" else 10


def _power(base: int, power: int) -> float:
    """Return a power; one below 1 is the nearest number to it, as a quotient is."""
    found: float = base**power if power >= 0 else 1 / base**-power
    return found


def text_of(value: float, unit: str) -> str:
    """Return a number of an axis by itself, in its own unit."""
    if unit == "share":
        return f"{value:.0%}"
    size, name = scale_of(value, unit)
    part = value / size
    return f"{part:,.4g}{name}" if part < 1000 else f"{part:,.0f}{name}"
