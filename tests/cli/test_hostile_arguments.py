"""What stands on a command line is text when it comes back in a message, click's own messages included."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.program import run, within

HOSTILE = "\x1b]0;x\x07\n::error::x \u202e\udcff"

LINES = [
    ("summary", "lenet5", HOSTILE),
    ("summary", "lenet5", "x", HOSTILE),
    ("summary", HOSTILE),
    ("summary", f"--{HOSTILE}", "lenet5"),
    ("summary", f"-{HOSTILE}", "lenet5"),
    ("summary", f"--depth={HOSTILE}", "lenet5"),
    ("summary", f"--strict={HOSTILE}", "lenet5"),
    *(
        ("summary", "lenet5", option, HOSTILE)
        for option in ("--format", "--batch", "--input", "--set", "--columns", "-o")
    ),
    ("summary", "lenet5", "--set", f"n={HOSTILE}"),
    ("rf", "lenet5", "--unit", HOSTILE),
    ("rf", "lenet5", "--at", HOSTILE, "--unit", "1,1"),
    ("sizes", "lenet5", "--from", HOSTILE),
    ("flops", "lenet5", "--convention", HOSTILE),
    ("explain", HOSTILE),
    ("explain", "lenet5", HOSTILE),
    ("explain", "conv", HOSTILE),
    ("diff", "lenet5", HOSTILE),
    ("schema", HOSTILE),
    (HOSTILE,),
    (f"--{HOSTILE}",),
    *(
        ("run", option, HOSTILE)
        for option in ("--max-memory", "--dtype", "--seed", "--weights", "--save", "--image", "--array")
    ),
    ("run", "--activations", HOSTILE),
]


@pytest.mark.parametrize("line", LINES, ids=lambda line: " ".join(line).replace(HOSTILE, "HOSTILE"))
def test_what_is_typed_comes_back_as_text(
    line: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(HOSTILE).mkdir(parents=True)  # so that a file to be written is refused by name, too
    ended = within(*line)
    assert ended.returncode in (1, 2)
    assert ended.stdout == ""
    assert all(text.isprintable() for text in ended.stderr.split("\n"))
    assert "::" not in ended.stderr
    assert ended.stderr.count("\n") <= 4


def test_a_process_of_its_own_prints_the_same() -> None:
    said = run("summary", "lenet5", HOSTILE).stderr.splitlines()
    assert said[-1] == r"Error: Got unexpected extra argument (\x1b]0;x\x07\n: :error: :x \u202e\udcff)"


@pytest.mark.parametrize(
    "line",
    [
        ("summary", "lenet5", "-o", "a\0b"),
        ("run", "lenet5", "--save", "a\0b"),
        ("run", "lenet5", "--array", "a\0b"),
        ("run", "lenet5", "--weights", "a\0b"),
    ],
)
def test_a_file_has_no_name_with_a_null_character(line: tuple[str, ...]) -> None:
    """No command line can hold one, but a program that calls this one can."""
    found = within(*line)
    assert (found.returncode, found.stdout) == (2, "")
    assert "null character" in found.stderr
