"""The Nu HTML Checker of the W3C's validator, as `npm install vnu-jar` brings it: SVG, and the CSS in it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.node_modules import module

if TYPE_CHECKING:
    from collections.abc import Mapping

_LEFT_OUT = (
    # Of SVG 2 (section 13.8, "Controlling paint operation order"), which the checker's CSS does not know yet.
    "CSS: “paint-order”: Property “paint-order” doesn't exist.",
    # Advice: the texts are a spec's, and stay as its author wrote them.
    "Source text is not in Unicode Normalization Form C.",
)


def problems_of(pictures: Mapping[str, str], folder: Path) -> list[str]:
    """Return what the checker says of SVGs and of the rules in them, each with the picture's name."""
    for name, text in pictures.items():
        (folder / f"{name}.svg").write_text(text, encoding="utf-8")
        (rules,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
        (folder / f"{name}.css").write_text(rules, encoding="utf-8")
    said = [message for kind in ("svg", "css") for message in _checked(kind, folder)]
    return [each for each in said if not each.endswith(_LEFT_OUT)]


def _checked(kind: str, folder: Path) -> list[str]:
    command = [
        _java(),
        "-jar",
        str(module("vnu-jar") / "build" / "dist" / "vnu.jar"),
        f"--{kind}",
        "--format",
        "json",
        "--errors-only",
        "--exit-zero-always",
        "--stdout",
    ]
    files = map(str, sorted(folder.glob(f"*.{kind}")))
    ended = subprocess.run([*command, *files], capture_output=True, text=True, encoding="utf-8", check=True)
    return [
        f"{Path(each.get('url', '')).name}: {each['message']}"
        for each in json.loads(ended.stdout)["messages"]
    ]


def _java() -> str:
    program = shutil.which("java")
    if program is None:
        pytest.skip("no java")
    return program
