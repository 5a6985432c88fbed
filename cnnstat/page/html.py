"""The HTML around a page: its style and script stand in it, and its policy lets nothing else be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def whole(title: str, head: Iterable[str], body: Iterable[str]) -> str:
    """Return a page of a title, which is escaped already, with lines of HTML in its head and its body."""
    lines = (
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        *head,
        f"<title>{title}</title>",
        "</head>",
        "<body>",
        '<div id="page"></div>',
        *body,
        "</body>",
        "</html>",
        "",
    )
    return "\n".join(lines)


def element(name: str, text: str, attributes: str = "") -> str:
    """Return a script or a style as an element.

    Raises:
        ValueError: something in it would end the element.
    """
    lower = text.lower()
    if f"</{name}" in lower or "<!--" in text or "\r" in text:
        raise ValueError(f"what is built of the page does not fit into <{name}>")
    return f"<{name}{attributes}>{text}</{name}>"


def policy(script: str, style: str, *more: str) -> str:
    """Return a policy that knows one script and one style by their sources, and lets nothing be loaded.

    No text becomes markup or code, either: where a script tries, the browser refuses.
    """
    known = (
        *("default-src 'none'", f"script-src {script}", f"style-src {style}", *more),
        *("img-src data:", "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'"),
    )
    return "; ".join(known)
