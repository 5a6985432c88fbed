"""The program as its users start and stop it."""

from __future__ import annotations

import http.client
import json
import re
import signal
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from cnnstat.commands.serve import libraries, server
from tests.commands.serve.browser import program
from tests.program import run, within

if TYPE_CHECKING:
    from pathlib import Path

SIGNALS = {
    signal.SIGINT: 0,
    signal.SIGTERM: 128 + signal.SIGTERM,
    signal.SIGHUP: 128 + signal.SIGHUP,
}
SLOW = """
input: [1, 4000, 4000]
layers: [{name: c, type: conv, filters: 1, kernel: 1}]
"""


@pytest.mark.parametrize("number", SIGNALS)
def test_it_says_where_it_is_and_stops_cleanly(number: signal.Signals, tmp_path: Path) -> None:
    with program() as (process, address):
        found = re.fullmatch(r"http://(127\.0\.0\.1:\d+)(/[\w-]{43}/)", address)
        assert found
        connection = http.client.HTTPConnection(found[1])
        connection.request("GET", found[2])
        answer = connection.getresponse()
        assert (answer.status, b"<script nonce=" in answer.read()) == (200, True)
        connection.request("GET", "/")
        assert connection.getresponse().status == 403
        connection.close()
        workers = psutil.Process(process.pid).children(recursive=True)
        assert workers
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out, err) == (SIGNALS[number], "", "")
    until = time.monotonic() + 30
    while any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in workers):
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.parametrize("number", SIGNALS)
def test_what_is_at_work_hears_that_the_server_stops(number: signal.Signals) -> None:
    """A trace of sixteen million products takes seconds: it is answered at once, with nothing printed."""
    with program() as (process, address):
        found = re.fullmatch(r"http://([^/]+)(/[^/]+/)", address)
        assert found
        connection = http.client.HTTPConnection(found[1], timeout=60)
        body = json.dumps({"text": SLOW, "layer": "c", "unit": [0, 5, 5]})
        connection.request("POST", f"{found[2]}trace", body, {"Origin": f"http://{found[1]}"})
        time.sleep(1)
        process.send_signal(number)
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["code"]) == (503, "stopped")
        connection.close()
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out, err) == (SIGNALS[number], "", "")


def test_workers_end_where_the_server_is_killed() -> None:
    with program() as (process, _):
        workers = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.wait()
        _, left = psutil.wait_procs(workers, timeout=60)
    assert left == []


def test_nobody_else_reaches_it() -> None:
    """It listens on this machine's own address, whatever other addresses that has."""
    with program() as (process, address):
        places = {
            each.laddr for each in psutil.Process(process.pid).net_connections() if each.status == "LISTEN"
        }
        assert {place.ip for place in places} == {"127.0.0.1"}
        assert address.startswith(f"http://127.0.0.1:{next(iter(places)).port}/")


def test_a_port_that_is_taken_is_said() -> None:
    with program() as (_, address):
        port = address.split(":")[2].partition("/")[0]
        ended = run("serve", "--no-browser", "--port", port)
    assert ended.returncode == 2
    assert f"nothing can be served on port {port}" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("spec", ["nobody", "/nowhere/net.yaml", ".", "net.onnx"])
def test_a_spec_that_cannot_be_read_is_said(spec: str) -> None:
    ended = within("serve", "--no-browser", spec)
    assert (ended.returncode, ended.stdout) == (1, "")


def test_what_is_missing_is_said_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "find_spec", lambda name: None)
    ended = within("serve")
    assert ended.returncode == 2
    assert "pip install 'cnnstat[serve]'" in ended.stderr


def test_help_needs_no_server() -> None:
    code = (
        "import sys\nfrom cnnstat.cli.group import cli\n"
        "cli.main(['serve', '--help'], standalone_mode=False)\n"
        "assert not {'starlette', 'uvicorn', 'numpy'} & {*sys.modules}"
    )
    import subprocess  # noqa: PLC0415

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_the_browser_gets_a_file_that_only_this_user_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other users of the machine see command lines, and so the address in one."""
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    server._open("http://127.0.0.1:1/token/", tmp_path)
    (address,) = opened
    assert address == (tmp_path / "open.html").as_uri()
    assert "url=http://127.0.0.1:1/token/" in (tmp_path / "open.html").read_text()
    assert (tmp_path / "open.html").stat().st_mode & 0o077 == 0
