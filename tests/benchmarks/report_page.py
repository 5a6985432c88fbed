"""How long the page takes in Chromium: `python -m tests.benchmarks.report_page [NETWORK...]`.

Milliseconds from an action to the frame that shows it, the best and the median of several: on a machine that
does other things, too, the best is what the page takes.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.chromium import chromium
from tests.page.browser import opened, report

ROUNDS = 7
ACTION = """
async ([selector, prepare]) => {
  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  const press = each => document.querySelector(each).dispatchEvent(new MouseEvent('click', {bubbles: true}));
  if (prepare) press(prepare);
  await frame();
  const start = performance.now();
  press(selector);
  await frame();
  return performance.now() - start;
}
"""
BUTTON = ".graph .tools button:nth-of-type({})"
ACTIONS = {
    "unfold all of the graph": (BUTTON.format(1), BUTTON.format(2)),
    "fold all of the graph": (BUTTON.format(2), BUTTON.format(1)),
    "select a layer in the graph": (".node:nth-last-of-type(2)", ".node:nth-of-type(4)"),
    "sort the table": ("thead th:nth-of-type(4) button", None),
    "select a line of the table": ("tbody tr:nth-of-type(9)", "tbody tr:nth-of-type(3)"),
}


def times(page: Any, action: str) -> list[float]:
    selector, prepare = ACTIONS[action]
    return sorted(page.evaluate(ACTION, [selector, prepare]) for _ in range(ROUNDS))


def first(page: Any) -> list[float]:
    """Return how long the first unfolding of everything takes, when nothing has its place yet."""
    found = []
    for _ in range(ROUNDS):
        page.reload()
        page.wait_for_selector(".drawing")
        if page.locator("text=Each repetition").count():
            page.click("text=Each repetition")
        found.append(page.evaluate(ACTION, [BUTTON.format(1), None]))
    return sorted(found)


def line(action: str, found: list[float]) -> None:
    print(f"  {action:34} {found[0]:7.0f} ms best {statistics.median(found):7.0f} ms median")


def main(names: list[str]) -> None:
    """Print a table for each network."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        for name in names or ["resnet152"]:
            path = report(Path(folder), name)
            with opened(browser, path) as at:
                page = at.page
                print(f"{name}: {path.stat().st_size:,} bytes, load {os.getloadavg()[0]:.1f}")
                line("unfold all for the first time", first(page))
                print(f"  {page.locator('.node').count()} items, {page.locator('tbody tr').count()} lines")
                for action in ACTIONS:
                    line(action, times(page, action))


if __name__ == "__main__":
    main(sys.argv[1:])
