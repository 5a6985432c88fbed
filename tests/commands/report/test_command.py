"""`cnnstat report`: what is read, what is written, and how it ends."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cnnstat.commands.report import networks as of_networks
from tests.commands.report.html_reader import elements, held, report
from tests.program import within

ROOT = Path(__file__).parents[3]
GOOD = "input: [1, 8, 8]\nlayers:\n  - {type: conv, filters: 2, kernel: 3}\n"
FAMILY = "input: [1, 8, 8]\nvariants: {a: {}, b: {}}\nlayers:\n  - {type: relu}\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_folder_is_an_index_of_all_its_networks(here: Path) -> None:
    write(here / "specs" / "b.yaml", GOOD)
    write(here / "specs" / "deep" / "a.yaml", FAMILY)
    write(here / "specs" / "other.yaml", "jobs: []\n")
    write(here / "specs" / "broken.yaml", "input: [1, 8, 8]\nlayers:\n  - {type: konv}\n")
    ended = within("report", "specs", "-o", "all.html")
    assert ended.returncode == 1
    assert ended.stderr.startswith("specs/broken.yaml:3:12: type/unknown: unknown type 'konv'")
    data = held((here / "all.html").read_text(encoding="utf-8"))
    index = data["document"]["index"]
    files = ["specs/b.yaml", "specs/broken.yaml", "specs/deep/a.yaml#a", "specs/deep/a.yaml#b"]
    assert [each["file"] for each in index] == files
    assert len({each["key"] for each in index}) == 4
    assert data["document"]["title"] == "4 networks"
    for position, each in enumerate(index):
        assert (f"network-{position}" in data) == (not each["problems"])


def test_what_is_named_and_wrong_is_an_error(here: Path) -> None:
    write(here / "broken.yaml", "input: [1, 8, 8]\nlayers:\n  - {type: konv}\n")
    ended = within("report", "lenet5", "broken.yaml", "-o", "x.html")
    assert (ended.returncode, os.listdir(here)) == (1, ["broken.yaml"])
    assert "did you mean 'conv'?" in ended.stderr


def test_a_published_figure_that_is_missed_ends_as_in_summary(here: Path) -> None:
    write(here / "a.yaml", f"{GOOD}expect: {{params: {{value: 5, source: nowhere}}}}\n")
    ended = within("report", "a.yaml", "-o", "x.html")
    assert (ended.returncode, ended.stderr) == (1, within("summary", "a.yaml").stderr)
    data = held((here / "x.html").read_text(encoding="utf-8"))
    assert [each["finding"]["code"] for each in data["network-0"]["findings"]] == ["expect/missed"]
    assert data["document"]["index"][0]["findings"] == {"error": 1}


def test_findings_have_the_page_of_their_code(here: Path) -> None:
    layers = "  - {name: a, type: conv, filters: 2, kernel: 3}\n  - {type: batch_norm}\n"
    write(here / "a.yaml", f"input: [1, 8, 8]\nlayers:\n{layers}")
    (found,) = held(report(here, "a.yaml"))["network-0"]["findings"]
    assert found["finding"]["code"] == "rule/bias-before-norm"
    assert found["finding"]["line"] == 3
    assert found["meaning"] in within("explain", "rule/bias-before-norm").stdout.replace("\n", " ")
    write(here / ".cnnstat.yaml", "severity: {rule/bias-before-norm: 'off'}\n")
    assert held(report(here, "a.yaml"))["network-0"]["findings"] == []


def test_standard_output_has_the_page(here: Path) -> None:
    ended = within("report", "lenet5", "-o", "-")
    assert ended.returncode == 0
    assert held(ended.stdout)["document"]["title"] == "LeNet-5"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lenet5",), "Missing option '-o'"),
        (("-o", "x.html"), "Missing argument 'SPEC...'"),
        (("-", "-", "-o", "x.html"), "only one network can be standard input"),
        (("lenet5", "--trace", "C1", "-o", "x.html"), "expected a layer and a unit of it"),
        (("lenet5", "--trace", "nobody:0,0,0", "-o", "x.html"), "no layer 'nobody' in LeNet-5"),
        (("lenet5", "--trace", "C1:0,0", "-o", "x.html"), "a unit of C1 has 3 coordinates"),
        (("lenet5", "-o", "."), "is a directory"),
        (("empty", "-o", "x.html"), "there is no spec to check in empty"),
    ],
)
def test_what_cannot_be_is_usage(words: tuple[str, ...], said: str, here: Path) -> None:
    (here / "empty").mkdir()
    ended = within("report", *words)
    assert ended.returncode == 2
    assert said in ended.stderr.replace("\n", " ")
    assert os.listdir(here) == ["empty"]


def test_a_run_that_is_refused_says_so_and_the_page_does(here: Path) -> None:
    ended = within("report", "vgg16", "--run", "--max-memory", "1M", "-o", "x.html")
    assert ended.returncode == 2
    assert ended.stderr.startswith("vgg16: the run needs about ")
    data = held((here / "x.html").read_text(encoding="utf-8"))
    assert data["network-0"]["proof"] is None
    assert data["network-0"]["proof_reason"] in ended.stderr
    assert data["document"]["index"][0]["proved"] is None


def test_too_many_networks_are_refused(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_networks, "SHOWN", 3)
    for name in "abcd":
        write(here / "specs" / f"{name}.yaml", GOOD)
    ended = within("report", "specs", "-o", "x.html")
    assert (ended.returncode, "more than 3 networks" in ended.stderr) == (2, True)


def test_the_spec_itself_is_not_written_over(here: Path) -> None:
    write(here / "a.yaml", GOOD)
    ended = within("report", "a.yaml", "-o", "a.yaml")
    assert (ended.returncode, (here / "a.yaml").read_text(encoding="utf-8")) == (2, GOOD)


@pytest.mark.slow
def test_the_bundled_networks_are_one_page(tmp_path: Path) -> None:
    text = report(tmp_path, str(ROOT / "architectures"))
    assert len(held(text)["document"]["index"]) > 130
    assert len(elements(text)) > 1_000
