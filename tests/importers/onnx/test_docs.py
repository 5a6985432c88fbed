"""The example of docs/exchange.md prints what the page shows."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

from tests.program import within

pytestmark = pytest.mark.exchange

PAGE = (Path(__file__).parents[3] / "docs" / "exchange.md").read_text(encoding="utf-8")


def test_the_example_prints_what_the_page_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, command, shown = re.findall(
        r"```python\n(.*?)```.*?`cnnstat (.*?)` begins:\n\n```text\n(.*?)```", PAGE, re.S
    )[0]
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        exec(code, {})
    ended = within(*command.split())
    assert ended.stdout.startswith(shown)
