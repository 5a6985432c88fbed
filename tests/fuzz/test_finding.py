"""Each fuzzer finds what is planted, and what is found is cut down, saved, and found once."""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase
from hypothesis import strategies as st

import cnnstat
from cnnstat import cli
from cnnstat.executor.measure import gradients as checks
from cnnstat.layers import LAYERS
from cnnstat.layers.base import values
from cnnstat.report.document import builtins
from cnnstat.report.render import json
from cnnstat.spec import document
from cnnstat.tensors import npy
from tests.fuzz import files, gradients, specs, tried, truth
from tests.fuzz.commands import Ended, check_ending
from tests.fuzz.findings import Finding, Fuzzer, memory, seconds
from tests.fuzz.session import AGAIN, Folder, Session

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.report.document import Document


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def found(fuzzer: Fuzzer, folder: Folder) -> str:
    """Return the first cause that a fuzzer finds; it is not cut down, which takes longer than to find it."""
    session = Session("test", fuzzer, folder, "1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.fuzz.session.PHASES", (Phase.generate,))
        for seed in range(10):
            session.batch(seed, 200, time.monotonic() + 60)
            if session.found:
                break
    (line,) = session.found
    return line


def test_a_lie_of_the_calculator(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LAYERS["relu"], "connections", lambda self, inputs: values(inputs[0]))
    assert "connections of relu is not true" in found(truth.FUZZER, folder)
    (spec,) = folder.path.glob("*.yaml")
    assert "relu" in {node.type for node in cnnstat.load(spec).layers}


def test_json_that_its_class_does_not_describe(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def lying(document: Document) -> Any:
        made = builtins(document)
        for layer in made.get("layers", ()):
            layer["inputs"] = [{"name": name} for name in layer["inputs"]]
        return made

    monkeypatch.setattr(json, "builtins", lying)
    assert "is not what its class says" in found(truth.FUZZER, folder)


def test_a_check_that_sees_no_wrong_gradient(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "TOLERANCE", 10)
    assert "and nobody says so" in found(gradients.FUZZER, folder)


def test_an_ending_that_is_none(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "complain", lambda text, code: code)
    assert "and says nothing" in found(tried.FUZZER, folder)


def test_a_problem_without_a_place(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "place_of", lambda source, mark: (source.line_count + 1, 1))
    assert "has no place in the text" in found(specs.FUZZER, folder)


def test_an_exception_of_the_calculator(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LAYERS["relu"], "connections", lambda self, inputs: 1 // 0)
    assert "ZeroDivisionError" in found(specs.FUZZER, folder)


def test_an_error_of_a_reader_that_is_not_caught(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(npy, "_undamaged", lambda path: nullcontext())
    assert " in tensors/npy.py" in found(files.FUZZER, folder)


# -- endings -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "kind"),
    [
        (Ended(3, "", "x"), "summary ends with exit code 3"),
        (Ended(1, "", ""), "summary ends with exit code 1 and says nothing"),
        (Ended(2, "x", ""), "summary ends with exit code 2 and no message"),
        (Ended(0, "a\x1b[31mb", ""), "summary puts control characters out on standard output"),
        (Ended(1, "", "a\rb"), "summary puts control characters out on standard error"),
        (Ended(1, "", "x ::error::"), "summary lets a message speak to a CI log"),
        (Ended(0, "{", ""), "summary puts out JSON that is none"),
    ],
)
def test_a_wrong_ending(end: Ended, kind: str) -> None:
    with pytest.raises(Finding) as caught:
        check_ending(("summary", "-", "--format", "json"), end)
    assert caught.value.kind == kind


def test_a_good_ending() -> None:
    check_ending(("summary", "-", "--format", "json"), Ended(0, "{}\n", ""))
    check_ending(("summary", "-"), Ended(1, "", "s.yaml:1:1: x\n"))


def test_what_does_not_end_in_time() -> None:
    with pytest.raises(Finding, match=r"a loop takes more than 0\.1 s"), seconds(0.1, "a loop"):
        for _ in iter(int, 1):
            pass


def test_what_takes_too_much_memory() -> None:
    with pytest.raises(Finding, match="a list takes more than 20 MiB"), memory(20 << 20, "a list"):
        assert len(bytearray(300 << 20)) > 0  # more than a process may have freed and kept
    with memory(20 << 20, "nothing"):
        pass


# -- what becomes of a finding -------------------------------------------------------------------------


@dataclass(frozen=True)
class Number:
    value: int

    def saved(self) -> tuple[str, bytes]:
        return ".num", str(self.value).encode()

    def __str__(self) -> str:
        return f"the number {self.value}"


def check(example: Number) -> str:
    if example.value >= 5000:
        raise Finding("too large", str(example.value))
    if example.value >= 1000:
        raise ZeroDivisionError
    return "good"


NUMBERS = Fuzzer(st.builds(Number, st.integers(0, 10_000)), check)


def test_findings_are_cut_down_saved_and_found_once(folder: Folder) -> None:
    session = Session("numbers", NUMBERS, folder, "1")
    for seed in range(4):
        session.batch(seed, 200, time.monotonic() + 60)
    assert sorted(path.read_text() for path in folder.path.glob("*.num")) == ["1000", "5000"]
    assert len(session.found) == 2
    (story,) = (path for path in folder.path.glob("*.txt") if path.read_text().startswith("too large"))
    assert "the number 5000" in story.read_text()
    assert session.counts["good"] > 0
    assert session.counts[f"{AGAIN}too large"] > 0
    assert folder.current("numbers", "1").read_bytes().startswith(b"the number ")


def test_time_ends_a_batch(folder: Folder) -> None:
    session = Session("numbers", NUMBERS, folder, "1")
    session.batch(1, 200, time.monotonic())
    assert session.counts.total() == 0
