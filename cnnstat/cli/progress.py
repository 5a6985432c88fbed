"""A bar on standard error while a terminal waits: how far, and how long still."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def progress(
    title: str, total: float | None, *, long: bool = True, unit: str = ""
) -> Iterator[Callable[[float], None]]:
    """Show a bar and yield what moves it on; without a terminal, or where it is not ``long``, nothing is.

    With a ``unit`` it says how many of them there are in a second. The end may be unknown (None).
    """
    if not long or sys.stderr is None or not sys.stderr.isatty():
        yield lambda step: None
        return
    # Only a terminal needs rich.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        Progress,
        ProgressColumn,
        Task,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text  # noqa: PLC0415

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:,.0f} {unit}/s" if task.speed else "")

    rate = (Rate(),) if unit else ()
    described = TextColumn("{task.description}")
    with Progress(
        described,
        BarColumn(),
        TaskProgressColumn(),
        *rate,
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task(title, total=total)
        yield lambda step: bar.advance(task, step)
