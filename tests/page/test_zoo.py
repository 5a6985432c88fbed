"""Bundled networks on the page, in Chromium: its numbers are those of `summary --format json`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from cnnstat.cli.group import cli
from cnnstat.spec import bundled
from tests.chromium import chromium
from tests.page.browser import items, opened, report, rows

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.page

KINDS = ("lenet5", "siamese", "unet3d", "wavenet", "vit-b-16")
"""Maps, two inputs, volumes, signals, tokens."""
PARTS = 12
"""So many files, each of which a browser opens in seconds."""
COLUMNS = ("output_shape", "params", "macs", "connections")


def compare(page: Any, summary: Any) -> None:
    """Hold what a page shows of a network against the document: the sums, every line, every item."""
    shown = page.inner_text(".sums")
    totals = summary["totals"]
    for figure in (len(summary["layers"]), totals["params"], totals["macs"]):
        assert f"{figure:,}" in shown
    page.click("[role=treegrid] thead button >> nth=0")  # in order of names: layers alone
    lines = {line[0]: line[2:6] for line in rows(page)}
    page.click("text=Order of the spec")
    assert lines == {layer["name"]: [cell(layer[key]) for key in COLUMNS] for layer in summary["layers"]}
    foot = page.eval_on_selector_all("tfoot td", "all => all.map(each => each.innerText)")
    assert foot[1:5] == [cell(totals[key]) for key in COLUMNS]


def cell(value: Any) -> str:
    return "×".join(map(str, value)) if isinstance(value, list) else f"{value:,}"


def document(*arguments: str) -> Any:
    return json.loads(CliRunner().invoke(cli, [*arguments, "--format", "json"]).stdout)


@pytest.mark.parametrize("name", KINDS)
def test_a_network_of_each_kind(tmp_path: Path, name: str) -> None:
    with chromium() as browser, opened(browser, report(tmp_path, name)) as at:
        compare(at.page, document("summary", name))
        at.page.click(".graph button:text-is('Unfold all')")
        for place in range(0, len(items(at.page)), 7):
            at.page.locator(".node").nth(place).focus()
            at.page.keyboard.press("Enter")
            assert at.page.inner_text(".selected h2")
        assert at.said == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_every_bundled_network(tmp_path: Path, part: int) -> None:
    names = bundled.names()[part::PARTS]
    with chromium() as browser, opened(browser, report(tmp_path, *names)) as at:
        page = at.page
        assert page.locator(".index tbody tr").count() == len(names)
        for position, name in enumerate(names):
            summary = document("summary", name)
            title = f"Layers of {summary['name']}"
            page.select_option("header select", str(position))
            page.wait_for_selector(f"[role=tree][aria-label={json.dumps(title)}]")
            compare(page, summary)
        assert at.said == []
