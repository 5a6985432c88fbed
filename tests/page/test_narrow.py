"""On a telephone what is selected stands far below: a line at the foot leads there, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.page.browser import axe, opened, report, violations

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.page

IN_VIEW = "e => { const b = e.getBoundingClientRect(); return b.top > -1 && b.top < innerHeight * 0.6 }"


def shown(page: Any, selector: str) -> bool:
    return bool(page.eval_on_selector(selector, IN_VIEW))


@pytest.mark.parametrize("selected", ['[role=treegrid] tbody tr:has-text("C3")', '[data-id="C3"]'])
@pytest.mark.parametrize("by", ["pointer", "keys"])
def test_what_is_selected_is_gone_to_and_left_again(
    browser: Any, folder: Path, selected: str, by: str
) -> None:
    with opened(browser, report(folder, "lenet5"), width=360, height=640) as at:
        page, lead = at.page, at.page.locator(".lead button")
        assert lead.count() == 0
        page.click(selected)
        before = page.evaluate("scrollY")
        lead.wait_for(state="visible")
        box = lead.bounding_box()
        assert 0 < box["y"] < box["y"] + box["height"] <= 640
        assert box["height"] >= 24  # as large as a finger needs
        assert lead.inner_text() == "↓ Show C3"
        assert not shown(page, "section.selected")
        assert violations(page, axe()) == []
        for words, there in (("↑ Back from C3", "section.selected"), ("↓ Show C3", selected)):
            if by == "keys":
                lead.focus()
                page.keyboard.press("Enter")
            else:
                lead.click()
            page.locator(f".lead button:text-is('{words}')").wait_for()
            assert page.eval_on_selector(there, "e => e === document.activeElement")
            assert shown(page, there)
            assert violations(page, axe()) == []
        assert page.evaluate("scrollY") == before
        assert at.said == []


def test_who_came_by_hand_is_led_back_to_the_table(browser: Any, folder: Path) -> None:
    with opened(browser, report(folder, "lenet5"), "#layer=S4", width=360, height=640) as at:
        at.page.eval_on_selector("section.selected", "e => e.scrollIntoView()")
        at.page.click(".lead button:text-is('↑ Back from S4')")
        assert at.page.eval_on_selector('[role=treegrid] [aria-selected="true"]', IN_VIEW)
        assert "S4" in at.page.evaluate("document.activeElement.innerText")


def test_a_wide_page_has_no_such_line(browser: Any, folder: Path) -> None:
    with opened(browser, report(folder, "lenet5"), "#layer=C3", width=1100) as at:
        assert not at.page.locator(".lead").is_visible()
        assert at.page.locator("section.selected h2").is_visible()
