"""The page of `cnnstat serve` in Chromium: the program as its users start it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.chromium import chromium

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WAIT = 60
"""Seconds that anything may take on a machine that is busy."""


@contextmanager
def program(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start the program, and give it and the address that it prints; Ctrl-C ends it."""
    command = [sys.executable, "-m", "cnnstat", "serve", "--no-browser", *arguments]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    process: Any = subprocess.Popen(
        command, text=True, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        yield process, process.stdout.readline().strip()
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        finally:
            process.kill()
            process.stdout.close()
            process.stderr.close()


@contextmanager
def opened_page(*arguments: str, **options: Any) -> Iterator[Any]:
    """Give the page of a spec, with its figures shown."""
    with program(*arguments) as (_, address), chromium() as browser:
        page = browser.new_context(**options).new_page()
        page.goto(address)
        page.wait_for_selector(".network", timeout=60_000)
        yield page


@contextmanager
def quiet_page(*arguments: str, **options: Any) -> Iterator[Any]:
    """Give the page of a spec, whose console has to stay empty but for requests that the server refuses."""
    with opened_page(*arguments, **options) as page:
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        yield page
        # A 503 is an answer that a newer request took the place of, which a busy machine makes likely.
        refused = "Failed to load resource: the server responded with a status of "
        assert [each for each in said if not each.startswith((f"{refused}4", f"{refused}503"))] == []


def until(holds: Callable[[], Any], what: str = "") -> None:
    """Wait until something holds; it is asked from here, for the policy lets the page evaluate no text."""
    end = time.monotonic() + WAIT
    while not holds():
        assert time.monotonic() < end, what or "it never came"
        time.sleep(0.05)


def at_end(page: Any) -> None:
    page.locator(".editor .cm-content").focus()  # a click may miss what is just being laid out
    page.keyboard.press("Control+End")


def write(page: Any, text: str) -> None:
    at_end(page)
    page.keyboard.insert_text(text)


def problems(page: Any) -> list[str]:
    return list(page.locator(".problems li").all_inner_texts())


def sums(page: Any) -> dict[str, str]:
    names, values = (page.locator(f".sums {each}").all_inner_texts() for each in ("dt", "dd"))
    return dict(zip(names, values, strict=True))


def start_from(page: Any, name: str) -> None:
    """Put a bundled network in place of the text."""
    page.get_by_label("A bundled network").select_option(name)
    page.get_by_role("button", name="Start", exact=True).click()
