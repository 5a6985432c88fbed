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

import torch

from tests.program import within
from tests.tensors.published_models import torchvision_models

pytestmark = pytest.mark.exchange

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "exchange.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


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


def test_the_import_that_the_pages_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        module = torchvision_models().resnet50().eval()
        x = torch.zeros(1, 3, 224, 224)
        torch.onnx.export(module, (x,), "resnet50.onnx", dynamo=True, optimize=False, verbose=False)
    text = within("import", "resnet50.onnx").stdout
    assert text.startswith("name: resnet50\n")
    assert f"```yaml\n{text}```" in PAGE
    assert len(text.splitlines()) == 36
    shown = re.search(r"becomes 36 lines.*?```text\n(.*?)```", README, re.S)
    assert shown is not None
    assert shown[1] in text
