"""The page by keys: held down they ask little, a choice waits for its button, Tab leads everywhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.commands.serve.browser import opened_page, until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.page


@pytest.fixture
def page() -> Iterator[Any]:
    with opened_page("lenet5") as found:
        yield found


def asked(page: Any) -> list[str]:
    """Return what the page asks for from now on, by its last word."""
    kinds: list[str] = []
    page.on("request", lambda request: kinds.append(request.url.rpartition("/")[2]))
    return kinds


def text_of(page: Any) -> str:
    return "\n".join(page.locator(".editor .cm-line").all_inner_texts())


def test_a_held_key_on_the_output_map_asks_for_the_unit_where_it_ends(page: Any) -> None:
    page.get_by_role("treeitem", name=re.compile("^C1")).first.click()
    numbers = page.locator("h3", has_text="Numbers of unit")
    until(numbers.count)
    kinds = asked(page)
    page.locator(".map.output").focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    until(lambda: numbers.inner_text().endswith(" 3, 14, 26"))
    assert 1 <= kinds.count("trace") <= 4
    assert page.locator(".refusal").count() == 0


def test_a_held_key_through_the_graph_asks_for_the_layer_where_it_ends(page: Any) -> None:
    page.get_by_role("treeitem", name=re.compile("^C1")).first.click()
    until(page.locator("section[aria-label='Numbers of a unit']").count)
    kinds = asked(page)
    for _ in range(3):
        for key in ["ArrowDown"] * 8 + ["ArrowUp"] * 8:
            page.keyboard.press(key)
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    name = page.locator(".selected h2").inner_text()
    assert name != "C1"
    until(lambda: page.locator("section[aria-label='Arithmetic'] li").count())
    until(lambda: page.locator("section[aria-label='Numbers of a unit']").count())
    assert all(kinds.count(kind) < 12 for kind in ("explained", "fields", "trace")), kinds
    assert page.locator(".refusal").count() == 0


def test_what_is_answered_is_kept_and_what_is_given_up_is_asked_again(page: Any) -> None:
    kinds = asked(page)
    for name in ("C1", "S2", "C1", "S2", "C1"):
        page.get_by_role("treeitem", name=re.compile(f"^{name}")).first.click()
        until(lambda: page.locator("section[aria-label='Arithmetic'] li").count())
        until(lambda: page.locator("section[aria-label='Receptive field'] [role=status]").count())
        assert page.locator(".refusal").count() == 0
    assert (kinds.count("explained"), kinds.count("fields")) == (2, 2)


def test_a_choice_waits_for_its_button(page: Any) -> None:
    """A closed list changes its value with each arrow key."""
    before = text_of(page)
    kinds = asked(page)
    for name, button in (("A bundled network", "Start"), ("A file of the network", "Make")):
        field = page.get_by_label(name)
        field.focus()
        until(lambda: field.locator("option").count() > 4)  # noqa: B023
        assert page.get_by_role("button", name=button, exact=True).is_disabled()
        for position in range(1, 4):
            page.keyboard.press("ArrowDown")
            until(lambda: field.evaluate("each => each.selectedIndex") == position)  # noqa: B023
        assert page.get_by_role("button", name=button, exact=True).is_enabled()
    page.wait_for_timeout(300)
    assert text_of(page) == before
    assert not {"report", "export"} & {*kinds}
    assert not [kind for kind in kinds if kind.startswith("zoo?")]


def test_tab_leads_through_the_whole_page(page: Any) -> None:
    page.get_by_role("treeitem", name=re.compile("^C1")).first.click()
    page.locator("h1").click()
    stops: list[str] = []
    script = """() => {
      const at = document.activeElement, of = name => at.getAttribute(name);
      return at.dataset.id ?? of('aria-label') ?? of('role') ?? at.tagName.toLowerCase();
    }"""
    for _ in range(80):
        page.keyboard.press("Tab")
        stop = page.evaluate(script)
        if stop == "Spec":
            page.keyboard.press("Escape")
        if stop == "body" or (stop in stops and stop == stops[0]):
            break
        stops.append(stop)
    assert stops.count("Spec") == 1
    after = stops[stops.index("Spec") + 1 :]
    assert {"C1", "tab", "Selected"} <= {*after}
    assert {"A bundled network", "A file of the network"} <= {*stops}
