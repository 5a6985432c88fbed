"""`cnnstat run` in this process: how it ends, and what it says."""

from __future__ import annotations

import json
from typing import Any

from tests.program import within


def inside(*arguments: str) -> tuple[int, str]:
    """Run in this process, where parts can be broken; return the exit code and what is printed."""
    process = within("run", *arguments)
    return process.returncode, process.stdout + process.stderr


def data(*arguments: str) -> dict[str, Any]:
    code, text = inside(*arguments, "--format", "json")
    assert code == 0, text
    loaded = json.loads(text)
    assert isinstance(loaded, dict)
    return loaded


def refused(*arguments: str) -> str:
    process = within("run", *arguments)
    assert process.returncode == 2, process
    assert process.stdout == ""
    assert "Traceback" not in process.stderr
    return process.stderr
