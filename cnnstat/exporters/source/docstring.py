"""The docstring of a source: the network's name and where it comes from, as texts that are no code."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from cnnstat.exporters.source.layout import WIDTH
from cnnstat.exporters.source.names import inert

if TYPE_CHECKING:
    from cnnstat.exporters.source.network import Network


def docstring(network: Network, *paragraphs: str) -> list[str]:
    """Return the docstring of a file, with these paragraphs behind the network's source."""
    title = inert(network.label) or "A network"
    first = textwrap.shorten(title, WIDTH - 8, placeholder="...")
    if first[-1] not in ".?!":
        first += "."
    texts = [text for text in (inert(network.spec.source), *paragraphs) if text]
    if not texts:
        return [f'"""{first}"""']
    inside = [line for each in texts for line in ("", *textwrap.wrap(each, WIDTH))]
    return [f'"""{first}', *inside, '"""']
