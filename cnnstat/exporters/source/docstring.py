"""What docstrings of a source say: the network's name, where it is from, and which shapes become which."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from cnnstat.exporters.source.layout import WIDTH
from cnnstat.exporters.source.names import inert

if TYPE_CHECKING:
    from cnnstat.exporters.source.build import Build
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


def mapping(build: Build, begin: str, most: int, width: int) -> str:
    """Return which shapes become which, behind a word that begins it.

    There are as many pairs as fit into ``most`` characters; a pair that is long itself is cut to ``width``.
    """
    shapes, shown = build.network.shapes, build.forward.shape_text
    pairs = []
    for i, scope in enumerate(build.scopes):
        ins = " and ".join(shown(shapes[number]) for number in scope.inputs)
        found = [shown(shapes[val.numbers[i]]) for val in build.outputs if val.numbers]
        outs = " and ".join(found) if len(found) < 4 else f"{found[0]} and {len(found) - 1} more"
        pairs.append(f"{ins} to {outs}")
    first, *others = dict.fromkeys(pairs)
    text, end = begin + first, "."
    for each in others:
        if len(text) + len(each) > most:
            end = ", ..."
            break
        text += f", {each}"
    return textwrap.shorten(text, width, placeholder="...") + end
