"""Packages that add something to the program: as `pip install --target` leaves one, or made up by a test."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tests.program import run

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path


def write(
    folder: Path, package: str, version: str, entries: dict[str, dict[str, str]], code: str = ""
) -> None:
    """Write a package of one module, called as the package is, with its entry points by group."""
    (folder / f"{package}.py").write_text(code, encoding="utf-8")
    about = folder / f"{package}-{version}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
    groups = (
        "\n".join((f"[{group}]", *(f"{name} = {value}" for name, value in each.items())))
        for group, each in entries.items()
    )
    (about / "entry_points.txt").write_text("\n".join(groups) + "\n")


def run_with(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program where the packages of a folder are installed."""
    paths = (str(folder), *filter(None, [os.environ.get("PYTHONPATH")]))
    return run(*arguments, env={"PYTHONPATH": os.pathsep.join(paths)})


__all__ = ["run_with", "write"]
