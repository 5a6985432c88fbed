"""The pictures that stand in pages: each is what the command above it draws.

`python -m tests.docs` draws them anew where the extra `draw` is installed.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from cnnstat.commands.draw.libraries import NoLibraryError, graphviz
from tests.program import within

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DOCS = Path(__file__).parents[1] / "docs"
FOLDER = DOCS / "pictures"
_SHOWN = re.compile(r"```sh\ncnnstat ([^\n]+) -o (\S+)\n```\n\n!\[[^\]\n]+\]\(pictures/(\S+)\)")


def shown_in(pages: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Yield what stands in pages: the arguments, the file that they name, and the picture below them."""
    for page in pages:
        yield from _SHOWN.findall(page)


SHOWN = list(shown_in(path.read_text(encoding="utf-8") for path in sorted(DOCS.glob("*.md"))))


def draw(arguments: str, file: Path) -> None:
    """Write the picture that a command draws."""
    ended = within(*shlex.split(arguments), "-o", str(file))
    assert not ended.returncode, ended.stderr


def draw_all() -> None:
    """Draw all pictures anew; where Graphviz is missing, say that they stay as they are."""
    try:
        graphviz()
    except NoLibraryError as error:
        print(f"docs/pictures stays as it is: {error}")
        return
    for arguments, _, name in SHOWN:
        draw(arguments, FOLDER / name)
