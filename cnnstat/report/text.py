"""Raw values as readers see them. Only renderers come here; data formats keep the raw values."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from cnnstat.base.text import bytes_text, plain
from cnnstat.report.model import Quantity, Sides

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.report.model import Kind, Phrase

_LONG = re.compile(r"[0-9]{5,}")
UNKNOWN = "–"  # an unknown figure; never zero
_ROUNDING = 1e-16
"""Relative errors below the digits of float64 are not kept apart."""
ARROW = " → "


def shown(value: Any, kind: Kind) -> str:
    """Return a cell as text."""
    if isinstance(value, Sides):
        return sides(value, kind)
    if isinstance(value, Quantity):
        return shown(value.value, value.kind)
    if value is None:
        return UNKNOWN
    return _WAYS[kind](value) if value != "" else ""


def said(phrase: Phrase) -> str:
    """Return a phrase as text."""
    parts = (phrase,) if isinstance(phrase, str) else phrase
    return "".join(plain(part) if isinstance(part, str) else shown(part, part.kind) for part in parts)


def sides(cell: Sides, kind: Kind) -> str:
    """Return both sides of a comparison, or one text where they agree or only one is there."""
    texts = [shown(side, kind) for side in (cell.before, cell.after) if side != ""]
    return ARROW.join(dict.fromkeys(texts))


def sizes(values: tuple[Any, ...]) -> str:
    """Return one number where all axes agree, else one per axis."""
    texts = [UNKNOWN if value is None else number(value) for value in values]
    return texts[0] if len(set(texts)) == 1 else "×".join(texts)


def number(value: int | Fraction) -> str:
    """Return an integer, or a fraction as ``1/2``."""
    if isinstance(value, Fraction) and value.denominator != 1:
        return f"{value.numerator}/{value.denominator}"
    return f"{int(value):,}"


def ratio(value: float) -> str:
    """Return a quotient with three digits or so."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 0.1 else f"{value:.2f}"


def grouped(numbers: str) -> str:
    """Return arithmetic with its long numbers grouped: ``120·(16·5·5 + 1) = 48,120``."""
    return _LONG.sub(lambda found: f"{int(found[0]):,}", numbers)


def seconds_text(seconds: float) -> str:
    """Return a time with the unit that leaves few digits: ``755 µs``."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{ratio(seconds / size)} {unit}"
    return f"{ratio(seconds / 1e-9)} ns" if seconds else "0 s"


_PLAIN_SIGNS = str.maketrans(
    {
        **dict(zip("×·–−…─█▏▎▍▌▋▊▉│├┤┬┴┼╮╯●µ", "x*--~-#||||###|||+++\\/*u", strict=True)),
        **{"⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")", "→": "->"},
    }
)


def encodable(text: str, encoding: str) -> str:
    """Return text that an output of this encoding can show: signs it lacks become plain ones."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAIN_SIGNS)
    return text


def bar(share: float, width: int) -> str:
    """Return a bar of at most ``width`` characters, in eighths."""
    eighths = round(share * width * 8)
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()


def _plainly(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else plain(str(value))


def _signed(value: int, kind: Kind) -> str:
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return sign + shown(abs(value), kind)


_WAYS: dict[Kind, Callable[[Any], str]] = {
    "text": lambda value: plain(", ".join(value) if isinstance(value, tuple) else str(value)),
    "count": _plainly,
    "shape": lambda value: "×".join(map(str, value)),
    "sizes": sizes,
    "share": lambda value: f"{100 * value:.1f}%",
    "bar": _plainly,
    "bytes": bytes_text,
    "added": lambda value: f"+{value:,}" if value else "",
    "signed": lambda value: _signed(value, "count"),
    "signed_bytes": lambda value: _signed(value, "bytes"),
    "ratio": ratio,
    "figure": lambda value: said(value) if isinstance(value, str | tuple) else _plainly(value),
    "arithmetic": lambda value: grouped(plain(value)),
    "real": lambda value: f"{value:.6g}",
    "score": lambda value: f"{value:.4g}",
    "seconds": lambda value: seconds_text(float(value)),
    "error": lambda value: f"{value:.1e}" if value >= _ROUNDING else f"<{_ROUNDING:.0e}",
}
"""How a value of each kind is shown; see `Kind`."""
