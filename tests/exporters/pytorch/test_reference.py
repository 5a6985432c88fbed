"""What the sources look like; run as a module, this writes those that stand beside it anew."""

from __future__ import annotations

from pathlib import Path

import pytest

import cnnstat
from tests.exporters.pytorch.compared import written

FOLDER = Path(__file__).parent / "reference"
NAMES = ("lenet5", "resnet18")


@pytest.mark.parametrize("name", NAMES)
def test_the_source_is_as_it_was(name: str) -> None:
    assert written(cnnstat.load(name)) == (FOLDER / f"{name}.py.txt").read_text(encoding="utf-8")


if __name__ == "__main__":
    for each in NAMES:
        (FOLDER / f"{each}.py.txt").write_text(written(cnnstat.load(each)), encoding="utf-8")
