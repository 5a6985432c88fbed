"""Each bad spec stands beside what the program says about it, wording included."""

from __future__ import annotations

from pathlib import Path

import pytest

import cnnstat

FOLDER = Path(__file__).parents[1] / "specs" / "bad"


def said(path: Path) -> str:
    with pytest.raises(cnnstat.SpecError) as caught:
        cnnstat.analyze(cnnstat.loads(path.read_text(encoding="utf-8"), path.name))
    return f"{caught.value}\n"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_diagnostics(path: Path) -> None:
    assert said(path) == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_there_are_bad_specs() -> None:
    assert len(list(FOLDER.glob("*.yaml"))) > 25
