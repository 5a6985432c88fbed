"""What is shipped of the page, without a browser: licences, versions, and what its source must not do."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from cnnstat.page.assets import assets, licences
from tests.page.browser import SOURCE

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = json.loads((SOURCE / "package.json").read_text(encoding="utf-8"))
LOCK = json.loads((SOURCE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
FILES = sorted(
    path
    for path in SOURCE.rglob("*.ts*")
    if "node_modules" not in path.parts and path.suffix in (".ts", ".tsx")
)


def test_versions_are_pinned() -> None:
    for kind in ("dependencies", "devDependencies"):
        for name, version in PACKAGE[kind].items():
            assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", version), name
            assert LOCK[f"node_modules/{name}"]["version"] == version
    assert all("integrity" in each for name, each in LOCK.items() if name)


def test_the_licence_of_everything_bundled_is_shipped() -> None:
    text = licences()
    for name, version in PACKAGE["dependencies"].items():
        assert f"{name} {version} (" in text
    for name in PACKAGE["devDependencies"]:
        assert f"\n{name} " not in text, f"{name} is not shipped"
    assert "Permission is hereby granted" in text
    assert "Copyright" in text


MARKUP = (
    *("innerHTML", "outerHTML", "insertAdjacentHTML", "setHTMLUnsafe", "srcdoc", "document.write"),
    *("createContextualFragment", "DOMParser", "eval(", "Function("),
)
"""What makes markup or a program of a text, in whatever capitals: Preact has its own name for the first."""


def markup(text: str) -> list[str]:
    """Return what of it stands in a text."""
    return [word for word in MARKUP if word.lower() in text.lower()]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_no_text_becomes_markup_or_program(path: Path) -> None:
    """What a spec says is put in as text nodes and attributes; nothing writes markup or runs a text."""
    assert markup(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "<p dangerouslySetInnerHTML={{ __html: name }} />",
        "place.innerHTML = name;",
        "place.outerHTML += name;",
        'place.insertAdjacentHTML("beforeend", name);',
        "place.setHTMLUnsafe(name);",
        "<iframe srcDoc={name} />",
        "document.write(name);",
        "range.createContextualFragment(name);",
        'new DOMParser().parseFromString(name, "text/html");',
        "eval(name);",
        "new Function(name)();",
    ],
)
def test_markup_of_a_text_would_be_found(line: str) -> None:
    assert markup(f"const name = spec.name;\n{line}\n") != []


@pytest.mark.parametrize("name", ["report", "serve"])
def test_the_script_fits_into_a_page(name: str) -> None:
    """It stands within `<script>` in any encoding, and asks for nothing from elsewhere."""
    built = assets(name)
    assert built.script.isascii()
    assert "</script" not in built.script.lower()
    assert "<!--" not in built.script
    assert "@import" not in built.style
    assert "url(" not in built.style
