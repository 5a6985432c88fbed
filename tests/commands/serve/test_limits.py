"""What one request may take: a text that is made to hang hangs no other request."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import psutil
import pytest

from cnnstat.commands.serve import bounds
from cnnstat.commands.serve.bounds import Bound
from cnnstat.commands.serve.kinds import KINDS, Kind
from cnnstat.commands.serve.requests import OfText
from tests.commands.serve.client import LONG, MANY, SMALL, served

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.serve.client import Page


def workers_of(page: Page) -> set[int | None]:
    return {each.process.pid for each in page.workers._all if each.process.is_alive()}


def test_a_text_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "live", Kind(OfText, Bound(0.1, long=False)))
    with served(tmp_path) as page:
        before = workers_of(page)
        answer = page.post("live", {"text": MANY})
        assert (answer.status_code, answer.json()["code"]) == (503, "time")
        assert "0.1 seconds" in answer.json()["refused"]
        monkeypatch.undo()
        assert page.post("conventions", {"text": SMALL}).status_code == 200
        until = time.monotonic() + 60
        while len(workers_of(page)) < 2 or workers_of(page) == before:  # another has taken its place
            assert time.monotonic() < until
            time.sleep(0.05)


def test_a_text_that_takes_too_much_memory_is_given_up(tmp_path: Path) -> None:
    with served(tmp_path, count=1, memory=150 << 20) as page:
        answer = page.post("live", {"text": LONG})
        assert (answer.status_code, answer.json()["code"]) == (503, "memory")
        assert page.live(SMALL)["network"]["summary"]["totals"]["params"] == 224


def test_one_page_that_hangs_keeps_no_other_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many long answers are asked for, a worker is left for short ones, and so is a place to wait."""
    monkeypatch.setattr("cnnstat.commands.serve.workers.WAITING", 3)
    with served(tmp_path) as page, ThreadPoolExecutor(4) as threads:
        slow = [threads.submit(page.post, "findings", {"text": LONG}) for _ in range(3)]
        while page.workers._waits[True] < 3:
            time.sleep(0.01)
        assert page.live(SMALL)["network"] is not None
        assert not all(each.done() for each in slow)
        assert page.client.portal is not None
        page.client.portal.call(page.workers.stop)  # as the server does when it ends
        assert {each.result().json()["code"] for each in slow} == {"stopped"}


@pytest.mark.parametrize("kind", ["live", "findings", "explained", "fields", "trace"])
def test_of_a_page_the_newest_request_counts(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnnstat.commands.serve.worker_process.GIVEN_UP", 0.0)
    more: dict[str, dict[str, object]] = {key: {"layer": "conv1"} for key in ("explained", "fields")}
    more["trace"] = {"layer": "conv1", "unit": [0, 0, 0]}
    long, small = ({"text": text, **more.get(kind, {})} for text in (LONG, SMALL))
    with served(tmp_path, count=3) as page, ThreadPoolExecutor(1) as threads:
        older = threads.submit(page.post, kind, long, page="one")
        while not (page.workers._at_work or older.done()):
            time.sleep(0.01)
        other = page.post(kind, small, page="two")
        newer = page.post(kind, small, page="one")
        assert {each.status_code for each in (newer, other)} == {200}
        assert (older.result().status_code, older.result().json()["code"]) == (503, "superseded")


@pytest.mark.parametrize("fault", ["workers.encode_job", "worker_process.decode_answer"])
def test_a_fault_of_the_server_costs_no_worker(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither before a worker has the job nor behind it: the next request is answered."""

    def fail(_: object) -> bytes:
        raise UnicodeEncodeError("utf-8", "\udcff", 0, 1, "a name that is none")

    with served(tmp_path, count=1) as page:
        for _ in range(2):
            with monkeypatch.context() as patch:
                patch.setattr(f"cnnstat.commands.serve.{fault}", fail)
                with pytest.raises(UnicodeEncodeError):
                    page.post("live", {"text": SMALL})
            with ThreadPoolExecutor(1) as threads:
                answered = threads.submit(page.live, SMALL)
                try:
                    assert answered.result(60)["network"] is not None
                finally:
                    assert page.client.portal is not None
                    any(page.workers._waits.values()) and page.client.portal.call(page.workers.stop)


def test_too_many_requests_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnstat.commands.serve.workers.WAITING", 0)
    with served(tmp_path, count=1) as page:
        answer = page.post("live", {"text": SMALL})
        assert (answer.status_code, answer.json()["code"]) == (503, "requests")


@pytest.mark.parametrize("place", ["live", "file", "findings"])
def test_a_request_of_too_many_bytes_is_refused(place: str, tmp_path: Path, page: Page) -> None:
    spec = tmp_path / "net.yaml"
    spec.write_text(SMALL, encoding="utf-8")
    content = b'{"text": "' + b"#" * bounds.REQUEST_BYTES + b'"}'
    with served(tmp_path, str(spec), count=1) as own:
        answer = own.post(place, content=content)
        assert (answer.status_code, answer.json()["code"]) == (413, "size")
        assert own.post(place, content=b"{}", content_length=str(1 << 40)).status_code == 413


def test_a_network_of_more_layers_than_a_page_shows(page: Page) -> None:
    found = page.live(SMALL + "- {type: relu, repeat: 5000}\n")
    assert found["network"] is None
    assert "5,001 layers" in found["refused"]
    assert page.live(SMALL + "- {type: relu, repeat: 4999}\n")["network"] is not None


def test_workers_end_with_the_server(tmp_path: Path) -> None:
    with served(tmp_path) as page:
        page.live(SMALL)
        before = workers_of(page)
        assert before
    assert not any(psutil.pid_exists(pid) for pid in before if pid)
