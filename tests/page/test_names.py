"""Names and figures that a spec makes odd: blank, long, doubled, turned round, or too large for a browser."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.page.browser import document, opened, report, rows

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.page

LAYERS = "input: [1, 8, 8]\nlayers:\n- {type: conv, filters: 2, kernel: 3}\n"


def named(folder: Path, **names: str) -> list[str]:
    """Write a spec for each name, and return their files."""
    for file, name in names.items():
        (folder / f"{file}.yaml").write_text(
            f"name: {json.dumps(name, ensure_ascii=False)}\n{LAYERS}", encoding="utf-8"
        )
    return [str(folder / f"{file}.yaml") for file in names]


def test_signs_that_hide_or_turn_text_round_are_shown(browser: Any, tmp_path: Path) -> None:
    """As the terminal shows them: in the title, in headings, in the menu and in the index."""
    files = named(tmp_path, one="a\u202eevil", two="b\x07\U000e0041c", three=" ")
    shown = [r"a\u202eevil", r"b\x07\U000e0041c", '" "']
    with opened(browser, report(tmp_path, *files)) as at:
        page = at.page
        assert page.locator(".index tbody th").all_inner_texts() == shown
        assert page.locator("header option").all_inner_texts()[1:] == shown
        for position, name in enumerate(shown):
            page.select_option("header select", str(position))
            page.wait_for_selector(".drawing")
            assert page.inner_text("h1") == name
            assert page.title() == f"{name} · cnnstat"
            assert page.locator("h1").bounding_box()["height"] > 10
            page.select_option("header select", "-1")
    with opened(browser, report(tmp_path, *files[:2])) as at:
        assert at.page.inner_text(".difference h2") == " → ".join(shown[:2])
        assert at.page.locator(".difference thead th").all_inner_texts()[1:3] == shown[:2]


def test_a_long_name_leaves_figures_on_the_page(browser: Any, tmp_path: Path) -> None:
    files = named(tmp_path, one="x" * 20_000, two="y", three="z")
    for arguments, table in ((files, ".index"), (files[:2], ".difference")):
        with opened(browser, report(tmp_path, *arguments), width=1200) as at:
            assert at.page.evaluate("document.documentElement.scrollWidth") <= 1200
            for cell in at.page.locator(f"{table} tbody tr td.number").all():
                box = cell.bounding_box()
                assert box["x"] + box["width"] <= 1200
            assert at.page.locator("header select").bounding_box()["width"] < 400
            assert at.page.locator(f"{table} tr").first.bounding_box()["height"] < 200


def test_two_networks_of_one_name_are_told_apart_by_their_files(browser: Any, tmp_path: Path) -> None:
    files = named(tmp_path, one="net", two="net", three="other")
    with opened(browser, report(tmp_path, *files)) as at:
        shown = [f"net ({files[0]})", f"net ({files[1]})", "other"]
        assert at.page.locator(".index tbody th").all_inner_texts() == shown
        assert at.page.locator("header option").all_inner_texts()[1:] == shown


def test_problems_of_a_file_keep_their_lines_and_have_room(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(tmp_path, one="a", two="b")
    monkeypatch.chdir(tmp_path)
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(LAYERS + "- {type: conv, filters: 2, kernel: 30}\n", encoding="utf-8")
    with opened(browser, report(tmp_path, ".")) as at:
        page = at.page
        problem = page.locator(".index .problem")
        line, spec, caret = problem.inner_text().split("\n")[:3]
        assert "kernel 30 exceeds" in line
        assert "kernel: 30" in spec
        assert caret.strip(" |") == "^" * len(caret.strip(" |"))
        table = page.locator(".index table").bounding_box()["width"]
        assert problem.bounding_box()["width"] > table / 2


def test_a_difference_has_no_column_without_words(browser: Any, tmp_path: Path) -> None:
    def heads(*names: str) -> list[str]:
        with opened(browser, report(tmp_path, *names), width=1000) as at:
            status = at.page.locator(".difference .status").all()
            assert {
                round(each.bounding_box()["height"]) for each in status if "\n" in each.inner_text()
            } == set()
            found = at.page.locator(".difference table").nth(1).locator("thead th").all_inner_texts()
            return list(found)

    assert "what differs" not in heads("vgg16", "vgg19")
    assert "what differs" in heads("resnet50", "wide-resnet50")


VAST = (
    "input: [1000000, 1000000, 1000000]\nlayers:\n- {type: conv, filters: 1000000, kernel: 999}\n"
    "- {type: conv, filters: 1000000, kernel: 7}\n- {name: flat, type: flatten}\n"
)
"""MACs near 10^30; JSON.parse of a browser keeps whole numbers up to 2^53."""


def vast(folder: Path, name: str = "vast", text: str = VAST) -> str:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def copied(page: Any) -> list[list[str]]:
    """Return the lines of the table as they are copied."""
    page.evaluate("navigator.clipboard.writeText = async text => { window.copied = text; }")
    page.click("text=Copy as CSV")
    return [*csv.reader(io.StringIO(page.evaluate("window.copied")))]


def test_figures_beyond_what_a_browser_counts_are_those_of_the_terminal(browser: Any, tmp_path: Path) -> None:
    """In the head, the table with its sums, what is copied, the arithmetic, and what other tools print."""
    spec = vast(tmp_path)
    summary = document("summary", spec)
    totals, layers = summary["totals"], summary["layers"]
    assert int(float(totals["macs"])) != totals["macs"] > 2**53
    with opened(browser, report(tmp_path, spec), "#layer=flat") as at:
        page = at.page
        assert f"{totals['macs']:,}" in page.locator(".sums dd").all_inner_texts()
        assert str(layers[2]["output_shape"][0]) in page.inner_text("section.selected")
        for row, layer in zip(rows(page), layers, strict=True):
            assert f"{layer['macs']:,}" in row
            assert f"{layer['connections']:,}" in row
        foot = page.locator("[role=treegrid] tfoot td").all_inner_texts()
        assert f"{totals['connections']:,}" in foot
        lines = copied(page)
        place = lines[0].index("macs")
        assert [int(line[place]) for line in lines[1:]] == [layer["macs"] for layer in layers]
        page.click("[role=treegrid] thead button:text-is('connections')")
        largest = sorted((layer["connections"] for layer in layers), reverse=True)
        assert [row[5] for row in rows(page)] == [f"{each:,}" for each in largest]
        page.click("[role=tab]:text-is('Conventions')")
        for entry in document("flops", spec, "--conventions")["conventions"]:
            assert f"{entry['total']:,}" in page.inner_text("#panel-conventions")
        page.click("[data-id=conv1]")
        said = page.inner_text("section[aria-label=Arithmetic]")
        for step in document("explain", spec)["explained"][0]["steps"]:
            if "result" in step:
                assert f"{step['result']:,}" in said
        assert "≈" not in page.inner_text("body")
        assert at.said == []


def test_the_difference_of_figures_beyond_what_a_browser_counts_is_exact(
    browser: Any, tmp_path: Path
) -> None:
    files = [vast(tmp_path), vast(tmp_path, "other", VAST.replace("999}", "997}"))]
    before, after = (document("summary", file)["totals"]["macs"] for file in files)
    with opened(browser, report(tmp_path, *files)) as at:
        shown = at.page.inner_text(".difference table >> nth=0")
        assert f"{before:,}" in shown
        assert f"{after:,}" in shown
        assert f"{after - before:,}".replace("-", "−") in shown
        assert "≈" not in at.page.inner_text("body")


def test_a_chart_says_every_digit(browser: Any, tmp_path: Path) -> None:
    """A tooltip has the number of the table; d3 alone would round from the thirteenth digit on."""
    wide = "input: [3, 99991, 9973]\nlayers:\n- {type: conv, filters: 101, kernel: 3}\n"
    for text in (VAST, wide):
        spec = vast(tmp_path, f"chart{len(text)}", text)
        layer = document("summary", spec)["layers"][0]
        assert layer["macs"] > 10**12
        with opened(browser, report(tmp_path, spec), "#tab=costs") as at:
            bar = at.page.locator("#panel-costs .mark-rect path").first
            bar.wait_for(state="attached")
            bar.dispatch_event("pointermove")
            at.page.locator("#panel-costs [title]").first.wait_for(state="attached")
            assert f": {layer['macs']:,}" in at.page.get_attribute("#panel-costs [title]", "title")
            assert at.said == []
