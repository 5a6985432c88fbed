"""Names and figures that a spec makes odd: blank, long, doubled, turned round, or too large for a browser."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.chromium import chromium
from tests.page.browser import opened, report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.page

LAYERS = "input: [1, 8, 8]\nlayers:\n- {type: conv, filters: 2, kernel: 3}\n"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


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


def test_a_figure_beyond_what_a_browser_counts_is_not_said_to_be_exact(browser: Any, tmp_path: Path) -> None:
    """2^53 is the most that JSON in a browser keeps: the arithmetic, a text, has what the terminal prints."""
    spec = tmp_path / "vast.yaml"
    spec.write_text(
        "input: [3, 999983, 999979]\nlayers:\n- {type: conv, filters: 9001, kernel: 1}\n", encoding="utf-8"
    )
    macs = 3 * 9001 * 999983 * 999979
    assert macs > 2**53
    assert int(float(macs)) != macs
    with opened(browser, report(tmp_path, str(spec)), "#layer=conv1") as at:
        about = f"≈ {macs:,}"[:-2]
        shown = at.page.locator(".sums dd").all_inner_texts()
        assert any(each.startswith(about) for each in shown)
        assert about in at.page.inner_text("[role=treegrid] tbody tr:last-child")
        assert f"{9001 * 4:,}" in shown  # params, which are exact
        at.page.evaluate("navigator.clipboard.writeText = async text => { window.copied = text; }")
        at.page.click("text=Copy as CSV")
        assert f'"{about}' in at.page.evaluate("window.copied")
