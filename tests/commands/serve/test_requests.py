"""Requests that no page of ours sends: nothing in them names a file, runs code, or is answered by a fault."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnstat.commands.serve.answers import ABOUT_NETWORKS
from cnnstat.commands.serve.closed_files import _hook
from cnnstat.commands.serve.kinds import KINDS
from tests.commands.serve.client import SMALL, TOKEN, served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.commands.serve.client import Page

NAMES = (
    *(
        "/etc/passwd",
        "../../etc/passwd",
        "torch:os:getcwd",
        "torch:code.py:make",
        "weights.npz",
        "net.onnx",
        "-",
    ),
    *("resnet.yaml#resnet50", "lenet5#x", "file:///etc/passwd", "http://evil.example/x.yaml", "secret.yaml"),
)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_a_text_and_nothing_else(
    name: str, page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.yaml").write_text(SMALL + "# secret\n")
    (tmp_path / "code.py").write_text("open('ran', 'w')\ndef make(): pass\n")
    more: dict[str, dict[str, Any]] = {"trace": {"layer": name, "unit": [0]}, "export": {"to": "pytorch"}}
    more |= {kind: {"layer": name} for kind in ("explained", "fields")}
    asked: list[tuple[str, dict[str, Any]]] = [(kind, {"text": name, **more.get(kind, {})}) for kind in KINDS]
    asked += [("live", {"text": SMALL, "variant": name}), ("live", {"text": SMALL, "params": {"a": name}})]
    for kind, body in asked:
        answer = page.post(kind, body)
        assert answer.status_code in (200, 422), (kind, answer.text)
        assert "root:x:0" not in answer.text
        assert "# secret" not in answer.text
    assert page.get(f"zoo?name={quote(name)}").status_code == 404
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "more",
    [
        *(
            {"spec": "/etc/passwd"},
            {"path": "/etc/passwd"},
            {"weights": "/etc/passwd"},
            {"text": 5},
            {"text": None},
        ),
        *({"batch": None}, {"batch": "1"}, {"input_shape": {"a": [1]}}, {"params": [1]}),
        *({"variant": "x" * 2000}, {"dtype": 1}, {"strict": True}, {"params": {"a" * 2000: 1}}),
    ],
)
def test_what_is_no_request_of_the_page_is_refused(more: dict[str, Any], page: Page) -> None:
    answer = page.post("live", {"text": SMALL, **more})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


@pytest.mark.parametrize("place", ["../start", "start/", "%2e%2e/start", "static/x", "live%00"])
def test_other_places_are_nowhere(place: str, page: Page) -> None:
    assert page.client.get(f"/{TOKEN}/{place}").status_code in (403, 404, 405)


@pytest.fixture(scope="module")
def saving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    folder = tmp_path_factory.mktemp("spec")
    (folder / "net.yaml").write_text(SMALL)
    with served(tmp_path_factory.mktemp("models"), str(folder / "net.yaml"), count=1) as found:
        yield found


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)


def test_kinds_are_those_of_the_functions() -> None:
    assert [kind for kind, each in KINDS.items() if each.asked] == [*ABOUT_NETWORKS]


FIELDS = st.sampled_from(
    ["text", "variant", "params", "input_shape", "batch", "layer", "unit", "to", "digest"]
)
TEXTS = (
    st.sampled_from([SMALL, SMALL[:40], "params: {a: 1}\n" + SMALL, "a: &a [*a]", "\x00", "{" * 500])
    | st.text()
)
ASKED = st.builds(lambda text, more: {"text": text, **more}, TEXTS, st.dictionaries(FIELDS, ANY, max_size=4))
BODIES = st.binary(max_size=200) | st.builds(lambda each: json.dumps(each).encode(), ANY | ASKED)


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(place=st.sampled_from([*KINDS, "file", "model", "start", "zoo", ""]), body=BODIES)
def test_no_request_is_answered_by_a_fault(saving: Page, place: str, body: bytes) -> None:
    answer = saving.post(place, content=body)
    assert answer.status_code in (200, 400, 405, 409, 422), (place, body, answer.text)
    if answer.headers["content-type"].startswith("application/json"):
        answer.json()


def test_a_model_is_read_from_what_is_sent(page: Page, tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    exported = page.post("export", {"text": SMALL, "to": "onnx"})
    assert exported.status_code == 200
    read = page.post("model?name=..%2F..%2Fmine.onnx", content=exported.content).json()
    assert page.live(read["text"])["network"]["summary"]["totals"]["params"] == 224
    assert "/" not in read["text"].split("\n")[0]
    assert not [*page.folder.iterdir()]  # it is not kept


def test_a_model_that_is_none_says_so_and_names_no_file(page: Page) -> None:
    answer = page.post("model?name=mine.onnx", content=b"no model")
    assert answer.status_code == 422
    assert str(page.folder) not in answer.text
    assert not [*page.folder.iterdir()]


@pytest.mark.parametrize(("to", "said"), [("pytorch", "class "), ("keras", "def ")])
def test_source_code_is_that_of_the_command(to: str, said: str, page: Page) -> None:
    answer = page.post("export", {"text": SMALL, "to": to})
    assert said in answer.text
    assert answer.headers["content-disposition"] == 'attachment; filename="lenet5.py"'
    assert answer.headers["content-type"].startswith("application/octet-stream")


def test_a_report_is_a_file_of_its_own(page: Page) -> None:
    answer = page.post("report", {"text": SMALL})
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="lenet5.html"'
    assert answer.text.startswith("<!DOCTYPE html>")
    assert 'id="network-0"' in answer.text


@pytest.mark.parametrize("kind", ["report", "export", "conventions", "charts"])
def test_of_a_text_that_is_wrong_there_is_no_part(kind: str, page: Page) -> None:
    answer = page.post(kind, {"text": "input: [3", **({"to": "onnx"} if kind == "export" else {})})
    assert (answer.status_code, answer.json()["code"]) == (422, "yaml/syntax")


CLOSED = """
import sys
from pathlib import Path
import msgspec, cnnstat.commands.serve.answers
from cnnstat.commands.serve.closed_files import close_files
close_files(Path(sys.argv[1]))
import wave  # a module of Python's may be read
import psutil; psutil.virtual_memory(), psutil.Process().memory_info()
print(open(sys.argv[1] + "/model").read())
for attempt in sys.argv[2:]:
    try:
        exec(attempt)
        print("was possible:", attempt)
    except PermissionError:
        pass
"""

ATTEMPTS = (
    "open('/etc/passwd')",
    "open(sys.argv[1] + '/../other')",
    "open('/proc/../etc/passwd')",
    "open('/proc/self/root/etc/passwd')",
    "open('/sys/../etc/passwd')",
    "open('/proc/self/environ')",
    "open('/proc/1/cmdline')",
    "import os; open(f'/proc/{os.getppid()}/environ')",
    "open(sys.argv[1] + '/link')",
    "open(sys.argv[1] + '/model', 'w')",
    "open(sys.argv[1] + '/new', 'x')",
    "Path('/etc/passwd').read_bytes()",
    "import os; os.open('/etc/passwd', os.O_RDONLY)",
    "import os; os.system('true')",
    "import subprocess; subprocess.run(['true'])",
    "import os; os.remove(sys.argv[1] + '/model')",
    "import os; os.rename(sys.argv[1] + '/model', sys.argv[1] + '/x')",
    "import os; os.fork()",
    "import socket; socket.create_connection(('127.0.0.1', 1))",
    "import os; os.listdir('/etc')",
    "import os; os.scandir(sys.argv[1] + '/..')",
    "import os; os.kill(os.getppid(), 0)",
    "import os; os.utime(sys.argv[1] + '/model')",
    "import os; os.chdir('/')",
    "import sqlite3; sqlite3.connect(sys.argv[1] + '/model')",
)


def test_a_worker_opens_no_other_file_and_starts_nothing(tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / "model").write_text("read")
    (tmp_path / "other").write_text("secret")
    (models / "link").symlink_to(tmp_path / "other")
    ended = subprocess.run(
        [sys.executable, "-c", CLOSED, str(models), *ATTEMPTS],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert (ended.stdout, ended.stderr) == ("read\n", "")


def test_what_is_open_already_may_be_read(tmp_path: Path) -> None:
    asked = _hook(tmp_path)
    asked("open", (3, "r", 0))
    asked("open", (tmp_path / "model", "r", 0))
    with pytest.raises(PermissionError):
        asked("open", (b"/etc/passwd", "r", 0))
