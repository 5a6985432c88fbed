"""What is built of the page's source, as it is shipped: scripts, styles, and the licences of libraries."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

BUILT = Path(__file__).parent / "built"


class Assets(Struct, frozen=True):
    """The script and the style of one way into the page."""

    script: str
    style: str


def assets(name: str) -> Assets:
    """Return what is built under a name: `report` or `serve`."""
    return Assets(*((BUILT / f"{name}.{suffix}").read_text(encoding="utf-8") for suffix in ("js", "css")))


def licences() -> str:
    """Return the licences of all libraries that are in the scripts."""
    return (BUILT / "LICENCES.txt").read_text(encoding="utf-8")
