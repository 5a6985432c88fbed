"""Names of specs, of which some cannot be names: each command refuses them as what they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.program import run, within

LONG = "x" * 251  # with .yaml behind it, it is longer than any file's name
COMMANDS = (
    "summary {}",
    "rf {}",
    "flops {}",
    "sizes {}",
    "run {}",
    "diff {} lenet5",
    "diff lenet5 {}",
    "explain {}",
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("loop").symlink_to("loop")
    Path("file").touch()


@pytest.mark.parametrize("output", [[], ["-o", "out"]])
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "the name of a spec is missing"),
        ("#", "no such file"),
        ("#two", "no such file"),
        ("folder#two", "is a folder"),
        ("folder/", "is a folder"),
        ("loop#two", "no such file"),
        ("file/x.yaml", "no such file"),
        (f"{LONG}.yaml", "cannot be read: File name too long"),
        (f"{LONG * 20}/x", "cannot be read: File name too long"),
        (f"{LONG}{LONG}#two", "cannot be read: File name too long"),
        ("a\0b/", "no such file"),
    ],
    ids=lambda text: text[:20],
)
def test_names_that_cannot_be_read(command: str, name: str, said: str, output: list[str]) -> None:
    ended = within(*(part.format(name) for part in command.split()), *output)
    assert said in ended.stderr
    assert (ended.returncode, ended.stdout) == (2 if "Usage" in ended.stderr else 1, "")
    assert not Path("out").exists()


@pytest.mark.parametrize("name", [LONG, LONG * 2, LONG * 20, "\U0001f600" * 63, "\U0001f600" * 64])
def test_a_long_word_is_no_topic(name: str) -> None:
    ended = within("explain", name)
    assert ended.returncode == 2
    assert "is no layer type, figure, file or bundled network" in ended.stderr


def test_an_input_that_cannot_be_read() -> None:
    with Path("file").open("w") as written:  # which is not open for reading
        ended = run("summary", "-", stdin=written)
    assert ended.returncode == 1
    assert ended.stderr == "<stdin>:1:1: file/unreadable: cannot be read: Bad file descriptor\n"
