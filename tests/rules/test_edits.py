"""What is unused is taken out by --fix in every layout where that is simple, and all else stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnnstat.commands.check.check_file import check_file
from cnnstat.commands.check.options import CheckOptions

if TYPE_CHECKING:
    from pathlib import Path

END = "layers:\n  - {type: dropout, rate: $a}\n"

MENDED = {
    "params: {a: 0, b: 1}": "params: {a: 0}",
    "params: {b: 1, a: 0}": "params: {a: 0}",
    "params: { b: 1 , a: 0 }  # two": "params: { a: 0 }  # two",
    "params: {b, a: 0}": "params: {a: 0}",
    "params: {b: 1, a: 0, c: 2}": "params: {a: 0}",
    "params:\n  a: 0\n  b: 1  # forgotten, I think": "params:\n  a: 0",
    "params:\n  b:\n    1\n\n  # the rate\n  a: 0": "params:\n\n  # the rate\n  a: 0",
    "params:\n  b: [1, 2]\n  a: 0": "params:\n  a: 0",
    "params: {a: 0, b: [1, 2]}": "",
    'params: {a: 0, "b": 1}': "",
    'params: {a: 0, b: "1, 2"}': "",
    "params: {a: 0,\n  b: 1}": "",
    "params: {\n  b: 1, a: 0\n  }": "",
    "params: {a: 0,\n  b: 1, c: 2,\n  }": "",
}
"""What has an unused `b`, and the same without it; nothing where it is left to its author."""


@pytest.mark.parametrize("written", MENDED)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_is_unused_is_taken_out(written: str, end: str, tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    text = f"input: [3, 8, 8]\n{written}\n{END}".replace("\n", end)
    path.write_bytes(text.encode())
    report = check_file(str(path), CheckOptions(fix=True))
    mended = f"input: [3, 8, 8]\n{MENDED[written] or written}\n{END}".replace("\n", end)
    assert path.read_bytes().decode() == mended
    assert bool(report.findings) is not bool(MENDED[written])
    assert "fix/refused" not in {each.code for each in report.findings}


def test_a_block_is_taken_out_with_all_that_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    used = "  used:  # by all\n    layers:\n      - {type: relu}\n"
    unused = "  other:\n    params: {a: 1}\n\n    layers:  # two, in fact\n" + 2 * "      - {type: relu}\n"
    text = "input: [3, 8, 8]\nblocks:\n%s%s\n  # at the end\nlayers:\n  - {type: used}\n"
    for first, second in ((used, unused), (unused, used)):
        path.write_text(text % (first, second), encoding="utf-8")
        assert check_file(str(path), CheckOptions(fix=True)).findings == ()
        left = [each if each is used else "" for each in (first, second)]
        assert path.read_text(encoding="utf-8") == text % tuple(left)
