"""A bar on standard error while a terminal waits: how far, and how long still."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def progress(title: str, total: float, *, long: bool = True) -> Iterator[Callable[[float], None]]:
    """Show a bar and yield what moves it on; without a terminal, or where it is not ``long``, nothing is."""
    if not long or sys.stderr is None or not sys.stderr.isatty():
        yield lambda step: None
        return
    # Only a terminal needs rich.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda step: bar.advance(task, step)
