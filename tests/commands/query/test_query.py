"""`cnnstat query` finds what the sweep itself would have shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

SWEEP = ("mobilenet-v1", "--vary", "classes=10,1000", "--vary", "resolution=0:224:32")
FIGURES = ("--columns", "params,macs,receptive_field,fvcore")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("query") / "store.duckdb"
    assert within("sweep", *SWEEP, *FIGURES, "--store", str(path)).returncode == 0
    return path


@pytest.mark.parametrize(
    "asked",
    [
        (),
        ("--where", "macs between 50M and 200M and params <= 3M"),
        ("--where", "receptive_field >= 100", "--sort=-macs,classes", "--top", "5"),
        ("--where", "$width * $resolution <= 100", "--where", "macs >= 10M"),
        ("--pareto", "params, -macs", "--sort", "macs"),
        ("--sort", "resolution,-width", "--top", "7"),
        ("--sort=-receptive_field,params"),
        ("--where", "fvcore at least 100M", "--columns", "macs"),
    ],
)
@pytest.mark.parametrize("form", ["json", "jsonl", "csv"])
def test_a_query_finds_what_the_sweep_shows(store: Path, asked: tuple[str, ...] | str, form: str) -> None:
    given = (asked,) if isinstance(asked, str) else asked
    of_params = [text for text in given if "$" in text]
    own = given if "--columns" in given else (*given, *FIGURES)
    shown = within("sweep", *SWEEP, *own, "--format", form)
    found = within("query", str(store), *given, "--format", form)
    assert found.returncode == shown.returncode == 0, found.stderr
    if form != "json":
        assert found.stdout == shown.stdout
        return
    swept, queried = json.loads(shown.stdout), json.loads(found.stdout)
    assert queried["rows"] == swept["rows"]
    assert queried["matching"] == swept["matching"]
    assert queried["selected"] == swept["selected"]
    if not of_params:  # a sweep refuses such points before it knows them
        assert queried["refused"] == swept["refused"]
        assert queried["accepted"] == swept["accepted"]


def test_a_condition_may_stand_alone_and_begin_with_where(store: Path) -> None:
    texts = ("macs <= 50M", "where macs <= 50M", "WHERE macs <= 50M")
    found = {within("query", str(store), text, "--format", "jsonl").stdout for text in texts}
    assert len(found) == 1
    assert "point" in found.pop()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["activations <= 3"], "the store has no figure 'activations'; it has params, macs"),
        (["--sort", "widht"], "did you mean 'width'?"),
        (["$widht <= 1"], "the store has no parameter $widht; it has width"),
        (["$width <= 'a'"], "expected a number"),
        (["macs < 3M"], "did you mean '<= 3M'?"),
        (["--format", "parquet"], "name it with -o FILE"),
    ],
)
def test_what_cannot_be_asked_of_a_store_is_refused(store: Path, arguments: list[str], why: str) -> None:
    ended = within("query", str(store), *arguments)
    assert ended.returncode == 2
    assert why in ended.stderr


def test_what_cannot_be_asked_is_no_fault_of_the_file_that_is_written(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "points.csv"
    ended = within("query", str(store), "$width <= 'a'", "-o", str(out))
    assert ended.returncode == 2
    assert "cannot write" not in ended.stderr
    assert "expected a number" in ended.stderr
    assert not out.exists()


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "text.csv"
    text.write_text("a,b\n1,2\n")
    for path, why in (
        (text, "no store"),
        (tmp_path / "none.duckdb", "there is no file"),
        (tmp_path, "is a directory"),
    ):
        ended = within("query", str(path))
        assert ended.returncode == 2
        assert why in ended.stderr, ended.stderr
        assert "Traceback" not in ended.stderr
