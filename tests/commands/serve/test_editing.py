"""The editor and the fields beside it in Chromium: typed over, and refused where it is set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.commands.serve.browser import problems, quiet_page, start_from, sums, until
from tests.commands.serve.client import SMALL
from tests.page.browser import items

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.page


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Any]:
    path = tmp_path / "net.yaml"
    path.write_text(SMALL)
    with quiet_page(str(path)) as found:
        yield found


def text(page: Any) -> str:
    return str(page.locator(".editor .cm-content").inner_text())


def test_a_selection_is_typed_over_without_a_word_of_the_policy(page: Any) -> None:
    """Chromium would put the style of what is replaced on what is typed, which the policy refuses."""
    page.locator(".editor .cm-content").click()
    for keys in ("Control+a", "Home Shift+End", "Control+Home Shift+ArrowDown Shift+ArrowDown"):
        for key in keys.split():
            page.keyboard.press(key)
        page.keyboard.type("xy")
        until(lambda: "xy" in text(page))
        page.keyboard.press("Control+z")
        until(lambda: text(page).split() == SMALL.split())
    page.keyboard.press("Control+a")
    page.keyboard.type("(")  # stands around what is selected, as ever
    until(lambda: text(page).startswith("(") and text(page).rstrip().endswith(")"))


def test_a_batch_out_of_range_is_marked_in_its_field_with_words(page: Any) -> None:
    field = page.get_by_role("spinbutton", name="Batch")
    for wrong in ("0", "1.5", "100000000", "12345678901234567890123"):
        field.fill(wrong)
        field.press("Tab")
        until(lambda: field.get_attribute("aria-invalid") == "true", wrong)
        assert field.input_value() == wrong
        said = page.locator(f"#{field.get_attribute('aria-describedby')}").inner_text()
        assert "batch" in said
        assert "from 1" in said
        assert page.locator(".problems").inner_text() == ""  # nor does it say that there is none
    field.fill("3")
    field.press("Tab")
    until(lambda: field.get_attribute("aria-invalid") is None)
    assert page.locator("#refused").count() == 0
    field.fill("")
    field.press("Tab")
    assert field.input_value() == "3"


def test_figures_beyond_what_a_browser_counts_are_exact(page: Any) -> None:
    page.locator(".editor .cm-content").focus()
    page.keyboard.press("Control+a")
    vast = "input: [1000000, 1000000, 1000000]\nlayers:\n- {type: conv, filters: 1000000, kernel: 999}\n"
    page.keyboard.insert_text(vast)
    macs = 10**12 * 999**2 * (10**6 - 998) ** 2
    assert int(float(macs)) != macs
    until(lambda: sums(page)["MACs"] == f"{macs:,}")
    page.click("[role=treegrid] tbody tr")
    until(lambda: f"{macs:,}" in page.inner_text("section[aria-label=Arithmetic]"))


BLOCKS = """\
name: %s
input: [3, 32, 32]
blocks: {one: {layers: [{type: relu}, {type: tanh}]}, two: {layers: [{type: tanh}, {type: relu}]}}
layers: [{type: one}, {type: two}]
"""


def test_folded_blocks_stay_so_while_the_name_is_typed(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(BLOCKS % "a")
    with quiet_page(str(path)) as page:
        assert len(items(page)) == 7
        page.click(".graph button:text-is('Fold all')")
        until(lambda: len(items(page)) == 3)
        page.locator(".editor .cm-line >> nth=0").click()
        page.keyboard.press("End")
        page.keyboard.type("bc")
        until(lambda: page.inner_text("h1") == "abc")
        assert len(items(page)) == 3
        start_from(page, "resnet18")  # which has none of these blocks
        until(lambda: len(items(page)) > 8)


def test_a_parameter_keeps_what_was_typed_until_it_is_right(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("params: {width: 8}\n" + SMALL.replace("filters: 8", "filters: $width"))
    with quiet_page(str(path)) as page:
        field = page.locator(".parameters input[type=number]")
        field.fill("-3")
        field.press("Tab")
        until(lambda: any("got -3" in each for each in problems(page)))
        assert field.input_value() == "-3"
        field.fill("16")
        field.press("Tab")
        until(lambda: sums(page)["params"] == f"{16 * 28:,}")
        assert page.locator("#refused").count() == 0
