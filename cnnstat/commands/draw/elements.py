"""Elements of SVG: texts that are escaped and say how wide they are, rectangles, and numbers."""

from __future__ import annotations

from html import escape

from cnnstat.commands.draw.text_width import text_width


def text_of(text: str) -> str:
    """Return a text escaped for XML, without the characters that XML cannot have."""
    return escape("".join(sign for sign in text if sign.isprintable()))


def coordinate(value: float) -> str:
    """Return a number of pixels, to a tenth."""
    return f"{value:.1f}".removesuffix(".0")


def text_element(text: str, x: float, y: float, size: float, style: str, anchor: str = "") -> str:
    """Return a text on a base line; ``anchor`` says what of it is at ``x``, the start if nothing."""
    if not text:
        return ""
    where = f' text-anchor="{anchor}"' if anchor else ""
    long = text_width(text, size, bold=style.startswith("name"))
    return (
        f'<text class="{style}" x="{coordinate(x)}" y="{coordinate(y)}" font-size="{coordinate(size)}"{where}'
        f' textLength="{coordinate(long)}" lengthAdjust="spacingAndGlyphs">{text_of(text)}</text>'
    )


def rect_element(x: float, y: float, width: float, height: float, style: str, corner: float) -> str:
    """Return a rectangle; its corners are round."""
    named = f' class="{style}"' if style else ""
    values = {"x": x, "y": y, "width": width, "height": height, "rx": corner}
    places = " ".join(f'{name}="{coordinate(value)}"' for name, value in values.items())
    return f"<rect{named} {places}/>"
