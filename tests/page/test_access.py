"""The page for everybody: axe-core finds nothing on any tab, light or dark, wide or narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.page.browser import axe, opened, report, tabs, violations

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.page

PAGES: dict[str, tuple[tuple[str, ...], str]] = {
    "small, with proof and numbers": (("lenet5", "--run"), "#layer=C3"),
    "blocks, nothing selected": (("googlenet",), ""),
    "the difference of two": (("resnet18", "resnet34"), ""),
    "a block of one of two": (("resnet18", "resnet34"), "#network=1&layer=layer1"),
}


@pytest.mark.parametrize("width", [360, 1600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(browser: Any, folder: Path, name: str, scheme: str, width: int) -> None:
    program = axe()
    arguments, fragment = PAGES[name]
    with opened(browser, report(folder, *arguments), fragment, scheme=scheme, width=width) as at:
        assert violations(at.page, program) == []
        for tab in tabs(at.page)[1:]:
            at.page.click(f"[role=tab]:text-is('{tab}')")
            assert [f"{tab}: {each}" for each in violations(at.page, program)] == []
        assert at.said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_an_index(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    program = axe()
    spec = "input: [1, 8, 8]\nlayers:\n  - {type: conv, filters: 2, kernel: %d}\n"
    for name, kernel in (("one", 3), ("two", 5), ("wrong", 30)):
        (tmp_path / f"{name}.yaml").write_text(spec % kernel, encoding="utf-8")
    monkeypatch.chdir(tmp_path)  # away from the project's own list of specs
    with opened(browser, report(tmp_path, "."), scheme=scheme) as at:
        assert violations(at.page, program) == []
        assert "kernel 30 exceeds" in at.page.inner_text(".index")


def test_axe_would_find_something(browser: Any, folder: Path) -> None:
    """A page with a button without a name and with pale text does not pass."""
    with opened(browser, report(folder, "lenet5")) as at:
        at.page.evaluate(
            """() => {
              const button = document.createElement('button');
              const line = document.createElement('p');
              line.textContent = 'pale';
              line.style.color = '#eeeeee';
              document.querySelector('main').append(button, line);
            }"""
        )
        found = " ".join(violations(at.page, axe()))
        assert "button-name" in found
        assert "color-contrast" in found


def test_what_changed_is_said(browser: Any, folder: Path) -> None:
    """Screen readers read out what a status region gets."""
    with opened(browser, report(folder, "resnet18")) as at:
        at.page.click(".graph button:text-is('Fold all')")
        assert at.page.inner_text("#page > [role=status]") == "all folded"
        at.page.click('[data-id="layer1"] .sign')
        assert at.page.inner_text("#page > [role=status]").startswith("layer1 unfolded")


def test_every_control_is_led_to_by_the_tab_key(browser: Any, folder: Path) -> None:
    """Graph and table are one stop each, with arrow keys inside; focus is seen everywhere."""
    with opened(browser, report(folder, "lenet5"), "#layer=C3") as at:
        stops: list[str] = []
        for _ in range(60):
            at.page.keyboard.press("Tab")
            stop, outline = at.page.evaluate(
                """() => {
                  const at = document.activeElement, style = getComputedStyle(at);
                  const face = at.querySelector('.face');
                  const dashed = face && getComputedStyle(face).strokeDasharray !== 'none';
                  const seen = style.outlineStyle !== 'none' || dashed;
                  return [at.dataset.id ?? at.getAttribute('role') ?? at.tagName.toLowerCase(), seen];
                }"""
            )
            if stop == "body":
                break
            assert outline, stop
            stops.append(stop)
        assert stops.count("C3") == 1
        assert not {"C1", "S2", "S4"} & {*stops}
        assert stops.count("tr") == 1
        assert {"tab", "input", "button", "summary", "application"} <= {*stops}
