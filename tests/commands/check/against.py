"""Specs in a repository, and what `cnnstat check --against` says of them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.program import within


def spec(filters: int = 2, name: str = "n") -> str:
    return f"name: {name}\ninput: [1, 8, 8]\nlayers: [{{type: conv, filters: {filters}, kernel: 3}}]\n"


FAMILY = """
input: [1, 8, 8]
params: {filters: 2}
variants: {a: {}, b: {params: {filters: 4}}}
layers: [{type: conv, filters: $filters, kernel: 3}]
"""


def git(*arguments: str, folder: Path | None = None) -> str:
    ended = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return ended.stdout.strip()


def write(name: str | Path, text: str | bytes) -> None:
    Path(name).write_bytes(text.encode() if isinstance(text, str) else text)


def commit() -> None:
    git("add", "--all")
    git("commit", "--quiet", "--message=x")


def document(*arguments: str) -> dict[str, Any]:
    ended = within("check", *arguments, "--format", "json")
    assert ended.returncode in (0, 1), ended.stderr
    return dict(json.loads(ended.stdout))


def became(*arguments: str) -> dict[str, str]:
    """Return what became of each spec, and of those that are no more."""
    found = document(*arguments)
    files = {each["file"]: each["change"]["became"] for each in found["files"]}
    return files | dict.fromkeys(found["removed"], "removed")


def refused(*arguments: str) -> str:
    ended = within("check", *arguments)
    assert ended.returncode == 2
    return " ".join(ended.stderr.split())
