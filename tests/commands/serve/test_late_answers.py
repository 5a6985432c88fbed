"""The page between a key and its answer, and behind a refusal: nothing goes elsewhere or is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.commands.serve.browser import opened_page, problems, until
from tests.commands.serve.client import SMALL

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.page


def test_bundled_networks_that_could_not_be_got_are_asked_for_again(tmp_path: Path) -> None:
    spec = tmp_path / "net.yaml"
    spec.write_text(SMALL)
    with opened_page(str(spec)) as page:
        page.route("**/zoo", lambda route: route.abort())
        page.reload()
        networks = page.get_by_label("A bundled network")
        until(lambda: "does not answer" in networks.inner_text())
        page.unroute("**/zoo")
        networks.focus()
        until(lambda: "resnet50" in networks.inner_text())
        assert "does not answer" not in networks.inner_text()


def text_of(page: Any) -> str:
    return "\n".join(page.locator(".editor .cm-line").all_inner_texts())


def hold(page: Any) -> None:
    """Let no answer to a text come any more."""
    page.route("**/live", lambda route: None)


def test_the_editors_own_mend_leaves_another_text_alone(tmp_path: Path) -> None:
    spec = tmp_path / "net.yaml"
    spec.write_text("params: {used: 8, spare: 1}\n" + SMALL.replace("filters: 8", "filters: $used"))
    with opened_page(str(spec)) as page:
        until(lambda: any("rule/unused-param" in each for each in problems(page)))
        hold(page)
        page.locator(".editor .cm-content").focus()
        page.keyboard.press("Control+Home")
        page.keyboard.insert_text("# another\n")
        page.keyboard.press("Control+Shift+KeyM")
        page.locator(".cm-panel-lint .cm-diagnosticAction").first.click()
        page.wait_for_timeout(300)
        assert "params: {used: 8, spare: 1}" in text_of(page)


def test_a_slider_that_has_no_answer_yet_is_not_written(tmp_path: Path) -> None:
    spec = tmp_path / "net.yaml"
    spec.write_text("params: {width: 8}\n" + SMALL.replace("filters: 8", "filters: $width"))
    with opened_page(str(spec)) as page:
        page.get_by_role("slider").first.focus()
        page.keyboard.press("ArrowRight")
        button = page.get_by_role("button", name="Write into the spec")
        until(lambda: button.count() and button.is_enabled())
        hold(page)
        page.get_by_role("slider").first.focus()
        page.keyboard.press("ArrowRight")
        until(button.is_disabled)


def test_lines_that_end_in_two_ways_are_saved_and_marked(tmp_path: Path) -> None:
    spec = tmp_path / "net.yaml"
    data = SMALL.replace("\n", "\r\n", 1).encode()
    spec.write_bytes(data)
    with opened_page(str(spec)) as page:
        file = page.locator(".file")
        assert "not saved" not in file.inner_text()
        page.locator(".editor .cm-content").focus()
        page.keyboard.press("Control+End")
        page.keyboard.insert_text("# more")
        until(lambda: "not saved" in file.inner_text())
        page.keyboard.press("Control+s")
        until(lambda: spec.read_bytes() == data + b"# more")
        until(lambda: "not saved" not in file.inner_text())


def test_a_file_whose_lines_come_to_end_in_two_ways_gets_no_returns_besides(tmp_path: Path) -> None:
    spec = tmp_path / "net.yaml"
    spec.write_bytes(SMALL.replace("\n", "\r\n").encode())
    with opened_page(str(spec)) as page:
        data = SMALL.replace("\n", "\r\n", 1).encode()
        spec.write_bytes(data)
        page.get_by_role("button", name="Take the file's text").click(timeout=60_000)
        page.locator(".editor .cm-content").focus()
        page.keyboard.press("Control+End")
        page.keyboard.insert_text("# more")
        page.keyboard.press("Control+s")
        until(lambda: spec.read_bytes() == data + b"# more")


def test_what_was_refused_is_asked_for_again(tmp_path: Path) -> None:
    with opened_page("lenet5") as page:
        page.route("**/conventions", lambda route: route.abort())
        page.get_by_role("tab", name="Conventions").click()
        until(lambda: page.locator("[role=tabpanel]:not([hidden]) .refusal").count())
        page.unroute("**/conventions")
        page.get_by_role("tab", name="Layers").click()
        page.get_by_role("tab", name="Conventions").click()
        until(lambda: page.locator("[role=tabpanel]:not([hidden]) table").count())


def test_the_unit_of_the_numbers_is_the_one_that_is_shown() -> None:
    with opened_page("lenet5") as page:
        page.locator("[role=treeitem]").nth(1).click()
        until(lambda: page.locator("h3", has_text="Numbers of unit").count())
        unit = [each.input_value() for each in page.get_by_role("group", name="Unit").locator("input").all()]
        assert page.locator("h3", has_text="Numbers of unit").inner_text().endswith(" " + ", ".join(unit))


def test_the_keys_out_of_the_editor_are_said_and_lead_out() -> None:
    with opened_page("lenet5") as page:
        content = page.locator(".editor .cm-content")
        said = content.get_attribute("aria-describedby")
        assert said
        assert "Escape, then Tab" in page.locator(f"#{said}").inner_text()
        content.focus()
        page.keyboard.press("Escape")
        page.keyboard.press("Tab")
        assert not page.evaluate("document.activeElement.closest('.editor .cm-content')")
