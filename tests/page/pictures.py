"""Pictures of the page for README.md: python -m tests.page.pictures makes them in docs/pictures.

They need Chromium and Pillow. Nothing compares them: fonts are another on each machine.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

import cnnstat
from tests.chromium import chromium
from tests.commands.serve.browser import opened_page
from tests.page.browser import opened, report

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(cnnstat.__file__).parent.parent / "docs" / "pictures"
WIDTH, HEIGHT = 1200, 750
MOST = 150_000
"""Bytes of one: a clone takes them along."""


def save(name: str, page: Any) -> None:
    """Write what a page shows, in a palette, for it has few colours."""
    image = Image.open(io.BytesIO(page.screenshot()))
    path = FOLDER / f"{name}.png"
    image.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size > MOST:
        raise SystemExit(f"{path}: {path.stat().st_size:,} bytes, more than {MOST:,}")


def select(page: Any) -> None:
    """Select the first layer, and wait until all that is said of it stands."""
    page.locator("[role=treeitem]").nth(1).click()
    page.wait_for_timeout(1000)


def of_report() -> None:
    """A report of ResNet-18."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        path = report(Path(folder), "resnet18")
        with opened(browser, path, width=WIDTH, height=HEIGHT) as shown:
            select(shown.page)
            save("report", shown.page)


def of_serve() -> None:
    """The page of a server, with LeNet-5 in it."""
    with opened_page("lenet5", color_scheme="light", viewport={"width": WIDTH, "height": HEIGHT}) as page:
        select(page)
        save("serve", page)


PICTURES: tuple[Callable[[], None], ...] = (of_report, of_serve)


def main() -> None:
    """Make all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for make in PICTURES:
        make()


if __name__ == "__main__":
    main()
