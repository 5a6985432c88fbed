"""A page of several networks: their numbers, in what order they stand, and the way from one to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.page.browser import document, opened, report

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.page

NAMES = ("lenet5", "resnet18", "googlenet")
TOTALS = {"params": "params", "MACs": "macs", "connections": "connections", "activations": "activations"}


def column(page: Any, title: str) -> list[str]:
    heads = page.locator(".index thead th").all_inner_texts()
    place = next(index for index, head in enumerate(heads) if head.rstrip(" ▲▼") == title)
    return [row.locator("th, td").nth(place).inner_text() for row in page.locator(".index tbody tr").all()]


def test_the_index_has_the_totals_of_each_and_sorts_by_them(browser: Any, folder: Path) -> None:
    totals = [document("summary", name)["totals"] for name in NAMES]
    with opened(browser, report(folder, *NAMES)) as at:
        page = at.page
        for title in ("params", "MACs"):
            numbers = [each[TOTALS[title]] for each in totals]
            assert {*column(page, title)} == {f"{number:,}" for number in numbers}
            head = page.locator(f".index thead th:has(button:text('{title}'))")
            for order, largest in (("descending", True), ("ascending", False)):
                head.locator("button").click()
                assert head.get_attribute("aria-sort") == order
                assert column(page, title) == [f"{each:,}" for each in sorted(numbers, reverse=largest)]
        page.fill(".index input[type=search]", "resnet nothing")
        assert page.locator(".index tbody tr").count() == 0
        page.fill(".index input[type=search]", "RES net18")
        assert column(page, "network") == ["ResNet-18"]
        assert page.inner_text(".index [role=status]") == "1 of 3 networks"


def test_back_leads_from_a_network_to_the_one_before(browser: Any, folder: Path) -> None:
    with opened(browser, report(folder, *NAMES)) as at:
        page = at.page
        page.click(".index a:text-is('LeNet-5')")
        page.wait_for_selector(".drawing")
        page.click('[data-id="C3"]')
        page.select_option("header select", label="GoogLeNet")
        page.wait_for_selector('[data-id="inception3a"], [data-id^="inception"]')
        page.go_back()
        page.wait_for_selector('[data-id="C3"]')
        assert page.inner_text("h1") == "LeNet-5"
        page.go_back()
        page.wait_for_selector(".index")
        page.go_forward()
        page.wait_for_selector('[data-id="C3"]')
        assert at.said == []


def test_a_difference_has_the_totals_of_both(browser: Any, folder: Path) -> None:
    found = document("diff", "resnet18", "resnet34")
    before, after = found["a"]["totals"], found["b"]["totals"]
    with opened(browser, report(folder, "resnet18", "resnet34")) as at:
        rows = at.page.locator(".difference table >> nth=0").locator("tbody tr").all()
        shown = {row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in rows}
        for title, key in TOTALS.items():
            change = after[key] - before[key]
            assert shown[title] == [f"{before[key]:,}", f"{after[key]:,}", f"+{change:,}"]
        assert shown["output"] == ["1000", "1000", ""]
        changed = [each for each in found["layers"] if each["status"] != "same"]
        assert at.page.locator(".difference table >> nth=1").locator("tbody tr").count() == len(changed)
        at.page.click(".difference input[type=checkbox]")
        assert at.page.locator(".difference table >> nth=1").locator("tbody tr").count() == len(
            found["layers"]
        )


def test_the_graph_is_zoomed_by_wheel_and_moved_by_drag(browser: Any, folder: Path) -> None:
    with opened(browser, report(folder, "resnet18"), width=1100, height=700) as at:
        page, view = at.page, ".graph .view"
        box = page.locator(view).bounding_box()
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        before = page.locator(".drawing").bounding_box()["height"]
        page.mouse.move(*middle)
        page.keyboard.down("Control")
        for _ in range(4):
            page.mouse.wheel(0, -200)
        page.keyboard.up("Control")
        page.wait_for_function(
            "([e, h]) => document.querySelector(e).clientHeight > 1.5 * h", arg=[".drawing", before]
        )
        at_first = page.eval_on_selector(view, "e => e.scrollTop")
        chosen = page.evaluate("location.hash")
        page.mouse.down()
        page.mouse.move(middle[0], middle[1] - 80, steps=4)
        page.mouse.up()
        assert page.eval_on_selector(view, "e => e.scrollTop") == pytest.approx(at_first + 80, abs=2)
        page.wait_for_timeout(200)
        assert page.evaluate("location.hash") == chosen  # a drag selects nothing
        assert at.said == []
