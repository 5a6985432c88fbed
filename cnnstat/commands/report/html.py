"""What a page is made of -> one HTML file, which needs nothing beside it.

Data stand in it as gzip in base64: whatever texts a spec has, none of them is markup. Scripts and styles are
those whose hash the file's own Content-Security-Policy names; the policy lets nothing be loaded. Who has no
script sees the totals.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import TYPE_CHECKING

from cnnstat.base.text import visible
from cnnstat.commands.report.packed import packed
from cnnstat.page.html import element, policy, whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.commands.report.document import IndexEntry, PageDocument
    from cnnstat.commands.report.packed import Packed
    from cnnstat.page.assets import Assets

MEDIA_TYPE = "application/gzip;base64"
"""Of the elements that hold data: a type that no browser takes for a script."""
DOCUMENT = "document"
"""The element of the `PageDocument`; that of the network at a position is `network-POSITION`."""
_COLUMNS = ("params", "macs", "flops", "activations", "inference_memory_bytes", "training_memory_bytes")
_HEADS = ("network", "input", "layers", "params", "MACs", "FLOPs", "activations", "inference B", "training B")


def html(document: PageDocument, networks: Sequence[Packed | None], assets: Assets) -> str:
    """Return the file of a report: the page, and of each network what is shown of it, None for none."""
    held = [_data(DOCUMENT, packed(document))]
    held += [_data(f"network-{i}", network) for i, network in enumerate(networks) if network is not None]
    title = escape(visible(document.title))
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{policy_of(assets)}">',
        '<meta name="referrer" content="no-referrer">',
        f'<meta name="generator" content="cnnstat {document.version}">',
        element("style", assets.style),
    )
    body = (*_without_script(document, title), *held, element("script", assets.script))
    return whole(f"{title} · cnnstat", head, body)


def policy_of(assets: Assets) -> str:
    """Return the policy of a file with this script and this style: nothing else runs, nothing is loaded."""
    return policy(_hash(assets.script), _hash(assets.style))


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _data(name: str, value: Packed) -> str:
    return f'<script type="{MEDIA_TYPE}" id="{name}">{value.text}</script>'


def _without_script(document: PageDocument, title: str) -> Iterator[str]:
    """Yield the totals as a plain table."""
    yield "<noscript>"
    yield f"<h1>{title}</h1>"
    yield "<p>These are the totals. All else of this page needs JavaScript, which it brings along.</p>"
    yield "<table>"
    yield "<caption>Totals of the networks</caption>"
    yield "".join(("<tr>", *(f'<th scope="col">{head}</th>' for head in _HEADS), "</tr>"))
    for entry in document.index:
        yield f"<tr>{_row(entry)}</tr>"
    yield "</table>"
    yield "</noscript>"


def _row(entry: IndexEntry) -> str:
    name = f'<th scope="row">{escape(visible(entry.name))}</th>'
    if entry.totals is None:
        problems = "<br>".join(escape(visible(problem.partition("\n")[0])) for problem in entry.problems)
        return f'{name}<td colspan="{len(_HEADS) - 1}">{problems}</td>'
    numbers = (entry.layers, *(getattr(entry.totals, key) for key in _COLUMNS))
    shape = "×".join(map(str, entry.input_shape))
    return "".join((name, f"<td>{shape}</td>", *(f"<td>{number:,}</td>" for number in numbers)))
