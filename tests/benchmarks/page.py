"""From a key pressed in the editor of `cnnstat serve` to the figures on the screen.

`python -m tests.benchmarks.page` prints, for a bundled network in Chromium, milliseconds from the event of
the key to the frame behind the one in which figures are another, and of that the worker's processor time.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from typing import Any

import msgspec

from cnnstat.commands.check.configuration import Configuration
from cnnstat.commands.serve.answers import Answers
from cnnstat.commands.serve.jobs import Job
from cnnstat.spec import bundled
from tests.commands.serve.browser import opened_page

EDITS = 50

WATCH = """
() => {
  window.took = [];
  let pressed = 0;
  addEventListener("keydown", (event) => { pressed = event.timeStamp; }, true);
  const channel = new MessageChannel();
  channel.port1.onmessage = ({ data }) => window.took.push(performance.now() - data);
  new MutationObserver(() => {
    if (!pressed) return;
    const since = pressed;
    pressed = 0;
    requestAnimationFrame(() => channel.port2.postMessage(since));
  }).observe(document.querySelector(".sums"), { subtree: true, childList: true, characterData: true });
}
"""


def in_browser(page: Any, pause: float, edits: int = EDITS) -> list[float]:
    """Return the milliseconds of each edit: a digit behind a number, and its removal."""
    page.evaluate(WATCH)
    for number in range(edits):
        page.keyboard.press("Backspace" if number % 2 else "1")
        time.sleep(pause)
    time.sleep(2)
    return list(page.evaluate("window.took"))  # with keys in a row, some are never shown


def of_worker(name: str, edits: int = EDITS) -> list[float]:
    """Return the milliseconds that a worker takes for each answer, by processor time."""
    path, variant = bundled.locate(name) or sys.exit(f"no network {name}")
    text = path.read_text(encoding="utf-8")
    answers = Answers(Configuration())
    answers.begin()
    took = []
    for number in range(edits):
        body = msgspec.json.encode({"text": f"{text}# {number}\n", "variant": variant})
        before = time.process_time()
        answers.answer(Job("live", body, "net.yaml"))
        took.append(1000 * (time.process_time() - before))
    return took


def said(title: str, took: list[float]) -> str:
    """Return the median and the 95th percentile."""
    middle, most = statistics.median(took), statistics.quantiles(took, n=20)[18]
    return f"{title}: {len(took)} seen, median {middle:.0f} ms, 95 % {most:.0f} ms"


def main(name: str = "resnet50") -> None:
    """Print how long it takes, and how busy the machine is."""
    print(f"{name}, {EDITS} edits, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print(said("worker, processor time", of_worker(name)))
    for pause in (0.4, 0.12):
        with opened_page(name) as page:
            page.locator(".cm-content").click()
            place_cursor(page)
            print(said(f"key to figures, a key each {1000 * pause:.0f} ms", in_browser(page, pause)))


def place_cursor(page: Any) -> None:
    """Put the cursor behind the number of classes, which changes all sums."""
    page.keyboard.press("Control+f")
    page.keyboard.type("1000")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")


if __name__ == "__main__":
    main(*sys.argv[1:])
