"""The crossing from a graph to the executor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import cnnstat
from cnnstat.bridge.program import program
from cnnstat.executor.kernels import KERNELS
from cnnstat.executor.program import MissingKernelError
from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """
input: [2, 6, 5]
layers:
  - {name: first, type: relu}
  - {name: gate, type: sigmoid}
  - {name: again, type: relu}
"""
MESSAGE = "the executor has no kernel for relu (layer first), sigmoid (layer gate)"


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(KERNELS, "relu")
    monkeypatch.delitem(KERNELS, "sigmoid")


@pytest.mark.usefixtures("lacking")
def test_all_missing_kernels_are_named_before_anything_runs() -> None:
    graph = cnnstat.loads(SPEC)
    assert cnnstat.analyze(graph).rows
    with pytest.raises(MissingKernelError) as raised:
        program(graph)
    assert str(raised.value) == MESSAGE


@pytest.mark.usefixtures("lacking")
def test_a_run_says_which_kernel_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(SPEC, encoding="utf-8")
    ended = within("run", str(path))
    assert ended.returncode == 2
    assert MESSAGE in ended.stderr
