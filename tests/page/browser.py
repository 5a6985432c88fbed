"""The page of a report in Chromium: how tests open one, and what they look at."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from msgspec import Struct

import cnnstat
from cnnstat.cli.group import cli

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(cnnstat.__file__).parent / "page" / "source"


class Opened(Struct, frozen=True):
    """A page that is open, and what it said on the console or asked for: nothing, where all is well."""

    page: Any
    said: list[str]
    asked: list[str]


@contextmanager
def opened(
    browser: Any,
    path: Path,
    fragment: str = "",
    *,
    scheme: str = "light",
    width: int = 1600,
    height: int = 900,
) -> Iterator[Opened]:
    """Open a file in a window of its own, and wait until the page stands."""
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": height})
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri() + fragment)
    page.wait_for_selector(".drawing, .index, .difference")
    try:
        yield Opened(page, said, asked)
    finally:
        context.close()


def document(*arguments: str) -> Any:
    """Return the JSON that a command prints."""
    return json.loads(CliRunner().invoke(cli, [*arguments, "--format", "json"]).stdout)


def report(folder: Path, *arguments: str) -> Path:
    """Write the report of these arguments into a folder; the same one is written once."""
    path = folder / ("-".join(arguments).replace("/", "_")[-80:] + ".html")
    if not path.exists():
        cli.main(["report", *arguments, "-o", str(path)], standalone_mode=False)
    return path


def axe() -> str:
    """Return the program that looks for what some cannot use; nothing of it is shipped."""
    path = SOURCE / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        pytest.skip("no axe-core: npm ci in cnnstat/page/source")
    return path.read_text(encoding="utf-8")


VIOLATIONS = """
() => axe.run(document, {resultTypes: ['violations']}).then(found => found.violations.flatMap(
  each => each.nodes.map(node => `${each.id}: ${node.html.slice(0, 200)}`)))
"""


def violations(page: Any, program: str) -> list[str]:
    """Return what axe-core finds on a page as it stands."""
    page.evaluate(program)
    return list(page.evaluate(VIOLATIONS))


def tabs(page: Any) -> list[str]:
    """Return the names of the tabs."""
    return [each.inner_text() for each in page.query_selector_all('[role="tab"]')]


def items(page: Any) -> list[str]:
    """Return the paths of what the graph shows, in order."""
    return list(page.eval_on_selector_all("[role=treeitem]", "all => all.map(each => each.dataset.id)"))


def rows(page: Any) -> list[list[str]]:
    """Return the lines of the table of layers, cell by cell."""
    script = "all => all.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    return list(page.eval_on_selector_all("[role=treegrid] tbody tr", script))
