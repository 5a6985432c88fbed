"""The program as its users start it, in a process of its own or in a terminal; or in this process."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import subprocess
import sys
from typing import Any
from unittest import mock

import pytest

from cnnstat.cli import main


def run(*arguments: str, **how: Any) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **how.pop("env", {})}
    environment.pop("COLUMNS", None) if "COLUMNS" not in how else None
    return subprocess.run(
        [sys.executable, "-m", "cnnstat", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        env=environment,
        check=False,
        **how,
    )


def within(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run in this process: in a tenth of the time, and with the parts that a test has broken."""
    out, err = io.StringIO(), io.StringIO()
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    with (
        mock.patch.dict(os.environ, environment, clear=True),
        mock.patch.object(sys, "argv", ["cnnstat", *arguments]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as ended,
    ):
        main()
    assert isinstance(ended.value.code, int)
    return subprocess.CompletedProcess(arguments, ended.value.code, out.getvalue(), err.getvalue())


def in_terminal(columns: int, *arguments: str) -> str:
    """Run in a terminal of this width and return what it shows."""
    master, slave = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm"}
    process = subprocess.Popen(
        [sys.executable, "-m", "cnnstat", *arguments], stdout=slave, stderr=slave, env=environment
    )
    os.close(slave)
    shown = b""
    while True:
        try:
            block = os.read(master, 65536)
        except OSError:
            break
        if not block:
            break
        shown += block
    os.close(master)
    assert process.wait() == 0
    return shown.decode("utf-8").replace("\r\n", "\n")
