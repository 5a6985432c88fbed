"""The file that is open: written when that is asked for, and never over what the page does not know."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any

import pytest

from cnnstat.base.errors import SpecError
from cnnstat.commands.check.replaced import replace_text
from cnnstat.commands.serve.opened import opened
from cnnstat.commands.serve.opened_file import OpenedFile
from tests.commands.serve.client import SMALL, served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.commands.serve.client import Page


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "net.yaml"
    path.write_bytes(SMALL.encode())
    return path


@pytest.fixture
def own(spec: Path, tmp_path: Path) -> Iterator[Page]:
    with served(tmp_path, str(spec), count=1) as page:
        yield page


def save(page: Page, text: str, digest: str) -> tuple[int, Any]:
    answer = page.post("file", {"text": text, "digest": digest})
    return answer.status_code, answer.json()


def test_nothing_is_written_until_that_is_asked_for(own: Page, spec: Path) -> None:
    before = spec.stat()
    start = own.get("start").json()
    own.live(start["text"] + "# more")
    assert (spec.stat().st_mtime_ns, spec.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    status, state = save(own, "# mine\n" + SMALL, start["digest"])
    assert (status, spec.read_text()) == (200, "# mine\n" + SMALL)
    assert own.get(f"file?digest={state['digest']}").json() == {
        "digest": state["digest"],
        "text": None,
        "trouble": "",
    }
    assert sorted(each.name for each in spec.parent.iterdir()) == ["net.yaml"]


def test_a_change_made_elsewhere_is_shown_and_not_written_over(own: Page, spec: Path) -> None:
    digest = own.get("start").json()["digest"]
    spec.write_text("# theirs\n" + SMALL)
    status, state = save(own, "# mine\n" + SMALL, digest)
    assert (status, state["text"], spec.read_text()) == (409, "# theirs\n" + SMALL, "# theirs\n" + SMALL)
    # Once it is known, it may be written over: that is what was asked.
    assert save(own, "# mine\n" + SMALL, state["digest"])[0] == 200
    assert spec.read_text() == "# mine\n" + SMALL


def test_of_two_pages_the_second_is_told_what_the_first_saved(own: Page, spec: Path) -> None:
    first, second = (own.get("start").json() for _ in range(2))
    assert save(own, "# first\n" + SMALL, first["digest"])[0] == 200
    status, state = save(own, "# second\n" + SMALL, second["digest"])
    assert (status, state["text"]) == (409, "# first\n" + SMALL)
    assert spec.read_text() == "# first\n" + SMALL


def test_equal_content_is_no_change(own: Page, spec: Path) -> None:
    digest = own.get("start").json()["digest"]
    spec.unlink()
    spec.write_text(SMALL)
    assert save(own, "# mine\n" + SMALL, digest)[0] == 200


def test_a_change_between_the_look_and_the_writing_stays(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = OpenedFile(spec)
    digest = file.state().digest

    def later(path: Path, read: str, text: str) -> None:
        spec.write_text("# theirs\n")
        replace_text(path, read, text)

    monkeypatch.setattr("cnnstat.commands.serve.opened_file.replace_text", later)
    saved, state = file.save("# mine\n", digest)
    assert (saved, state.text, spec.read_text()) == (False, "# theirs\n", "# theirs\n")


def test_what_was_written_is_known_and_not_what_came_after(
    spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = OpenedFile(spec)

    def then(path: Path, read: str, text: str) -> None:
        replace_text(path, read, text)
        spec.write_text("# theirs\n")

    monkeypatch.setattr("cnnstat.commands.serve.opened_file.replace_text", then)
    saved, state = file.save("# mine\n", file.state().digest)
    assert saved
    assert file.state(state.digest).text == "# theirs\n"


@pytest.mark.parametrize("become", ["gone", "folder", "bytes", "large", "pipe"])
def test_a_file_that_is_none_any_more(become: str, own: Page, spec: Path) -> None:
    digest = own.get("start").json()["digest"]
    spec.unlink()
    if become == "folder":
        spec.mkdir()
    if become == "pipe":
        os.mkfifo(spec)
    if become in ("bytes", "large"):
        spec.write_bytes(b"\xff\xfe" if become == "bytes" else b"#" * (5 << 20))
    state = own.get("file").json()
    assert state["text"] is None
    assert state["trouble"].startswith("net.yaml: ")
    assert save(own, "# mine\n", digest)[0] == 409
    assert become != "gone" or not spec.exists()
    assert own.get("start").json()["trouble"] == state["trouble"]


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf", b""])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_byte_order_mark_and_ends_of_lines_stay(data: bytes, end: str, own: Page, spec: Path) -> None:
    spec.write_bytes(data + SMALL.replace("\n", end).encode())
    start = own.get("start").json()
    assert start["text"] == SMALL.replace("\n", end)
    assert save(own, start["text"] + "# more" + end, start["digest"])[0] == 200
    assert spec.read_bytes() == data + (SMALL + "# more\n").replace("\n", end).encode()


def test_mode_and_link_stay(own: Page, spec: Path, tmp_path: Path) -> None:
    spec.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to(spec)
    file = OpenedFile(link)
    assert file.save("# mine\n", file.state().digest)[0]
    assert link.is_symlink()
    assert (spec.read_text(), stat.S_IMODE(spec.stat().st_mode)) == ("# mine\n", 0o640)


def test_a_hard_link_becomes_a_file_of_its_own(own: Page, spec: Path, tmp_path: Path) -> None:
    """As docs/serve.md says: what is never half written takes the place of one name, not of all."""
    os.link(spec, tmp_path / "other.yaml")
    assert save(own, "# mine\n" + SMALL, own.get("start").json()["digest"])[0] == 200
    assert (spec.read_text(), (tmp_path / "other.yaml").read_text()) == ("# mine\n" + SMALL, SMALL)


def test_a_name_that_is_no_text_is_shown_escaped(tmp_path: Path) -> None:
    spec = tmp_path / os.fsdecode(b"\xffbad.yaml")
    try:
        spec.write_text(SMALL)
    except OSError:
        pytest.skip("no such names here")
    with served(tmp_path, str(spec), count=1) as page:
        start = page.get("start").json()
        assert start["name"].endswith("\\udcffbad.yaml")
        assert page.live(SMALL)["network"] is not None
        assert save(page, "# mine\n" + SMALL, start["digest"])[0] == 200
        assert spec.read_text() == "# mine\n" + SMALL
        spec.unlink()
        assert "is not there any more" in page.get("file").json()["trouble"]


@pytest.mark.parametrize("name", ["lenet5#nobody", "resnet#nobody", "{}#nobody"])
def test_a_variant_that_there_is_not_is_refused_at_the_start(name: str, spec: Path) -> None:
    with pytest.raises(SpecError, match="no variant 'nobody'"):
        opened(name.format(spec))


def test_a_file_that_is_no_text_says_where(spec: Path) -> None:
    spec.write_bytes(b"name: caf\xe9\n")
    assert OpenedFile(spec).state().trouble == "net.yaml: is not UTF-8 text (byte 9)"


def test_a_folder_that_takes_no_files_is_said(own: Page, spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("cnnstat.base.files.os.urandom", refuse)
    digest = own.get("start").json()["digest"]
    status, state = save(own, "# mine\n", digest)
    assert (status, spec.read_text()) == (422, SMALL)
    assert "Permission denied" in state["refused"]


@pytest.mark.parametrize("name", [None, "lenet5", "resnet50"])
def test_a_bundled_network_is_nobodys_to_change(name: str | None, tmp_path: Path) -> None:
    with served(tmp_path, name, count=1) as page:
        start = page.get("start").json()
        assert (start["saves"], start["digest"]) == (False, "")
        assert save(page, "# mine\n", "")[0] == 404
        assert page.get("file").status_code == 404
        assert page.live(start["text"], variant=start["variant"])["network"]["summary"]["name"]


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"\xff", b"[]", b"null"),
        *(b'{"text": 1, "digest": ""}', b'{"text": "a"}', b'{"digest": "a"}'),
        *(b'{"text": "a", "digest": null}', b'{"text": "a", "digest": "", "more": 1}'),
        b'{"text": "a", "digest": "' + b"k" * 65 + b'"}',
    ],
)
def test_what_is_no_request_to_save_writes_nothing(body: bytes, own: Page, spec: Path) -> None:
    before = spec.read_bytes()
    assert own.post("file", content=body).status_code == 400
    assert spec.read_bytes() == before
