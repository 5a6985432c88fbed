"""The bundled networks as a page lists them, and their texts."""

from __future__ import annotations

from functools import cache

from cnnstat.commands.serve.document import ReadDocument, ZooDocument, ZooEntry
from cnnstat.spec import bundled


@cache
def zoo() -> ZooDocument:
    """Return all of them."""
    return ZooDocument(
        networks=tuple(ZooEntry(name=name, family=bundled.family(name)) for name in bundled.names())
    )


def zoo_text(name: str) -> ReadDocument | None:
    """Return the text of one, None where there is none of this name: a name is no path."""
    if name not in bundled.names():
        return None
    found = bundled.locate(name)
    assert found is not None  # it is one of the names
    path, variant = found
    return ReadDocument(text=path.read_text(encoding="utf-8"), variant=variant)
