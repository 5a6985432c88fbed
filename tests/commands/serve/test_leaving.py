"""Work that nobody waits for, connections that ask for nothing, and bodies that are too long."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import socket
import time
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from starlette.requests import ClientDisconnect, Request

from cnnstat.commands.check.configuration import Configuration
from cnnstat.commands.serve import bounds, workers
from cnnstat.commands.serve.bodies import until_gone
from cnnstat.commands.serve.bounds import PART
from cnnstat.commands.serve.jobs import Job
from cnnstat.commands.serve.worker_process import WorkerProcess
from cnnstat.commands.serve.workers import NoMemoryError, Workers
from tests.commands.serve.browser import WAIT, program
from tests.commands.serve.client import SMALL, served
from tests.program import within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SLOW = "input: [1, 4000, 4000]\nlayers: [{name: c, type: conv, filters: 1, kernel: 1}]\n"
"""A network whose trace takes many times as long as work may that nobody waits for."""


def body_of(text: str) -> bytes:
    return json.dumps({"text": text, "layer": "c", "unit": [0, 5, 5]}).encode()


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Any, str, str]]:
    """Give the program, its Host and the path before each place."""
    with program() as (process, address):
        found = re.fullmatch(r"http://([^/]+)(/[^/]+/)", address)
        assert found
        yield process, found[1], found[2]


@contextmanager
def connected(host: str) -> Iterator[socket.socket]:
    name, _, port = host.partition(":")
    with closing(socket.create_connection((name, int(port)), timeout=WAIT)) as found:
        yield found


def posted(host: str, path: str, body: bytes) -> tuple[int, Any]:
    with closing(http.client.HTTPConnection(host, timeout=WAIT)) as connection:
        connection.request("POST", path, body, {"Origin": f"http://{host}"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


def waited(holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + WAIT
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


def test_work_ends_with_the_connection_that_asked_for_it(running: tuple[Any, str, str]) -> None:
    """Else a page that is closed or loaded again would keep the next one waiting."""
    process, host, path = running
    answer = posted(host, f"{path}trace", body_of(SLOW.replace("4000", "8")))
    assert answer[0] == 200
    assert waited(lambda: len(children(process)) == workers.COUNT)
    before, body = children(process), body_of(SLOW)
    header = f"POST {path}trace HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
    for _ in range(4):
        with connected(host) as connection:
            connection.sendall(f"{header}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            time.sleep(0.3)
    assert posted(host, f"{path}trace", body_of(SLOW.replace("4000", "8")))[0] == 200
    assert waited(lambda: len(before & children(process)) < workers.COUNT)


def children(process: Any) -> set[int]:
    """Return the processes of workers; another child of the program keeps count of its files."""
    found = psutil.Process(process.pid).children()
    return {each.pid for each in found if "spawn_main" in " ".join(each.cmdline())}


class Leaving:
    """A request whose body is read; its client goes when ``gone`` says so."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()
        self.request = Request({"type": "http"}, self._receive)

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}


@contextmanager
def some(folder: Path, count: int = 1) -> Iterator[Workers]:
    found = Workers(folder, Configuration(), count)
    try:
        yield found
    finally:
        found.close()


def test_a_job_that_waits_is_given_up_with_its_client(tmp_path: Path) -> None:
    async def leave(of: Workers) -> None:
        await of.start()
        slow, waiting = Leaving(), Leaving()
        asked = [
            asyncio.ensure_future(until_gone(each.request, of.ask(Job("trace", body_of(SLOW), "a"), PART)))
            for each in (slow, waiting)
        ]
        while not of._idle.empty():
            await asyncio.sleep(0.01)
        waiting.gone.set()
        with pytest.raises(ClientDisconnect):
            await asked[1]
        assert not asked[0].done()
        slow.gone.set()
        with pytest.raises(ClientDisconnect):
            await asked[0]
        body = body_of(SLOW.replace("4000", "8"))
        assert (await asyncio.wait_for(of.ask(Job("trace", body, "a"), PART), WAIT)).ending == 200

    with some(tmp_path) as of:
        asyncio.run(leave(of))


def test_work_that_is_all_but_ready_costs_no_worker(tmp_path: Path) -> None:
    async def leave(of: Workers) -> None:
        await of.start()
        before = {*of._all}
        each = Leaving()
        each.gone.set()
        with pytest.raises(ClientDisconnect):
            await until_gone(
                each.request, of.ask(Job("trace", body_of(SLOW.replace("4000", "8")), "a"), PART)
            )
        assert {*of._all} == before

    with some(tmp_path) as of:
        asyncio.run(leave(of))


def test_who_is_asked_to_hurry_before_it_begins_hurries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread that gives a worker its job may come later than the newer request."""
    monkeypatch.setattr("cnnstat.commands.serve.worker_process.GIVEN_UP", 0.0)
    answered = WorkerProcess.answered

    def late(self: WorkerProcess, data: bytes, seconds: float) -> Any:
        time.sleep(0.5)
        return answered(self, data, seconds)

    async def ask(of: Workers) -> None:
        await of.start()
        monkeypatch.setattr(WorkerProcess, "answered", late)
        older = asyncio.ensure_future(of.ask(Job("trace", body_of(SLOW), "a"), PART, "page"))
        while not of._at_work:
            await asyncio.sleep(0.01)
        body = body_of(SLOW.replace("4000", "8"))
        assert (await of.ask(Job("trace", body, "a"), PART, "page")).ending == 200
        assert b"superseded" in (await older).content

    with some(tmp_path) as of:
        asyncio.run(ask(of))


def test_workers_that_were_ended_while_idle_are_replaced(tmp_path: Path) -> None:
    with served(tmp_path) as page:
        page.live(SMALL)
        assert waited(lambda: page.workers._idle.qsize() == 2)
        for each in [*page.workers._all]:
            each.process.kill()
            each.process.join()
        assert page.live(SMALL)["network"] is not None


def test_a_worker_that_cannot_be_started_is_started_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(workers, "_AGAIN", 0.0)
    started, tries = Workers._started, []

    def sometimes(self: Workers) -> Any:
        tries.append(self)
        if len(tries) < 3:
            raise OSError(11, "Resource temporarily unavailable")
        return started(self)

    async def ask(of: Workers) -> int:
        await of.start()
        return (await asyncio.wait_for(of.ask(Job("live", body, "a"), PART), WAIT)).ending

    monkeypatch.setattr(Workers, "_started", sometimes)
    body = json.dumps({"text": SMALL}).encode()
    with some(tmp_path) as of:
        assert asyncio.run(ask(of)) == 200
    assert capfd.readouterr().err.count("a worker cannot be started: [Errno 11]") == 2


def test_workers_share_what_is_free_and_need_some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = psutil.virtual_memory()._replace(available=900 << 20)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free)
    assert Workers(tmp_path, Configuration(), 3)._of_each[1] == 300 << 20
    with pytest.raises(NoMemoryError, match=r"5 workers need 960 MiB of memory, and 900 are free"):
        Workers(tmp_path, Configuration(), 5)


def test_too_little_memory_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    free = psutil.virtual_memory()._replace(available=100 << 20)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free)
    ended = within("serve", "--no-browser")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "3 workers need 576 MiB of memory, and 99 are free" in ended.stderr


def test_a_connection_without_a_whole_header_is_closed(running: tuple[Any, str, str]) -> None:
    """Neither one that says nothing, nor one that begins, nor one that was refused and goes on."""
    _, host, path = running
    refused = f"POST {path}live HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 1000000\r\n\r\n"
    behind = f"GET {path}zoo HTTP/1.1\r\nHost: {host}\r\n\r\n"
    with connected(host) as a, connected(host) as b, connected(host) as c, connected(host) as d:
        b.sendall(b"GET / HT")
        c.sendall(refused.encode())
        d.sendall(behind.encode())
        for each in (c, d):
            assert each.recv(65536).startswith(b"HTTP/1.1 ")
        c.sendall(b"x")
        d.sendall(b"GET / HT")
        for each in (a, b, c, d):
            try:
                while each.recv(65536):
                    pass
            except ConnectionResetError:
                pass


def test_connections_that_ask_for_nothing_keep_nobody_out(running: tuple[Any, str, str]) -> None:
    _, host, path = running
    idle = [socket.create_connection(("127.0.0.1", int(host.partition(":")[2]))) for _ in range(300)]
    try:
        for each in idle:
            with suppress(OSError):  # it was broken off already
                each.sendall(b"GET / HT")
        with closing(http.client.HTTPConnection(host, timeout=WAIT)) as connection:
            connection.request("GET", path)
            assert connection.getresponse().status == 200
    finally:
        for each in idle:
            each.close()


@pytest.mark.parametrize("much", [bounds.REQUEST_BYTES + 1, 2 * bounds.REQUEST_BYTES])
def test_that_a_body_is_too_long_is_heard(much: int, running: tuple[Any, str, str]) -> None:
    _, host, path = running
    status, found = posted(host, f"{path}live", b"#" * much)
    assert (status, found["code"]) == (413, "size")


def test_who_asks_before_sending_too_much_is_answered_at_once(running: tuple[Any, str, str]) -> None:
    _, host, path = running
    header = f"POST {path}live HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
    with connected(host) as connection:
        connection.sendall(f"{header}Content-Length: {1 << 40}\r\nExpect: 100-continue\r\n\r\n".encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("sign", ["\n", "#", "é"])
def test_a_text_may_have_all_its_bytes_however_json_writes_it(sign: str, tmp_path: Path) -> None:
    spec = tmp_path / "net.yaml"
    spec.write_text(SMALL)
    rest = bounds.TEXT_BYTES - len(SMALL) - 1
    text = f"{SMALL}#{sign * (rest // len(sign.encode()))}"
    text += "#" * (bounds.TEXT_BYTES - len(text.encode()))
    with served(tmp_path, str(spec), count=1) as page:
        assert page.live(text)["network"]["summary"]["totals"]["params"] == 224
        digest = page.get("start").json()["digest"]
        assert page.post("file", {"text": text + "#", "digest": digest}).status_code == 413
        assert spec.read_text() == SMALL
        assert page.post("file", {"text": text, "digest": digest}).status_code == 200
        assert spec.read_bytes() == text.encode()
        assert page.get("start").json()["text"] == text
        answer = page.post("live", {"text": text + "#"})
        assert (answer.status_code, answer.json()["code"]) == (413, "size")


def test_a_model_has_a_place_before_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("cnnstat.commands.serve.app._keep", refuse)
    with served(tmp_path, count=1) as page:
        for bound in ("workers.WAITING", "app.MODELS"):
            with monkeypatch.context() as patch:
                patch.setattr(f"cnnstat.commands.serve.{bound}", 0)
                answer = page.post("model?name=a.onnx", content=b"model")
                assert (answer.status_code, answer.json()["code"]) == (503, "requests")


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    with served(tmp_path, count=1) as page:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, before[1]))
        try:
            answer = page.post("model?name=a.onnx", content=b"model" * 1_000_000)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert answer.status_code == 422
    assert answer.json()["refused"] == "the model cannot be kept while it is read: File too large"
    assert not [*tmp_path.iterdir()]
