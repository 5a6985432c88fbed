"""A server with workers of its own in this process, asked as its page asks."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from starlette.testclient import TestClient

from cnnstat.commands.serve.app import application
from cnnstat.commands.serve.opened import opened
from cnnstat.commands.serve.workers import Workers
from cnnstat.page.assets import Assets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PORT = 8765
TOKEN = "a-token"
ORIGIN = f"http://127.0.0.1:{PORT}"
SMALL = "input: [3, 32, 32]\nlayers:\n- {type: conv, filters: 8, kernel: 3}\n"
MANY = "input: [3, 32, 32]\nlayers:\n- {type: relu, repeat: 199999}\n"
"""A network that takes more than a second to unfold, and more than a hundred megabytes."""

LONG = "input: [3, 32, 32]\nlayers:\n" + "- {type: conv, filters: 3, kernel: 3, padding: same}\n" * 30_000
"""One that takes seconds to read, and twice the memory that a worker has at its start."""


class Page:
    """What a page asks of its server; the token and the headers of a browser go with each request."""

    def __init__(self, client: TestClient, workers: Workers, folder: Path) -> None:
        self.client, self.workers, self.folder = client, workers, folder

    def get(self, place: str, **headers: str) -> Any:
        return self.client.get(f"/{TOKEN}/{place}", headers=headers)

    def post(self, place: str, body: Any = None, content: bytes | None = None, **headers: str) -> Any:
        own = {"origin": ORIGIN} | {name.replace("_", "-"): text for name, text in headers.items()}
        if content is not None:
            return self.client.post(f"/{TOKEN}/{place}", content=content, headers=own)
        return self.client.post(f"/{TOKEN}/{place}", json=body, headers=own)

    def live(self, text: str, **asked: Any) -> Any:
        answer = self.post("live", {"text": text, **asked})
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextmanager
def served(folder: Path, spec: str | None = None, **of_workers: Any) -> Iterator[Page]:
    """Serve a spec. ``folder`` is for models; two workers are as many as one test needs."""
    what = opened(spec)
    workers = Workers(folder, what.configuration, **({"count": 2} | of_workers))
    app = application(what, Assets("/* script */", "/* style */"), TOKEN, PORT, workers, folder)
    with TestClient(app, ORIGIN) as client:
        yield Page(client, workers, folder)
